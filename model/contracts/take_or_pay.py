"""Take-or-pay: a fee a month, due whether the capacity is used or not."""

from __future__ import annotations

from model.contracts.clauses import USUAL
from model.contracts.tranche import Tranche
from model.sheet import Expr, given


class TakeOrPay(Tranche):
    """Take-or-pay at a fee a month."""

    clauses = USUAL

    price = given("USD m a month", "Take-or-pay fee", low=0, ask=True)

    def fee(self) -> Expr:
        """The fee."""
        return self.price
