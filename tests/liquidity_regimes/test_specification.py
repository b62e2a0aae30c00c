import pytest

from data.errors import DataError
from models.liquidity_regimes.specification import LiquidityRegimesSpecification


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({}, "IV-depth"),
        ({"covariates": "I", "transition": "constant"}, "I-constant"),
        ({"noise": "student-t"}, "IV-depth-student-t"),
        ({"num_states": 4, "initial": "stationary"}, "IV-depth-4-states-stationary"),
        ({"security": "market-wide"}, "IV-depth-market-wide"),
    ],
)
def test_the_name_says_how_it_departs_from_the_paper(
    arguments: dict[str, str], name: str
) -> None:
    assert LiquidityRegimesSpecification(**arguments).name == name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"covariates": "V"}, "one of I, II, III, IV"),
        ({"transition": "volume"}, "one of depth, constant"),
        ({"noise": "gamma"}, "one of normal, student-t"),
        ({"initial": "first"}, "one of estimated, stationary"),
        ({"num_states": 1}, "choose 2 to 5"),
        ({"num_states": 6}, "choose 2 to 5"),
    ],
)
def test_what_is_no_choice_is_answered_with_the_choices(
    arguments: dict[str, str], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        LiquidityRegimesSpecification(**arguments)


def test_models_have_the_covariates_of_the_paper() -> None:
    names = {
        model: LiquidityRegimesSpecification(covariates=model).covariate_names
        for model in ("I", "II", "III", "IV")
    }
    assert names == {
        "I": ("V",),
        "II": ("V", "VV"),
        "III": ("V", "CS"),
        "IV": ("V", "VV", "CS"),
    }
