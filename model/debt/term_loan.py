"""Term loan or bridge: repaid from the proceeds of equity or other debt, at the latest at maturity.

What its proceeds paid for is not traced to GPUs, so it is judged with the notes.
"""

from __future__ import annotations

from model.debt.base import Instrument


class TermLoan(Instrument):
    """Term loan or bridge: repaid from the proceeds of equity or other debt, at the latest at maturity."""

    on_gpus = False
