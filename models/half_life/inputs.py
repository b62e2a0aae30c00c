"""From an event panel to the arrays that a half-life regression needs.

One row an outcome, not an event: events of one tenor that fall on the same day of the
basis share one half-life, which enters the likelihood once. An outcome of several event
types has the average of their effects, a multiple-membership model (Browne, Goldstein &
Rasbash 2001, doi 10.1177/1471082X0100100202), and the average of their covariates.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.arrays import FloatArray, IntArray
from data.errors import DataError
from data.files.schema import refuse_constants
from data.half_life.checks import COVARIATES
from data.half_life.event_panel import HalfLifePanel, failed_checks_note
from models.half_life.covariates import (
    DEVIATION_SIZE,
    covariate_report,
    standardize,
    transform,
)
from models.half_life.notes import (
    covariate_notes,
    exclusion_notes,
    imputation_notes,
    outcome_notes,
    size_notes,
)
from models.half_life.specification import IMPUTE, HalfLifeSpecification

MINIMUM_KNOWN_SHARE = 0.5
"""A covariate that nobody asked for enters where it is known for at least this share of
the outcomes, and is imputed where it is missing for at most as many: more would be
more guess than data."""


@dataclass(frozen=True)
class HalfLifeInputs:
    """Complete inputs of one regression.

    Parameters
    ----------
    outcomes : (outcome,) DataFrame
        Index ``outcome``; ``tenor`` years, ``event_date`` (the day of the basis that
        the deviation is measured from), ``event_types`` joined by "+", and the
        covariates in the panel's units.
    standardized : (outcome, covariate) array
        Covariates as they enter; NaN where a covariate that is imputed is missing.
    covariates : DataFrame
        Index ``covariate``: `models.half_life.covariates.covariate_report` with
        ``center`` and ``scale`` of the transformed covariate.
    half_life_days : (imputation, outcome) int
        One more than `days_watched` where it lasted longer; 1 where set aside.
    days_watched : (imputation, outcome) int
        Days after which the outcome is censored; 0 where it is set aside.
    mix_weight : (event_mix, event_tenor) array
        Share of each event type by tenor in each combination that occurs.
    mix, date : (outcome,) int
        Rows of `mix_weight` and of `dates`.
    event_tenors : list of str
        Such as ``cpi_release:10``.
    dates : DatetimeIndex
        Days on which outcomes start.
    notes : list of str
        What was left out or cannot be told apart, one line each.
    """

    outcomes: pd.DataFrame
    standardized: FloatArray
    covariates: pd.DataFrame
    half_life_days: IntArray
    days_watched: IntArray
    mix_weight: FloatArray
    mix: IntArray
    date: IntArray
    event_tenors: list[str]
    dates: pd.DatetimeIndex
    notes: list[str]

    @property
    def incomplete(self) -> tuple[str, ...]:
        """Covariates with missing cells, that with the fewest first."""
        count = np.isnan(self.standardized).sum(axis=0)
        return tuple(
            str(self.covariates.index[k])
            for k in np.argsort(count, kind="stable")
            if count[k]
        )

    @property
    def known(self) -> FloatArray:
        """`standardized` with 0, the mean, where missing."""
        return np.nan_to_num(self.standardized)

    @property
    def horizon_days(self) -> int:
        """Longest time that any outcome is watched."""
        return int(self.days_watched.max())

    @property
    def is_resolved(self) -> NDArray[np.bool_]:
        """Whether the deviation halved while watched, (imputation, outcome)."""
        return (self.half_life_days <= self.days_watched) & (self.days_watched > 0)

    @property
    def resolved_outcomes(self) -> float:
        """Outcomes that halved while watched, averaged over imputations."""
        return float(self.is_resolved.sum(axis=1).mean())

    def restricted_to(self, kept: NDArray[np.bool_]) -> "HalfLifeInputs":
        """The same inputs with the outcomes `kept` alone, groups renumbered."""
        outcomes = self.outcomes[kept]
        event_tenors, mix_weight, mix = event_mixes(outcomes)
        used, date = np.unique(self.date[kept], return_inverse=True)
        return replace(
            self,
            outcomes=outcomes,
            standardized=self.standardized[kept],
            half_life_days=self.half_life_days[:, kept],
            days_watched=self.days_watched[:, kept],
            mix_weight=mix_weight,
            mix=mix,
            date=date.astype(np.int64),
            event_tenors=event_tenors,
            dates=self.dates[used],
        )

    @property
    def has_shared_dates(self) -> bool:
        """Whether any two outcomes start on one day."""
        return len(self.dates) < len(self.outcomes)


def select_inputs(
    panel: HalfLifePanel, specification: HalfLifeSpecification
) -> HalfLifeInputs:
    """Pick the outcomes and covariates of a regression, and say what is left out.

    A covariate that is not asked for and known for less than half of the outcomes is
    left out. Where covariates are imputed, outcomes keep missing cells of those known
    for at least half; without, and for the others, every outcome that lacks one is left
    out.

    Raises
    ------
    DataError
        No outcome is left, or a covariate cannot be transformed, or one that was asked
        for never varies.
    """
    counted = panel.frame[panel.frame["set_aside"] == ""]
    counted = counted.assign(**{DEVIATION_SIZE: counted["deviation_bp"].abs()})
    outcomes = _outcomes(counted)
    names = chosen_covariates(outcomes, specification.covariates)
    refuse_constants(outcomes, specification.covariates or (), panel.source)
    imputed = _imputed_covariates(outcomes, names, specification)
    needed = [name for name in names if name not in imputed]
    known = outcomes[needed].notna().all(axis=1)
    for name in imputed:
        # What few outcomes are left may all lack it.
        known &= bool(outcomes.loc[known, name].notna().any())
    if not known.any():
        raise DataError(
            f"{panel.source}: no outcome has all of {', '.join(names)}",
            "name fewer covariates, or of the same dates and tenors.",
        )
    kept = outcomes[known]
    values = kept[list(names)]
    standardized, center, scale = standardize(transform(values, panel.source))
    event_tenors, mix_weight, mix = event_mixes(kept)
    covariates = covariate_report(
        names,
        counted.loc[counted["outcome"].isin(kept.index), list(names)],
        standardized,
        mix_weight[mix],
    ).assign(center=center, scale=scale)
    dates = pd.DatetimeIndex(np.unique(kept["event_date"].to_numpy()))
    half_life, watched = _durations(counted, kept.index)
    return HalfLifeInputs(
        outcomes=kept.drop(
            columns=[c for c in (*COVARIATES, DEVIATION_SIZE) if c not in names]
        ),
        standardized=standardized,
        covariates=covariates,
        half_life_days=half_life,
        days_watched=watched,
        mix_weight=mix_weight,
        mix=mix,
        date=dates.get_indexer(pd.Index(kept["event_date"])).astype(np.int64),
        event_tenors=event_tenors,
        dates=dates,
        notes=[
            *failed_checks_note(panel.frame),
            *exclusion_notes(panel.frame, outcomes, names, known.to_numpy()),
            *imputation_notes(values),
            *outcome_notes(kept, half_life, watched),
            *size_notes(names),
            *covariate_notes(covariates),
        ],
    )


def _outcomes(counted: pd.DataFrame) -> pd.DataFrame:
    """One row an outcome, over all imputations, in order of date and tenor."""
    events = counted.drop_duplicates(["outcome", "event_date", "event_type"])
    grouped = events.groupby("outcome", sort=False)
    table = grouped.agg(tenor=("tenor", "first"), event_date=("deviation_date", "min"))
    types = events.drop_duplicates("outcome").set_index("outcome")["event_type"]
    shared = events[events.duplicated("outcome", keep=False)]
    joined = shared.groupby("outcome")["event_type"].agg(
        lambda names: "+".join(sorted(set(names)))
    )
    table["event_types"] = joined.reindex(table.index).fillna(types)
    # An outcome lacks a covariate that any of its events lacks.
    means = grouped[list(COVARIATES)].mean()
    complete = grouped[list(COVARIATES)].count().eq(grouped.size(), axis=0)
    table = table.join(means.where(complete))
    table[DEVIATION_SIZE] = counted.groupby("outcome")[DEVIATION_SIZE].mean()
    return table.sort_values(["event_date", "tenor"], kind="stable")


def chosen_covariates(
    outcomes: pd.DataFrame, asked: tuple[str, ...] | None
) -> tuple[str, ...]:
    """Covariates asked for, or those that are known often enough."""
    if asked is not None:
        return tuple(dict.fromkeys(asked))
    known = outcomes[list(COVARIATES)].notna().mean()
    return tuple(str(name) for name in known.index[known >= MINIMUM_KNOWN_SHARE])


def _imputed_covariates(
    outcomes: pd.DataFrame, names: tuple[str, ...], specification: HalfLifeSpecification
) -> tuple[str, ...]:
    """Covariates whose missing cells are drawn."""
    if specification.missing != IMPUTE:
        return ()
    share = outcomes[list(names)].notna().mean()
    return tuple(n for n in names if MINIMUM_KNOWN_SHARE <= share[n] < 1.0)


def event_mixes(kept: pd.DataFrame) -> tuple[list[str], FloatArray, IntArray]:
    """Event types by tenor, and the weights of each combination of them."""
    labels = kept["event_types"] + ":" + kept["tenor"].astype(str)
    mix, mixes = pd.factorize(labels, sort=True)
    members = []
    for label in mixes:
        types, tenor = str(label).rsplit(":", 1)
        members.append([f"{kind}:{tenor}" for kind in types.split("+")])
    event_tenors = sorted(
        {cell for cells in members for cell in cells},
        key=lambda cell: (cell.rsplit(":", 1)[0], int(cell.rsplit(":", 1)[1])),
    )
    weight = np.zeros((len(mixes), len(event_tenors)))
    for row, cells in enumerate(members):
        for cell in cells:
            weight[row, event_tenors.index(cell)] = 1.0 / len(cells)
    return event_tenors, weight, mix.astype(np.int64)


def _durations(counted: pd.DataFrame, labels: pd.Index) -> tuple[IntArray, IntArray]:
    """Half-lives and days watched of every imputation, (imputation, outcome) each."""
    horizon = int(counted["half_life_days"].max())
    imputations = np.unique(counted["imputation"])
    table = (
        counted.drop_duplicates(["imputation", "outcome"])
        .set_index(["imputation", "outcome"])
        .reindex(pd.MultiIndex.from_product([imputations, labels]))
    )
    shape = (len(imputations), len(labels))
    days = table["half_life_days"].to_numpy(dtype=np.float64).reshape(shape)
    is_censored = table["is_censored"].eq(True).to_numpy().reshape(shape)
    is_set_aside = np.isnan(days)
    watched = np.where(is_censored, days, horizon)
    watched[is_set_aside] = 0.0
    half_life = np.where(is_censored | is_set_aside, watched + 1.0, days)
    return half_life.astype(np.int64), watched.astype(np.int64)
