"""Data-centre lease: rent for each kilowatt of critical load; triple net, so that the tenant bears power and running cost."""

from __future__ import annotations

from model.contracts.clauses import USUAL
from model.contracts.clauses.megawatts import InMegawatts
from model.sheet import Expr, given


class Lease(InMegawatts):
    """Triple-net lease of data-centre capacity."""

    clauses = tuple(clause for clause in USUAL if clause is not InMegawatts)

    price = given("USD per kW-month", "Rent of the tenant", low=0, ask=True)

    def fee(self) -> Expr:
        """Rent of a full month: USD per kW is USD thousand per MW."""
        return self.capacity * self.price / self.thousand
