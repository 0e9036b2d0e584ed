"""Why service starts late, and what the customer may then do."""

from __future__ import annotations

from typing import ClassVar

from model.contracts.tranche import Tranche
from model.sheet import Expr, figure, given


class Located(Tranche):
    """The tranche has lateness of its own, and that of its site and landlord."""

    stated: ClassVar[tuple[str, ...]] = ("site",)

    late_days = given("days", "Late start of this tranche", default=0, low=0, high=3000, ask=True)
    site_late = given("days", "Late start of its site", default=0)

    def late(self) -> Expr:
        """With its own, its site's and its landlord's."""
        return super().late() + self.late_days + self.site_late


class LongStop(Tranche):
    """The customer may leave if service starts after the long-stop date."""

    long_stop = given("date", "Long-stop date", kind="date", ask=True)
    given_up = given("share", "Share given up if service starts later", default=1, low=0, high=1, ask=True)

    def taken(self, amount: Expr) -> Expr:
        """Less what is given up."""
        return super().taken(amount) * (1 - self.share_left)

    @figure("share")
    def share_left(self) -> Expr:
        """Share of the tranche that the customer leaves

        Past its long-stop date the right to leave is used for the share that the case states."""
        return self.given_up * (self.service_start > self.long_stop)
