"""All that a fit is asked, as a file that a person can read, change and run again."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import Any, Self

import tomli_w

from data.commands.simulated import SIMULATED, noting_simulations, said_of
from data.errors import DataError
from data.files.atomic import replacing
from inference.settings import SamplerSettings
from inference.traced.model import TracedModel
from inference.traced.prepared import PreparedModel
from models.priors import LogNormalPrior, StudentTPrior, stored_priors

ATTRIBUTE = "configuration"
"""Attribute of a trace that holds what its fit was asked."""

LOG_NORMAL = {"median": 1.0, "log_sd": 1.0}
"""Takes the place of a number that is not to be known exactly."""

POSITIVE = {"median", "log_sd", "scale", "degrees_of_freedom"}
"""Fields of priors."""

_REMEDY = "Write one with: python -m inference config TRACE --out FIT.toml"


@dataclass(frozen=True, kw_only=True)
class FitConfiguration:
    """A fit to be run.

    Attributes
    ----------
    model, panel, out : str
        Name of the model, file that it is fitted to, trace to write. Paths are taken
        from the working folder, as those of a command are.
    options : mapping
        Options of the model that the command would take, by name.
    sampler : mapping
        Fields of `inference.settings.SamplerSettings`.
    priors : mapping
        Fields of the priors that are not to be the defaults. A log-normal prior is
        ``{median = 8.0, log_sd = 1.0}``; what it leaves out stays.
    """

    model: str
    panel: str
    out: str
    options: Mapping[str, Any] = field(default_factory=dict)
    sampler: Mapping[str, Any] = field(default_factory=dict)
    priors: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a configuration from a TOML file.

        Raises
        ------
        DataError
            If the file cannot be read, or holds other keys than a configuration has.
        """
        return cls.of(_read_toml(path), str(path))

    @classmethod
    def of(cls, held: Mapping[str, Any], source: str) -> Self:
        """Take a configuration from a mapping, as an attribute of a trace is."""
        known = cls.__dataclass_fields__
        strange = [name for name in held if name not in known]
        missing = [name for name in ("model", "panel", "out") if name not in held]
        if strange or missing:
            what = f"has no {missing[0]}" if missing else f"has a {strange[0]!r}"
            raise DataError(f"{source}: the configuration {what}", _REMEDY)
        for name in ("options", "sampler", "priors"):
            if not isinstance(held.get(name, {}), Mapping):
                raise DataError(f"{source}: {name} is no table", f"Write [{name}].")
        return cls(**held)

    def as_toml(self) -> str:
        """Text of the file."""
        return tomli_w.dumps(_without_nothing(asdict(self)))

    def write(self, path: Path) -> None:
        """Write the file."""
        with replacing(path) as temporary:
            temporary.write_text(self.as_toml(), encoding="utf-8")

    def prepared(self, model: TracedModel) -> tuple[PreparedModel, SamplerSettings]:
        """Build the model and the settings of its run.

        Parameters
        ----------
        model : TracedModel
            Of the name that the configuration says.

        Raises
        ------
        DataError
            If an option, a setting or a prior is unknown or out of its range, or the
            panel cannot be used.
        """
        settings = _called(SamplerSettings, self.sampler, "sampler")
        chosen = _called(model.specify, self.options, "options")
        if self.priors:
            if model.default_priors is None:
                raise DataError(
                    f"the priors of {model.name} cannot be set", "Leave out [priors]."
                )
            chosen["priors"] = with_priors(model.default_priors(chosen), self.priors)
        with noting_simulations() as met:
            panel = model.panel.file.read(Path(self.panel))
        prepared = model.prepare(panel, **chosen)
        # JSON, which attributes are kept in, has no paths; TOML has no nothing.
        held = _without_nothing(asdict(self))
        marks = {SIMULATED: said_of(met)} if met else {}
        description = {**prepared.description, **marks, ATTRIBUTE: held}
        return replace(prepared, description=description), settings


def read_priors(path: Path) -> Mapping[str, Any]:
    """Table ``priors`` of a TOML file, whatever else the file holds.

    Raises
    ------
    DataError
        If the file cannot be read, or has no such table.
    """
    held = _read_toml(path).get("priors")
    if not isinstance(held, Mapping):
        raise DataError(f"{path} has no table [priors]", _REMEDY)
    return held


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path} is no TOML: {error}", _REMEDY) from error


def with_priors(default: Any, stated: Mapping[str, Any]) -> Any:
    """Priors with some fields replaced.

    Parameters
    ----------
    default : dataclass
        Priors of a model.
    stated : mapping
        Fields by name, see `FitConfiguration.priors`.

    Raises
    ------
    DataError
        If there is no such field, or its value is of another kind.
    """
    held = asdict(default)
    # Priors of a part of the model are themselves priors by name.
    parts = {name: part for name in held if _is_part(part := getattr(default, name))}
    for name, value in stated.items():
        if name not in held:
            raise DataError(
                f"there is no prior {name!r}", f"Choose from {', '.join(held)}."
            )
        if name not in parts:
            held[name] = _stated(name, held[name], value)
        elif isinstance(value, Mapping):
            parts[name] = with_priors(parts[name], value)
        else:
            raise DataError(f"priors {name} are no table", f"Write [priors.{name}].")
    return stored_priors(type(default), held | parts)


def _is_part(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, LogNormalPrior | StudentTPrior)


def _stated(name: str, default: Any, value: Any) -> Any:
    """Value of a field, once it is known to be of the kind that the field takes."""
    if isinstance(value, Mapping):
        known = default if isinstance(default, Mapping) else LOG_NORMAL
        whole = {**known, **value}
        are_numbers = set(whole) == set(known) and all(map(_is_number, whole.values()))
        if are_numbers and all(whole[part] > 0 for part in POSITIVE & set(whole)):
            return whole
    elif isinstance(default, tuple) and isinstance(value, list):
        if len(value) == len(default) and all(map(_is_number, value)):
            return tuple(value)
    elif _is_number(value) and not isinstance(default, tuple):
        return float(value)
    raise DataError(
        f"prior {name} cannot be {value!r}",
        f"By default it is {default!r}: state the same numbers of another value.",
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _called(function: Callable[..., Any], given: Mapping[str, Any], table: str) -> Any:
    """Call with keywords that a person wrote."""
    try:
        return function(**given)
    except TypeError as error:
        raise DataError(f"[{table}]: {error}", _REMEDY) from error


def _without_nothing(held: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what was left out, which TOML has no word for."""
    return {
        name: _without_nothing(value) if isinstance(value, Mapping) else value
        for name, value in held.items()
        if value is not None
    }
