"""How the cost of our gradient grows with the length of the sample."""

from pathlib import Path
from pkgutil import resolve_name

from benchmarks.agreement import Reference
from benchmarks.density import compiled_density, microseconds_per_call
from benchmarks.implementations import OURS
from benchmarks.problem import Problem
from inference.sampling.memory import keep_freed_memory


def measure_scaling(
    problem_path: str, folder: Path, num_dates: int
) -> dict[str, float]:
    """Microseconds of one log density with gradient for a sample of some length.

    Parameters
    ----------
    problem_path : str
        Where to find the problem, as `Problem.path`.
    folder : Path
        Holds the panel and the reference.
    num_dates : int
        Length T.

    Returns
    -------
    dict
        ``gradient_us``, and that a date, such as ``gradient_us_per_week``.
    """
    keep_freed_memory()
    problem: Problem = resolve_name(problem_path)
    panel = problem.lengthen(problem.make_panel(folder), num_dates)
    _, compiled = problem.implementations[OURS].compile(panel)
    density = compiled_density(compiled)
    point = Reference.load(folder).first_point(compiled)
    microseconds = microseconds_per_call(density, point)["median_us"]
    return {
        "gradient_us": microseconds,
        f"gradient_us_per_{problem.date}": microseconds / num_dates,
    }
