"""Columns of a table as data."""

import numpy as np
import pandas as pd

from analysis.page.columns import displayed, only_with, rounded, words

COLUMNS = (words("Of", "label"), *only_with("theirs", rounded("Paper", "theirs", 1)))


def test_a_column_stands_only_beside_what_it_needs() -> None:
    frame = pd.DataFrame({"label": ["a", "b"], "theirs": [np.nan, 2.0]})
    assert displayed(frame, COLUMNS)["Paper"].tolist() == ["n/a", "2.0"]
    without = displayed(frame.assign(theirs=np.nan), COLUMNS)
    assert list(without) == ["Of"]
