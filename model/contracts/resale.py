"""GPUs that somebody has promised to buy at the end of their use: the orderly value of that month."""

from __future__ import annotations

from model.sheet import PERIOD, Block, Expr, figure, given, line


class Resale(Block):
    """One lot sold in an orderly way when its use ends, or when a promised renewal does."""

    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    value = given("USD m", "GPUs in an orderly sale", per=PERIOD)
    sale_days = given("days", "Days from the end of use to the money")
    last_used = given("date", "Last day of use")
    last_renewed = given("date", "Last day of use, were it renewed as promised")

    @figure("date")
    def sold_on(self) -> Expr:
        """Day of the money"""
        return self.last_used + self.sale_days

    @figure("date")
    def sold_later_on(self) -> Expr:
        """Day of the money after a promised renewal"""
        return self.last_renewed + self.sale_days

    @line("USD m", sums=True)
    def sold(self) -> Expr:
        """Sold at the end of use"""
        return self.value * (self.sold_on >= self.starts) * (self.sold_on <= self.ends)

    @line("USD m", sums=True)
    def sold_later(self) -> Expr:
        """Sold after a promised renewal"""
        return self.value * (self.sold_later_on >= self.starts) * (self.sold_later_on <= self.ends)
