"""A workbook as it was saved, by this program or another: its sheets cell by cell, formula and stored value."""

from model.saved.file import UNREADABLE, File, opened
from model.saved.xml import Cell, Lines, Value

__all__ = ["UNREADABLE", "Cell", "File", "Lines", "Value", "opened"]
