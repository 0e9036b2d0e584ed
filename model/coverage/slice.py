"""A slice: one loan seen from one contract, and the cash of that contract which answers for it."""

from __future__ import annotations

from model.sheet import PERIOD, Block, Expr, figure, following, given, line, prev, where


class Slice(Block):
    """The share of a loan that a contract answers for, and the share of the contract's cash that answers for it."""

    number = given("no.", "Period", per=PERIOD)
    debt_share = given("share", "Share of the loan", low=0, high=1)
    cash_share = given("share", "Share of the contract's cash", low=0, high=1)
    contract_receipts = given("USD m", "Contract: cash collected", per=PERIOD)
    contract_cost = given("USD m", "Contract: cash cost", per=PERIOD)
    contract_revenue = given("USD m", "Contract: revenue", per=PERIOD)
    contract_renewal = given("USD m", "Contract: renewal cash", per=PERIOD)
    contract_merchant = given("USD m", "Contract: on-demand and spot cash", per=PERIOD)
    contract_residual = given("USD m", "Contract: GPUs sold", per=PERIOD)
    contract_support = given("USD m", "Contract: support", per=PERIOD)
    contract_end = given("no.", "Period of the last contracted receipt (Tc)")
    maturity = given("no.", "Period of maturity (Td)")
    pays = given("flag", "Payment date of the loan", per=PERIOD)
    box_pays = given("flag", "Payment date of the box", per=PERIOD)
    loan_principal = given("USD m", "Loan: pro-forma principal")
    loan_service = given("USD m", "Loan: debt service", per=PERIOD)
    loan_balloon = given("USD m", "Loan: balloon", per=PERIOD)
    loan_exposure = given("USD m", "Loan: balance and planned draws", per=PERIOD)
    loan_before_balloon = given("USD m", "Loan: balance before the balloon", per=PERIOD)
    loan_swept = given("USD m", "Loan: swept", per=PERIOD)
    growth = given("x", "Loan: growth of a coupon", per=PERIOD, above=0)

    @line("USD m", sums=True)
    def receipts(self) -> Expr:
        """Receipts of the contract, this slice"""
        return self.contract_receipts * self.cash_share

    @line("USD m", sums=True)
    def cost(self) -> Expr:
        """Cost of the contract, this slice"""
        return self.contract_cost * self.cash_share

    @line("USD m", key=True, sums=True)
    def cash(self) -> Expr:
        """Contracted CFADS, this slice"""
        return self.receipts - self.cost

    @line("USD m", sums=True)
    def renewal(self) -> Expr:
        """Renewal cash, this slice"""
        return self.contract_renewal * self.cash_share

    @line("USD m", sums=True)
    def merchant(self) -> Expr:
        """On-demand and spot cash, this slice"""
        return self.contract_merchant * self.cash_share

    @line("USD m", sums=True)
    def residual(self) -> Expr:
        """GPUs sold, this slice"""
        return self.contract_residual * self.cash_share

    @line("USD m", sums=True)
    def support(self) -> Expr:
        """Support, this slice"""
        return self.contract_support * self.cash_share

    @figure("USD m")
    def principal(self) -> Expr:
        """Pro-forma principal, this slice"""
        return self.loan_principal * self.debt_share

    @line("USD m", sums=True)
    def service(self) -> Expr:
        """Debt service, this slice"""
        return self.loan_service * self.debt_share

    @line("USD m", sums=True)
    def balloon(self) -> Expr:
        """Balloon, this slice"""
        return self.loan_balloon * self.debt_share

    @line("USD m")
    def exposure(self) -> Expr:
        """Balance and planned draws, this slice"""
        return self.loan_exposure * self.debt_share

    @line("flag")
    def releases(self) -> Expr:
        """Cash gathered is paid out

        On the loan's own payment dates, so that another loan's do not cut its service period; after its maturity on
        those of the box. Source: RULES 2."""
        return where(self.number <= self.maturity, self.pays, self.box_pays)

    @line("USD m")
    def receipts_since(self) -> Expr:
        """Receipts of the service period so far"""
        return prev(self.receipts_since) * (1 - prev(self.releases)) + self.receipts

    @line("USD m")
    def cost_since(self) -> Expr:
        """Cost of the service period so far"""
        return prev(self.cost_since) * (1 - prev(self.releases)) + self.cost

    @line("USD m")
    def cash_since(self) -> Expr:
        """CFADS of the service period so far"""
        return self.receipts_since - self.cost_since

    @line("USD m", sums=True)
    def released_receipts(self) -> Expr:
        """Receipts of the service period, on its payment date"""
        return self.releases * self.receipts_since

    @line("USD m", sums=True)
    def released_cost(self) -> Expr:
        """Cost of the service period, on its payment date"""
        return self.releases * self.cost_since

    @line("USD m", sums=True)
    def tested(self) -> Expr:
        """CFADS of the service period, on its payment date"""
        return self.released_receipts - self.released_cost

    @line("USD m")
    def earned_since(self) -> Expr:
        """Revenue less cost of the service period so far"""
        earned = (self.contract_revenue - self.contract_cost) * self.cash_share
        return prev(self.earned_since) * (1 - prev(self.releases)) + earned

    @line("USD m", sums=True)
    def earned_tested(self) -> Expr:
        """Revenue less cost of the service period, on its payment date"""
        return self.releases * self.earned_since

    @line("USD m")
    def waiting(self) -> Expr:
        """CFADS that waits for the next payment date"""
        return (1 - self.releases) * self.cash_since

    @line("USD m")
    def firm_since(self) -> Expr:
        """CFADS of the service period so far, up to the end of the contract"""
        return prev(self.firm_since) * (1 - prev(self.releases)) + self.cash * (self.number <= self.contract_end)

    @line("flag")
    def in_life(self) -> Expr:
        """Payment date in the loan's life"""
        return self.pays * (self.number <= self.maturity)

    @line("USD m")
    def pv_life(self) -> Expr:
        """Present value of CFADS over the loan's life

        At the loan's own rate, day count and payment dates, at the start of the period. Source: RULES 17."""
        return (self.in_life * self.cash_since + following(self.pv_life)) / self.growth

    @line("USD m")
    def pv_contract(self) -> Expr:
        """Present value of contracted CFADS to the earlier of contract end and maturity"""
        return (self.in_life * self.firm_since + following(self.pv_contract)) / self.growth

    @line("USD m", opening=True)
    def standing(self) -> Expr:
        """Balance before the balloon, this slice"""
        return self.loan_before_balloon * self.debt_share

    @line("USD m")
    def swept(self) -> Expr:
        """Swept, this slice"""
        return self.loan_swept * self.debt_share
