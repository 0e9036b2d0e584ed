"""Two issues of a workbook side by side: inputs, formulas and results that differ."""

from model.difference.compare import difference

__all__ = ["difference"]
