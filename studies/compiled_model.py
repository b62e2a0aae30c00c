"""A model compiled once and fitted to many data sets of one shape."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray
from pymc.blocking import DictToArrayBijection
from pymc.initial_point import make_initial_point_fn

from inference.sampling import sample_compiled
from inference.sampling.compilation import compile_for_nutpie
from inference.sampling.optimum import DATA_DRIVEN, PosteriorModeSearch
from inference.settings import SamplerSettings


class CompiledModel:
    """A posterior, compiled for data sets of one shape.

    Parameters
    ----------
    model : pm.Model
        Unsampled model; gives the shapes, and the data where `sample` is not told
        otherwise.
    names : sequence of str
        Variables to keep.

    Attributes
    ----------
    model : pm.Model
    """

    def __init__(self, model: pm.Model, names: Sequence[str]) -> None:
        self.model = model
        self._compiled = compile_for_nutpie(model, var_names=names)

    def sample(
        self,
        data: Mapping[str, NDArray[np.float64]],
        settings: SamplerSettings,
        start: Mapping[str, NDArray[np.float64]] | None = None,
    ) -> xr.DataTree:
        """Posterior draws given other data.

        Parameters
        ----------
        data : mapping of str to array
            Data variables of the model to replace.
        settings : SamplerSettings
            nutpie runs whatever sampler they name: it takes other data without
            compiling again.
        start : mapping of str to array, optional
            Values of the free parameters at which every chain starts; scattered by
            default.

        Returns
        -------
        xr.DataTree
            Groups ``posterior`` (the variables kept) and ``sample_stats``.
        """
        compiled = self._compiled.with_data(**data)
        if start is not None:
            point = self._unconstrained(start)
            compiled = replace(compiled, initial_point_func=lambda _: point)
        return sample_compiled(compiled, settings)

    def _unconstrained(
        self, start: Mapping[str, NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """One vector in the order of the model's free variables."""
        found = make_initial_point_fn(model=self.model, overrides=dict(start))(0)
        point = {v.name: found[v.name] for v in self.model.value_vars}
        return np.asarray(DictToArrayBijection.map(point).data)


class SearchedModel(CompiledModel):
    """A posterior and the search for its mode, compiled once; arguments as above."""

    def __init__(self, model: pm.Model, names: Sequence[str]) -> None:
        super().__init__(model, names)
        self._search = PosteriorModeSearch(model)

    def fit(
        self,
        data: Mapping[str, NDArray[np.float64]],
        settings: SamplerSettings,
        starts: Iterable[Mapping[str, NDArray[np.float64]]],
    ) -> xr.DataTree:
        """Search the mode and sample from there, as `inference.fitting.fit` does.

        Parameters
        ----------
        data, settings
            As of `sample`.
        starts : iterable of mapping
            Data-driven starting points of the search.

        Returns
        -------
        xr.DataTree
            The groups of `sample`, ``starts`` and ``modes``.
        """
        for name, array in data.items():
            self.model.set_data(name, array)
        found = self._search(settings.seed, starts=list(starts))
        start = {v.name: found.mode[v.name].to_numpy() for v in self.model.free_RVs}
        tree = self.sample(data, settings, start)
        tree["starts"] = found.starts
        tree["modes"] = self._search.weigh(found)
        return tree


def search_columns(starts: xr.Dataset) -> dict[str, int]:
    """How many searches for the mode ended at the highest one found."""
    at_mode = starts["mode"] == 0
    data_driven = starts["kind"] == DATA_DRIVEN
    return {
        "num_starts": starts.sizes["start"],
        "starts_at_mode": int(at_mode.sum()),
        "data_driven_at_mode": int((at_mode & data_driven).sum()),
    }
