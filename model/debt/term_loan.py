"""Term loan or bridge: repaid from the proceeds of equity or other debt, at the latest at maturity.

Its margin may step up with time. What its proceeds paid for is not traced to GPUs, so it is judged with the notes.
"""

from __future__ import annotations

from model.debt.clauses import Callable, Extendable, Hedged, IssuePrice, MovesWithService, StepUps
from model.debt.statement import Statement


class TermLoan(Statement):
    """Term loan or bridge: repaid from the proceeds of equity or other debt, at the latest at maturity."""

    floats = True
    clauses = (Hedged, StepUps, Extendable, IssuePrice, Callable, MovesWithService)
