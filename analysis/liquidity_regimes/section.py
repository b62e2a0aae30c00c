"""The report's sections on liquidity regimes and on the threshold regression."""

from collections.abc import Sequence

from analysis.every_model.checks import checks_block
from analysis.every_model.findings import findings_of_comparison, findings_of_exhibits
from analysis.every_model.tables_comparison import MODEL_COMPARISON, by_panel, of_fits
from analysis.every_model.tables_starts import tables_of_fits
from analysis.fit import Fit
from analysis.liquidity_regimes.data import (
    AUTOCORRELATION,
    EPISODES,
    PRICE_IMPACT_AND_DEPTH,
)
from analysis.liquidity_regimes.forecast import STATE_CALIBRATION, STATE_FORECAST
from analysis.liquidity_regimes.fragility_exhibits import FRAGILITY, FRAGILITY_BY_DEPTH
from analysis.liquidity_regimes.moves import (
    EXPECTED_DURATIONS,
    MATRICES_BY_DEPTH,
    TRANSITION_COUNTS,
    TRANSITION_MATRICES,
)
from analysis.liquidity_regimes.regimes import (
    CONSTANT_TRANSITIONS,
    DEPTH_TRANSITIONS,
    SIDE_BY_SIDE,
)
from analysis.liquidity_regimes.state_calibration import (
    has_known_states,
    num_simulated_states,
)
from analysis.liquidity_regimes.states import SMOOTHED_STATES
from analysis.liquidity_regimes.threshold import REGRESSION_LINE, THRESHOLDS
from analysis.liquidity_regimes.words import QUESTION, THRESHOLD_QUESTION
from analysis.page.exhibit import (
    Shown,
    estimates_block,
    items_of,
    of_fit,
    of_subject,
)
from analysis.page.glossary import glossary
from analysis.page.panel_block import panel_block, panel_words
from analysis.page.section import Block, Findings, Section

OF_A_PANEL = (PRICE_IMPACT_AND_DEPTH, AUTOCORRELATION, EPISODES)

OF_A_FIT = (
    CONSTANT_TRANSITIONS,
    DEPTH_TRANSITIONS,
    TRANSITION_COUNTS,
    SMOOTHED_STATES,
    TRANSITION_MATRICES,
    MATRICES_BY_DEPTH,
    EXPECTED_DURATIONS,
)

OF_FRAGILITY = (FRAGILITY_BY_DEPTH, FRAGILITY, STATE_FORECAST, STATE_CALIBRATION)

OF_THRESHOLDS = (THRESHOLDS, REGRESSION_LINE)


def _data_block(fits: Sequence[Fit], *, is_only_panel: bool) -> Block:
    """Figures 1 to 3 of the longest stretch of one panel."""
    fit = max(fits, key=lambda one: one.panel.sizes["day"])
    items = items_of(of_subject(OF_A_PANEL, fit))
    return panel_block(
        "The data", panel_words(fit), fit, items, is_only_panel=is_only_panel
    )


def _comparison_block(fits: Sequence[Fit]) -> Block:
    text = ""
    if not MODEL_COMPARISON.shown(fits):
        text = (
            "No trace holds leave-future-out scores: covariate sets, constant against "
            "depth-driven transitions and numbers of states are not ranked."
        )
    compared = of_fits([SIDE_BY_SIDE, MODEL_COMPARISON], [fits])
    return Block("Comparison of fits", text, items_of(compared))


def _fragility_block(fit: Fit, shown: Sequence[Shown]) -> Block:
    text, simulated = "", num_simulated_states(fit)
    if simulated is not None and not has_known_states(fit):
        text = (
            f"The panel was simulated with {simulated} states and this fit has "
            f"{fit.posterior.sizes['state']}: its state 1 is not that of the "
            "simulation, so its forecasts are not held against it."
        )
    return Block(f"Fragility: {fit.name}", text, items_of(shown))


def _findings(
    fit: Fit, estimates: Sequence[Shown], fragility: Sequence[Shown]
) -> Findings:
    """What limits the estimates, moves that hardly happened, comes first."""
    limits = [x for x in estimates if x.name == TRANSITION_COUNTS.name]
    others = [x for x in estimates if x.name != TRANSITION_COUNTS.name]
    return findings_of_exhibits(fit, [*limits, *others, *fragility])


def liquidity_regimes_section(fits: Sequence[Fit]) -> Section:
    """Everything the report says about fits of the liquidity-regimes model.

    Parameters
    ----------
    fits : sequence of Fit
        Of any specifications and panels.
    """
    panels = by_panel(fits)
    comparison = findings_of_comparison(fits)
    estimates = [of_fit(OF_A_FIT, fit) for fit in fits]
    fragility = [of_fit(OF_FRAGILITY, fit) for fit in fits]
    return Section(
        title="Liquidity regimes and fragility",
        question=QUESTION,
        findings=(
            *map(_findings, fits, estimates, fragility),
            *([comparison] if comparison else []),
        ),
        how_to_read=glossary(
            "state",
            "covariates",
            "log_odds",
            "fragility",
            "near_separation",
            "prior_sensitivity",
            "interval",
            "sign",
        ),
        blocks=(
            Block("What was fitted", "", tables_of_fits(fits)),
            *(_data_block(group, is_only_panel=len(panels) == 1) for group in panels),
            _comparison_block(fits),
            *(
                block
                for fit, ours, risks in zip(fits, estimates, fragility, strict=True)
                for block in (
                    estimates_block(fit, ours),
                    _fragility_block(fit, risks),
                )
            ),
            *(checks_block(fit) for fit in fits),
        ),
    )


def threshold_regression_section(fits: Sequence[Fit]) -> Section:
    """Everything the report says about fits of the threshold regression."""
    shown = [of_fit(OF_THRESHOLDS, fit) for fit in fits]
    return Section(
        title="Price impact and volatility: threshold regression",
        question=THRESHOLD_QUESTION,
        findings=tuple(map(findings_of_exhibits, fits, shown)),
        how_to_read=glossary("covariates", "interval"),
        blocks=(
            Block("Regressions fitted", "", tables_of_fits(fits)),
            *(
                Block(f"Estimates: {fit.name}", "", items_of(each))
                for fit, each in zip(fits, shown, strict=True)
            ),
            *(checks_block(fit) for fit in fits),
        ),
    )
