"""So many cells as plain values, written by openpyxl: `python -m tests.bench.plain COUNT FILE`, as a measure for the workbook."""

from __future__ import annotations

import sys
from pathlib import Path

from openpyxl import Workbook


def plain_values(count: int, path: Path) -> None:
    """A hundred columns of one number."""
    book = Workbook()
    sheet = book.worksheets[0]
    for line in range(1, count // 100 + 1):
        for column in range(1, 101):
            sheet.cell(line, column).value = 1.5
    book.save(path)


if __name__ == "__main__":
    plain_values(int(sys.argv[1]), Path(sys.argv[2]))
