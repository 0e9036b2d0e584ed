"""What conversion changes: cash due against the share price, shares, diluted earnings, and what models say of value.

Blocks that stand beside convertible notes; the notes themselves are `model/debt/convertible.py`.
"""

from __future__ import annotations

from model.debt.conversion.diluted import IfConverted
from model.debt.conversion.fundamental_change import FundamentalChange, MakeWholeTable, make_whole_shares
from model.debt.conversion.note import Conversion
from model.debt.conversion.offering import Offering
from model.debt.conversion.settlement import SettlementAt

__all__ = [
    "Conversion",
    "FundamentalChange",
    "IfConverted",
    "MakeWholeTable",
    "Offering",
    "SettlementAt",
    "make_whole_shares",
]
