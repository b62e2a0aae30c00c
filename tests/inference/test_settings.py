import dataclasses

import pytest

from data.errors import DataError
from inference.settings import SamplerSettings


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("seed", -1),
        ("draws", 3),
        ("tune", 0),
        ("chains", 1),
        ("max_tree_depth", 0),
        ("prior_draws", 1),
        ("predictive_draws", 0),
        ("target_accept", 0.0),
        ("target_accept", 1.0),
        ("sampler", "gibbs"),
    ],
)
def test_a_setting_outside_its_range_is_named(setting: str, value: object) -> None:
    with pytest.raises(DataError, match=setting):
        SamplerSettings(**{"seed": 1, setting: value})


def test_settings_cannot_be_changed_after_validation() -> None:
    settings = SamplerSettings(seed=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.draws = 1  # type: ignore[misc]


def test_settings_as_a_mapping_build_equal_settings() -> None:
    settings = SamplerSettings(seed=4, draws=10, sampler="pymc")
    assert SamplerSettings(**settings.to_dict()) == settings
