"""What the commands of simulation-based calibrations share: tables, figure, words."""

from pathlib import Path

from data.files.atomic import replacing
from data.files.unfinished import beside
from studies.calibration import Calibration, rank_table, summarize_calibration
from studies.console import console, show, write
from studies.figures import figure_rank_ecdf

SHOWN = ["parameter", "coverage_95", "p_value", "is_calibrated"]


def report_calibration(result: Calibration, out: Path) -> None:
    """Write what a calibration found, and print whether ranks are uniform.

    Parameters
    ----------
    result : Calibration
    out : Path
        Table with a row a parameter, .csv; the ranks go to its name with _ranks, their
        figure to it with the ending .png.
    """
    summary = summarize_calibration(result.ranks)
    write(rank_table(result), beside(out, "ranks"))
    write(summary, out)
    with replacing(out.with_suffix(".png")) as temporary:
        figure_rank_ecdf(result.ranks).savefig(temporary, dpi=110)
    show("Uniformity of ranks", summary[SHOWN])
    console.print(
        f"Divergent fits {(result.fits['divergences'] > 0).sum()} of "
        f"{len(result.fits)}; largest R-hat {result.fits['max_r_hat'].max():.3f}"
    )
