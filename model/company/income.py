"""What reaches the company besides distributions: contracts that no loan holds, prepayments, uncontracted business."""

from __future__ import annotations

from model.sheet import PERIOD, Block, Expr, given, line, many, sum_of


class Unpledged(Block):
    """The cash of one contract as far as it is pledged to no loan: contracted, and the company's own."""

    cash_share = given("share", "Share of its cash that no loan holds", low=0, high=1)
    contract_cash = given("USD m", "Contracted CFADS", per=PERIOD)

    @line("USD m", sums=True)
    def cash(self) -> Expr:
        """Contracted cash that no loan holds"""
        return self.cash_share * self.contract_cash


class OtherBusiness(Block):
    """Cash besides the boxes. What is not contracted is shown apart and enters no test of a box."""

    level = given("USD m a month", "Uncontracted business: cash margin at the start", default=0, low=-1e6, ask=True)
    growth = given("rate", "Its growth a year", default=0, low=-1, high=5, ask=True)
    change = given("share", "Change of the uncontracted business", default=0, low=-1, high=20)
    planned = given("USD m", "Uncontracted business by plan", per=PERIOD)
    years = given("years", "Whole years since the as-of date", per=PERIOD)
    unpledged_in = many("USD m", "Contracted, pledged to no loan")
    prepayments_in = many("USD m", "Prepayment received")
    renewal_in = many("USD m", "Renewal")
    merchant_in = many("USD m", "On-demand and spot")
    residual_in = many("USD m", "GPUs sold")
    support_in = many("USD m", "Support")

    @line("USD m", sums=True)
    def contracted(self) -> Expr:
        """Contracted cash that no loan holds"""
        return sum_of(self.unpledged_in)

    @line("USD m", sums=True)
    def prepaid(self) -> Expr:
        """Prepayments received

        A source of funds, capex first; never CFADS. Source: RULES 6."""
        return sum_of(self.prepayments_in)

    @line("USD m", sums=True)
    def uncontracted(self) -> Expr:
        """Uncontracted business

        A level that grows once a year, and what the plan adds."""
        return (self.planned + self.level * (1 + self.growth) ** self.years) * (1 + self.change)

    @line("USD m", sums=True)
    def renewal(self) -> Expr:
        """Renewal cash of contracts, not contracted

        Boxes run on contracted cash alone; what else their contracts bring is shown as if it reached the company."""
        return sum_of(self.renewal_in)

    @line("USD m", sums=True)
    def on_demand(self) -> Expr:
        """On-demand and spot cash of contracts, not contracted"""
        return sum_of(self.merchant_in)

    @line("USD m", sums=True)
    def residual(self) -> Expr:
        """GPUs sold, not contracted"""
        return sum_of(self.residual_in)

    @line("USD m", sums=True)
    def support(self) -> Expr:
        """Support of others for contracts, not contracted"""
        return sum_of(self.support_in)

    @line("USD m", sums=True)
    def not_contracted(self) -> Expr:
        """Cash that is not contracted"""
        return self.uncontracted + self.renewal + self.on_demand + self.residual + self.support

    @line("USD m", key=True, sums=True)
    def cash(self) -> Expr:
        """Cash besides distributions"""
        return self.contracted + self.prepaid + self.not_contracted
