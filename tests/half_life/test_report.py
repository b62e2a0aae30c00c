"""Tables, figures, findings and the section on half-lives."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

from analysis.fit import Fit
from analysis.half_life.closers import (
    BY_CONCENTRATION,
    PARTIAL_EFFECTS,
    WHO_CLOSES,
    outcome_points,
)
from analysis.half_life.coefficients import (
    COEFFICIENTS,
    DAYS,
    INFORMATION,
    LEAST_SQUARES,
    NOTEBOOK_REGRESSION,
    coefficient_estimates,
)
from analysis.half_life.effects import inputs_of
from analysis.half_life.findings import (
    coefficient_sentences,
    entered_sentence,
    half_life_sentences,
    silence_sentence,
)
from analysis.half_life.outcomes import OUTCOMES, SUMMARY
from analysis.half_life.section import (
    followed_events,
    half_life_section,
    own_events,
)
from analysis.half_life.survival_check import (
    SURVIVAL_CHECK,
    cells_outside,
    replicated_cells,
)
from analysis.page.exhibit import Exhibit, figure_of, of_subject
from analysis.page.style import WIDTH_INCHES
from analysis.page.table import Table
from analysis.report import sections_of, write_report
from data.half_life.checks import COVARIATES
from inference.checks.diagnostics import NOT_INFORMED
from models.half_life.specification import LEAVE_OUT, LINEAR
from tests.half_life.basis_traces import random_basis_fit
from tests.half_life.traces import (
    event_frame,
    half_life_fit,
    imputed_half_life_fit,
    random_half_life_fit,
    random_half_life_tree,
)

HAZARD, WEIBULL = "proportional-hazard", "discrete-weibull"


def _table(exhibit: Exhibit, subject: Fit | list[Fit]) -> Table:
    (shown,) = of_subject([exhibit], subject)
    assert isinstance(shown.item, Table)
    return shown.item


def _placeholder_fit(variant: str = HAZARD) -> Fit:
    """As the notebook's 38 rows: one dealer everywhere, shares that are indicators."""
    frame = event_frame()
    even = (np.arange(len(frame)) % 2).astype(float)
    frame = frame.assign(dealer_hhi=1.0, trade_count=1.0, ats_share=even)
    return half_life_fit(random_half_life_tree(variant, frame))


@pytest.fixture(scope="module")
def imputed() -> Fit:
    return imputed_half_life_fit(HAZARD)


@pytest.fixture(scope="module")
def placeholder() -> Fit:
    return _placeholder_fit()


FIGURES = (BY_CONCENTRATION, PARTIAL_EFFECTS, WHO_CLOSES, SURVIVAL_CHECK)


@pytest.fixture(scope="module")
def drawn() -> dict[str, Figure]:
    fit = random_half_life_fit(HAZARD)
    return {exhibit.name: figure_of(exhibit, fit) for exhibit in FIGURES}


def test_rows_are_counted_once_whatever_the_imputations(imputed: Fit) -> None:
    rows = len(imputed.group("events")["event_date"])
    assert imputed.span.endswith(f", {rows // 4:,} event rows in 4 imputations")
    one = random_half_life_fit(HAZARD)
    assert one.span.endswith(f", {len(one.group('events')['event_date']):,} event rows")


@pytest.mark.parametrize("exhibit", FIGURES, ids=lambda exhibit: exhibit.name)
def test_days_are_on_the_axes_and_the_figure_fits_a_page(
    exhibit: Exhibit, drawn: dict[str, Figure]
) -> None:
    figure = drawn[exhibit.name]
    words = " ".join(axes.get_ylabel() + axes.get_xlabel() for axes in figure.axes)
    assert "days" in words
    width, height = figure.get_size_inches()
    assert width == WIDTH_INCHES
    assert height <= 9


def test_open_outcomes_are_open_triangles_and_none_is_lost(
    drawn: dict[str, Figure],
) -> None:
    points = outcome_points(inputs_of(random_half_life_fit(HAZARD)))
    figure = drawn["figure_half_life_concentration"]
    for axes, (_, rows) in zip(figure.axes, points.groupby("tenor"), strict=True):
        lines = {line.get_label(): line for line in axes.lines}
        assert lines["still open"].get_marker() == "^"
        assert lines["still open"].get_markerfacecolor() == "none"
        assert len(lines["still open"].get_xdata()) == rows["is_open"].sum()
        assert len(lines["halved"].get_xdata()) == (~rows["is_open"]).sum()


def test_constant_covariate_is_named_on_its_panel(placeholder: Fit) -> None:
    figure = figure_of(WHO_CLOSES, placeholder)
    ats, _, dealers = figure.axes
    assert [text.get_text() for text in dealers.texts] == [
        "1 in every row:\nits slope is the prior's"
    ]
    assert len(dealers.get_xticks()) == 1
    assert [label.get_text() for label in ats.get_xticklabels()] == [
        "low\n(0)",
        "high\n(1)",
    ]


def test_every_event_type_and_tenor_has_a_survival_panel(
    drawn: dict[str, Figure],
) -> None:
    axes = drawn["figure_survival_check"].axes
    curves = replicated_cells(random_half_life_fit(HAZARD))
    assert len(axes) == len(curves) == 35
    steps = axes[0].lines[-1]
    assert steps.get_label() == "Kaplan-Meier"
    assert steps.get_ydata()[0] == 1


def test_data_from_the_model_stay_inside_its_band_and_others_do_not() -> None:
    fit = random_half_life_fit(HAZARD)
    tree = fit.tree.copy()
    predictive = tree["posterior_predictive"].to_dataset()
    tree["posterior_predictive"] = xr.ones_like(predictive)
    share = [
        frame["num_outside"].sum() / frame["num_days"].sum()
        for frame in (cells_outside(fit), cells_outside(replace(fit, tree=tree)))
    ]
    # The made-up replications leave out event and date effects, so a little more
    # than 5%; replications that all halve on day 1 are far from any data.
    assert share[0] < 0.15
    assert share[1] > 0.5


def test_replications_are_watched_as_their_own_imputation_was(imputed: Fit) -> None:
    curves = replicated_cells(imputed)
    assert all(np.isfinite(curve).all() for curve in curves.values())


@pytest.mark.long
def test_every_model_and_least_squares_are_on_one_scale() -> None:
    fits = [random_half_life_fit(v) for v in (HAZARD, WEIBULL, LINEAR)]
    frame = coefficient_estimates(fits)
    assert set(frame["fit"]) == {HAZARD, WEIBULL, LINEAR, LEAST_SQUARES}
    in_days = frame[frame["unit"] == DAYS]
    assert in_days.groupby("fit")["covariate"].nunique().loc[HAZARD] == 10
    table = _table(COEFFICIENTS, fits)
    assert table.display["Term"].iloc[-1] == "Observations"
    assert table.to_latex().isascii()


def test_covariate_that_rows_cannot_tell_has_no_least_squares_number(
    placeholder: Fit,
) -> None:
    frame = coefficient_estimates([placeholder]).set_index(["fit", "covariate"])
    assert np.isnan(frame.loc[(LEAST_SQUARES, "dealer_hhi"), "estimate"])
    table = _table(COEFFICIENTS, [placeholder])
    by_term = table.display.set_index("Term")["Robust least squares: days"]
    assert by_term["dealer HHI"] == "not identified"
    assert by_term["bid-ask spread"] == "n/a"


def test_notebook_layout_marks_artefacts(placeholder: Fit) -> None:
    table = _table(NOTEBOOK_REGRESSION, placeholder)
    identified = table.display.set_index("Term")["Identified"]
    assert identified["dealer HHI"] == "no"
    assert identified["principal share"] == "yes"
    assert {"term", "estimate", "nobs", "r2"} <= set(table.frame.columns)


def test_reason_why_a_coefficient_is_silent_is_in_the_table(placeholder: Fit) -> None:
    display = _table(INFORMATION, placeholder).display
    found = display.set_index("Covariate")["In the data"]
    assert found["dealer HHI"] == "constant"
    assert "indicator" in found["ATS share"]
    assert found["principal share"] == "varies"


def test_covariate_that_no_event_has_is_named_and_has_no_row() -> None:
    bare = half_life_fit(
        random_half_life_tree(HAZARD, event_frame().assign(dealer_hhi=np.nan))
    )
    table = _table(SUMMARY, bare)
    assert "No event has dealer HHI." in table.caption
    assert "dealer HHI" not in set(table.display["Variable"])


def test_ranges_over_imputations_are_shown_only_where_there_are_several(
    imputed: Fit,
) -> None:
    single = random_half_life_fit(HAZARD)
    for exhibit in (SUMMARY, OUTCOMES):
        assert "4 draws of the deviation" in _table(exhibit, imputed).caption
        assert "draws of the deviation" not in _table(exhibit, single).caption


def _coefficients(fit: Fit, **centres: float) -> Fit:
    tree = fit.tree.copy()
    posterior = tree["posterior"].to_dataset().copy(deep=True)
    for name, centre in centres.items():
        at = {"covariate": name}
        noise = (
            posterior["coefficient"].loc[at] - posterior["coefficient"].loc[at].mean()
        )
        posterior["coefficient"].loc[at] = centre + noise
    tree["posterior"] = posterior
    return replace(fit, tree=tree)


def test_sign_is_stated_only_where_the_interval_excludes_zero() -> None:
    fit = _coefficients(
        random_half_life_fit(HAZARD), ats_share=0.5, dealer_hhi=-0.5, trade_count=0.0
    )
    settled, unsettled = coefficient_sentences(fit, inputs_of(fit))
    assert re.search(r"ATS share \d\.\d to \d\.\d shorter", settled)
    assert re.search(r"dealer HHI \d\.\d to \d\.\d longer", settled)
    assert "trade count" in unsettled
    assert "trade count" not in settled


def test_uninformed_coefficients_are_named_and_nothing_else_is_said_of_them() -> None:
    fit = random_half_life_fit(HAZARD)
    diagnostics = fit.diagnostics.copy()
    diagnostics.loc["coefficient[trade_count]", "information"] = NOT_INFORMED
    fit = replace(fit, diagnostics=diagnostics)
    assert "trade count" in silence_sentence(fit)
    assert "notebook" not in silence_sentence(fit)
    said = " ".join(coefficient_sentences(fit, inputs_of(fit)))
    assert "trade count" not in said


def test_conclusion_without_support_is_called_so(placeholder: Fit) -> None:
    sentence = silence_sentence(placeholder)
    assert "dealer HHI" in sentence
    assert "has no support in these data" in sentence


def test_survival_is_checked_on_the_outcomes_that_the_fit_took() -> None:
    frame = event_frame()
    lacking = frame.assign(
        dealer_hhi=frame["dealer_hhi"].where(frame["tenor"] != frame["tenor"].min())
    )
    fit = half_life_fit(random_half_life_tree(HAZARD, lacking, missing=LEAVE_OUT))
    taken = set(inputs_of(fit).outcomes["tenor"])
    assert frame["tenor"].min() not in taken
    assert {tenor for _, tenor in replicated_cells(fit)} == taken
    assert set(cells_outside(fit)["tenor"]) == taken


def test_outcomes_that_lack_a_covariate_are_counted_out() -> None:
    fit = random_half_life_fit(HAZARD)
    inputs = inputs_of(fit)
    assert not list(entered_sentence(fit, inputs))
    fewer = replace(inputs, outcomes=inputs.outcomes.iloc[:100])
    (sentence,) = entered_sentence(fit, fewer)
    assert "takes 100 of them" in sentence


def test_no_sentence_calls_an_association_a_cause() -> None:
    said = " ".join(half_life_sentences(random_half_life_fit(HAZARD)))
    assert "associations" in said
    assert not re.search(r"\b(cause[sd]?|because of|leads? to|drives?)\b", said)


def test_linear_variant_is_called_biased() -> None:
    said = " ".join(half_life_sentences(random_half_life_fit(LINEAR)))
    assert "biased" in said
    assert "Kaplan" not in said


def test_events_marked_beside_the_deviation_are_those_followed() -> None:
    events = followed_events([random_half_life_fit(HAZARD)])
    assert len(events) == 298
    assert followed_events([]).empty


def test_events_of_another_simulation_are_not_those_of_a_basis() -> None:
    basis, half_life = random_basis_fit(), random_half_life_fit(HAZARD)
    assert len(own_events(basis, [half_life])) == 298
    tree = basis.tree.copy()
    tree.attrs = tree.attrs | {"simulated": "simulate basis, seed 1"}
    assert own_events(replace(basis, tree=tree), [half_life]).empty


@pytest.mark.long
def test_basis_and_half_lives_share_one_section() -> None:
    fits = [random_basis_fit(), random_half_life_fit(HAZARD)]
    (section,) = sections_of(fits)
    titles = [block.title for block in section.blocks]
    assert "Decomposition of the basis: basis" in titles
    assert "The events" in titles
    stems = [item.file_stem for block in section.blocks for item in block.items]
    assert len(stems) == len(set(stems))


@pytest.mark.long
def test_two_panels_are_reported_apart(imputed: Fit) -> None:
    tree = imputed.tree.copy()
    tree.attrs = tree.attrs | {"data_sha256": "cd" * 32}
    fits = [random_half_life_fit(HAZARD), replace(imputed, tree=tree)]
    section = half_life_section(fits)
    titles = [block.title for block in section.blocks]
    assert {
        "The events: events.csv, efefefef",
        "The events: events.csv, cdcdcdcd",
    } <= set(titles)
    stems = [item.file_stem for block in section.blocks for item in block.items]
    assert len(stems) == len(set(stems))


def test_fit_without_covariates_says_nothing_about_who_closes() -> None:
    frame = event_frame()
    frame[list(COVARIATES)] = np.nan
    tree = random_half_life_tree(HAZARD, frame)
    for group in ("posterior", "prior"):
        tree[group] = tree[group].to_dataset().drop_vars(["coefficient", "covariate"])
    section = half_life_section([half_life_fit(tree)])
    stems = {item.stem for block in section.blocks for item in block.items}
    assert "figure_survival_check" in stems
    assert "figure_who_closes_basis" not in stems
    (findings,) = section.findings
    assert any("No covariate" in sentence for sentence in findings.sentences)


@pytest.mark.long
def test_section_is_written_in_full(tmp_path: Path) -> None:
    fits = [
        random_basis_fit(),
        random_half_life_fit(HAZARD),
        random_half_life_fit(LINEAR, ("R-hat of x is 1.4",)),
    ]
    written = write_report(fits, tmp_path)
    assert [fit.variant for fit in written.failed] == [LINEAR]
    assert all(path.stat().st_size > 0 for path in written.files)
    page = written.page.read_text(encoding="utf-8")
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))
