"""How many draws a calibration and its checks make: plain numbers, so that a command's help can tell them."""

from __future__ import annotations

from typing import Final

__all__ = ["DRAWS", "DRAWS_OF_A_CHECK", "FEWEST_DRAWS", "FEWEST_TABLES", "MOST_DRAWS", "TABLES"]

DRAWS: Final = 2**22
"""Draws from the prior unless others are asked for."""
DRAWS_OF_A_CHECK: Final = 2**18
"""The same for each model of a check, and each table of it."""

FEWEST_DRAWS: Final = 2**10
"""Of fewer draws no reference table is made."""
MOST_DRAWS: Final = 2**26
"""More draws than these would take some 16 GB."""

TABLES: Final = 5
"""Tables of draws from which the score of a left-out forecast is made, unless others are asked for."""
FEWEST_TABLES: Final = 2
