"""What an input cell admits, as a spreadsheet program checks it."""

from __future__ import annotations

from functools import cache
from typing import Any

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.xml.functions import Element


class Limits(DataValidation):
    """A rule for numbers in `cells`. openpyxl makes and writes rules term by term; what many inputs share is written once."""

    sqref: Any = ""  # as text: openpyxl would take it apart and put it together again

    def __init__(self, cells: str, low: float, high: float, allowed: str, *, whole: bool = False) -> None:
        self.sqref, self.like = cells, _written(low, high, allowed, whole)

    def to_tree(self, *_: Any) -> Any:
        """As openpyxl writes it."""
        tree = Element(self.like.tag, {**self.like.attrib, "sqref": self.sqref})
        tree.extend(self.like)
        return tree


@cache
def _written(low: float, high: float, allowed: str, whole: bool) -> Any:
    return DataValidation(type="whole" if whole else "decimal", operator="between", formula1=f"{low:.10g}",
                          formula2=f"{high:.10g}", sqref="A1", allow_blank=True, showErrorMessage=True,
                          errorTitle="Not allowed", error=allowed[:200]).to_tree()
