"""From a prepared model to a trace, and from a trace to its score."""

import time

import numpy as np
import pymc as pm
import xarray as xr

from data.errors import DataError
from inference.checks.mode_checks import chain_starts
from inference.checks.verdict import stamp_verdict
from inference.prediction import leave_future_out
from inference.sampling import SAMPLE_DIMS, draw_prior, sample_posterior
from inference.sampling.imputation import imputation_variances
from inference.sampling.imputed import sample_imputations
from inference.sampling.incidental import (
    INCIDENTAL_DIMS,
    INCIDENTAL_R_HAT,
    largest_incidental_r_hat,
)
from inference.sampling.kept import KeptImputations
from inference.sampling.optimum import PosteriorModeSearch
from inference.sampling.progress import progress, working
from inference.sampling.threads import one_blas_thread
from inference.settings import SamplerSettings
from inference.store import stamp_provenance
from inference.traced.own import prepare_own
from inference.traced.prepared import PreparedModel


@one_blas_thread()
def fit(
    prepared: PreparedModel | pm.Model,
    settings: SamplerSettings,
    *,
    progressbar: bool = True,
    kept: KeptImputations | None = None,
) -> xr.DataTree:
    """Sample a model, derive all that its trace holds, and check it.

    Parameters
    ----------
    prepared : PreparedModel or pm.Model
        Model and data; a model of a user's own is taken as
        `inference.traced.own.prepare_own` does.
    settings : SamplerSettings
        Settings of the run, or of each imputation's where there are several.
    progressbar : bool
        Show the progress of the chains, or of the imputations where there are several.
    kept : KeptImputations, optional
        Where imputations that a run before finished are found, and those of this one
        kept. The caller removes them once the trace is written.

    Returns
    -------
    xr.DataTree
        The groups of `inference.sampling.sample_posterior`, of `prepared.derive` and
        ``panel``; ``starts``, of the search for the mode, or of the chains where the
        density has none; ``posterior_mode`` and ``modes`` where it has. The chains of
        several imputations stand side by side, and ``imputation`` says how much of the
        variance is between them: see `inference.sampling.imputation`. The root's
        attributes hold provenance, ``diagnostics`` ("passed" or "failed"),
        ``diagnostic_failures``, ``verdict`` (all parts in one line), ``remedies``, and
        with effects that are judged together ``incidental_dims`` and
        ``incidental_r_hat``.
    """
    start = time.perf_counter()
    if isinstance(prepared, pm.Model):
        prepared = prepare_own(prepared)
    with working("compiling and searching for the mode", shown=progressbar):
        groups = _mode(prepared, settings.seed)
    if prepared.imputations:
        number = len(prepared.imputations)
        with progress("imputations", number, shown=progressbar) as advance:
            trace = sample_imputations(
                prepared.model,
                prepared.imputations,
                settings,
                incidental_dims=prepared.incidental_dims,
                kept=kept,
                advance=advance,
            )
    else:
        trace = sample_posterior(
            prepared.model,
            settings,
            start=groups.get("posterior_mode"),
            density_draws=prepared.density_draws,
            progressbar=progressbar,
        )
    with working("states, predictions and checks", shown=progressbar):
        groups |= prepared.derive(
            prepared.model, trace, settings.predictive_draws, settings.seed
        )
    groups["panel"] = prepared.used
    for name, group in groups.items():
        trace[name] = group
    trace["log_likelihood"].attrs["conditional_on"] = prepared.conditional_on
    if prepared.starts is None:
        trace["starts"] = chain_starts(trace["sample_stats"].to_dataset())
    if prepared.incidental_dims:
        _judge_together(trace, prepared)
    if prepared.imputations:
        trace["imputation"] = imputation_variances(trace["posterior"].to_dataset())
    stamp_provenance(trace, settings, prepared.description, time.perf_counter() - start)
    stamp_verdict(trace, prepared.checks)
    return trace


def draw_from_prior(
    prepared: PreparedModel, num_draws: int, settings: SamplerSettings
) -> xr.DataTree:
    """What a model believes of its parameters and data before it sees the data.

    Parameters
    ----------
    prepared : PreparedModel
        Model and data.
    num_draws : int
    settings : SamplerSettings
        Of the seed.

    Returns
    -------
    xr.DataTree
        Groups ``prior``, ``prior_predictive``, ``observed_data``, ``constant_data`` and
        ``panel`` as those of `fit`, and provenance.
    """
    start = time.perf_counter()
    drawn = draw_prior(prepared.model, num_draws, settings.seed)
    tree = xr.DataTree.from_dict(drawn)
    if prepared.derive_prior is not None:
        for name, group in prepared.derive_prior(tree, settings.seed).items():
            tree[name] = group
    tree["panel"] = prepared.used
    stamp_provenance(tree, settings, prepared.description, time.perf_counter() - start)
    return tree


def _mode(prepared: PreparedModel, seed: int) -> dict[str, xr.Dataset]:
    """Groups of the search for the posterior mode; none where there is no mode."""
    if prepared.starts is None:
        return {}
    # Chains scattered over a posterior with a lesser mode would each keep to the one
    # they first meet; the search says how many of its starts found the highest.
    search = PosteriorModeSearch(prepared.model)
    found = search(seed, starts=prepared.starts)
    return {
        "posterior_mode": found.mode,
        "starts": found.starts,
        "modes": search.weigh(found),
    }


def _judge_together(trace: xr.DataTree, prepared: PreparedModel) -> None:
    """Judge incidental parameters as one, and keep of their draws what files can hold.

    There are thousands of them: they are kept of one posterior alone, in single
    precision. Those of several imputations were judged and left out one by one.
    """
    dims = prepared.incidental_dims
    trace["prior"] = trace["prior"].to_dataset().drop_dims(dims, errors="ignore")
    if prepared.imputations:
        return
    posterior = trace["posterior"].to_dataset()
    trace.attrs[INCIDENTAL_DIMS] = list(dims)
    trace.attrs[INCIDENTAL_R_HAT] = largest_incidental_r_hat(posterior, dims)
    others = posterior.drop_dims(dims, errors="ignore")
    along = [name for name in posterior.data_vars if name not in others]
    trace["posterior"] = others.assign(
        {name: posterior[name].astype("float32") for name in along}
    )


def score(
    prepared: PreparedModel,
    trace: xr.DataTree,
    first_date: np.datetime64 | None = None,
    *,
    progressbar: bool = False,
) -> xr.Dataset:
    """Leave-future-out log score of the model behind a trace.

    Parameters
    ----------
    prepared : PreparedModel
        The model that the trace was drawn from, on the same data.
    trace : xr.DataTree
        Result of `fit`, or the same read from its file.
    first_date : datetime64, optional
        Predict the first date on or after this one and all later ones; the second half
        of the dates where left out.
    progressbar : bool
        Show how many dates are predicted.

    Returns
    -------
    (time,) xr.Dataset
        See `inference.prediction.leave_future_out`.

    Raises
    ------
    DataError
        If the model cannot hide dates, or the first date leaves too little past or no
        future.
    """
    if prepared.masking is None:
        raise DataError(
            f"{prepared.description['model']} predicts no date from earlier ones",
            "Score the trace of a model that does.",
        )
    (log_likelihood,) = trace["log_likelihood"].data_vars.values()
    (time_dim,) = set(log_likelihood.dims) - set(SAMPLE_DIMS)
    dates = trace["panel"][time_dim].to_numpy()
    position = len(dates) // 2
    if first_date is not None:
        position = int(np.searchsorted(dates, first_date))
    number = max(len(dates) - position, 1)
    with progress("dates predicted", number, shown=progressbar) as advance:
        return leave_future_out(
            prepared.model,
            trace,
            prepared.masking.name,
            position,
            SamplerSettings(**trace.attrs["settings"]),
            prepared.masking.past,
            prepared.masking.predict,
            searches=prepared.starts is not None,
            advance=advance,
        )
