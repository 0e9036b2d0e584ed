"""Take-or-pay by capacity: a price for each megawatt of IT load a year."""

from __future__ import annotations

from model.contracts.clauses import USUAL
from model.contracts.clauses.megawatts import InMegawatts
from model.sheet import Expr, given


class ByMegawatt(InMegawatts):
    """Take-or-pay at a price for each megawatt a year."""

    clauses = tuple(clause for clause in USUAL if clause is not InMegawatts)

    price = given("USD m per MW a year", "Take-or-pay price", low=0, ask=True)
    months_in_year = given("months", "Months in a year", default=12, above=0)

    def fee(self) -> Expr:
        """A twelfth of the yearly price of all capacity."""
        return self.capacity * self.price / self.months_in_year
