"""The third fold: from the same declarations one program of basic operations, run as plain Python or compiled for many."""

from model.sheet.kernel.native import COMPILER, is_there
from model.sheet.kernel.program import Program

__all__ = ["COMPILER", "Program", "is_there"]
