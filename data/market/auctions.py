"""Auctions of Treasury securities, as the Treasury publishes their results."""

from pathlib import Path

import pandas as pd

from data.files.cells import (
    date_cells,
    optional_date_cells,
    read_cells,
    require_columns,
    text_cells,
)

KINDS_BY_FLAG = {"inflation_index_security": "TIPS", "floating_rate": "FRN"}
"""Column that says Yes -> kind of what is otherwise called a note or bond."""

_REMEDY = (
    "give the auctions of Fiscal Data (auctions_query) as CSV: cusip, security_type, "
    "auction_date, issue_date, maturity_date."
)


def read_auctions(path: Path) -> pd.DataFrame:
    """Read results of auctions; a reopening is a further row of its CUSIP.

    Parameters
    ----------
    path : Path
        CSV or Parquet with ``cusip``, ``security_type``, ``issue_date`` and
        ``maturity_date``, optionally ``auction_date`` and the columns of
        `KINDS_BY_FLAG`. Source: US Treasury, Fiscal Data, Treasury Securities Auctions.

    Returns
    -------
    DataFrame
        In the order of the file: ``security``; ``kind``, the security type, TIPS or
        FRN; ``auctioned``, NaT where not known; ``issued``, ``matures``.
    """
    source = str(path)
    cells = read_cells(path, _REMEDY)
    require_columns(
        cells, ("cusip", "security_type", "issue_date", "maturity_date"), source
    )
    kind = text_cells(cells, "security_type")
    for flag, other in KINDS_BY_FLAG.items():
        kind = kind.mask(text_cells(cells, flag).str.lower() == "yes", other)
    return pd.DataFrame(
        {
            "security": text_cells(cells, "cusip"),
            "kind": kind,
            "auctioned": optional_date_cells(cells, "auction_date", source),
            "issued": date_cells(cells["issue_date"], source),
            "matures": date_cells(cells["maturity_date"], source),
        }
    )
