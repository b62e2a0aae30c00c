"""Where real volatilities and yields lie in the folder of the fixture `shared`."""

from pathlib import Path

MOVE = Path("data/move/move_1988_2025.csv")
SWAPTIONS = Path("data/swaption_vol/usd_swaption_black_iv_1997_2021.csv")
ZERO_CURVE = Path("data/gsw/feds200628_sveny_1961-06-14_2024-03-01.csv")
