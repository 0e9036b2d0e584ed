"""Merged cells as openpyxl makes them, with the look of every place in a merge worked out once for each style."""

from __future__ import annotations

from copy import copy
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

Look = tuple[bytes, tuple[bool, ...]]
"""A style of the first cell, and on which edges of the merge a cell lies."""


class Sheet(Worksheet):
    """A worksheet. openpyxl adds up borders object by object for each cell of a merge; they are few, and return often.

    Looks are kept with the book, to whose lists of fonts and borders a style points.
    """

    def _clean_merge_range(self, mcr: Any) -> None:
        book: Any = self.parent
        looks, first, cells = book.__dict__.setdefault("_looks", {}), mcr.start_cell._style, self.__dict__["_cells"]
        style = first.tobytes() if first is not None else b""
        places = [((row, column), (style, (row == mcr.min_row, row == mcr.max_row, column == mcr.min_col, column == mcr.max_col)))
                  for row, column in mcr.cells]
        if all(look in looks for _, look in places):
            mcr.start_cell._style = looks[places[0][1]]
            for (row, column), look in places[1:]:
                cell: Any = MergedCell(self, row, column)
                cell._style, cells[row, column] = looks[look], cell
        else:
            mcr.start_cell._style = copy(first)  # cells of one style share it, and openpyxl changes it in place
            super()._clean_merge_range(mcr)  # type: ignore[misc]  # the stubs of openpyxl leave private names out
            looks.update({look: copy(cells[at]._style) for at, look in places})
