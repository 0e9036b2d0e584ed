"""Where capacity stands: a late site or landlord makes every tranche there late."""

from __future__ import annotations

from model.sheet import Block, Expr, figure, given


class Landlord(Block):
    """A landlord, who may be late at all sites."""

    late_days = given("days", "Late start at all sites of the landlord", default=0, low=0, high=3000, ask=True)


class Site(Block):
    """A data centre."""

    late_days = given("days", "Late start of the site", default=0, low=0, high=3000, ask=True)
    landlord_late = given("days", "Late start of its landlord", default=0)

    @figure("days")
    def lateness(self) -> Expr:
        """Late start, the landlord's included"""
        return self.late_days + self.landlord_late
