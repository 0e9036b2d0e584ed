"""How far the tests are from failing: in dollars and in percent on the tightest date, and which test binds."""

from __future__ import annotations

from model.coverage.cover import Cover
from model.sheet import Expr, choose, figure, highest, line, prev, ratio, total, words


class Headroom(Cover):
    """Headroom of T1 and T3 on their tightest dates, and the test that binds."""

    # ---- T1 on the date of the lowest DSCR ---------------------------------------------------------------------------

    @line("no.")
    def dscr_floors_so_far(self) -> Expr:
        """Dates at the lowest DSCR so far"""
        return prev(self.dscr_floors_so_far) + self.dscr_at_floor

    @line("flag")
    def t1_tightest(self) -> Expr:
        """T1 is tightest: first date of the lowest DSCR"""
        return self.dscr_at_floor * (self.dscr_floors_so_far <= 1)

    @line("USD m", sums=True)
    def t1_tight_cash_row(self) -> Expr:
        """CFADS on that date, by period"""
        return self.tested_cash * self.t1_tightest

    @line("USD m", sums=True)
    def t1_tight_service_row(self) -> Expr:
        """Debt service on that date, by period"""
        return self.service * self.t1_tightest

    @figure("USD m")
    def t1_tight_cash(self) -> Expr:
        """T1: CFADS on the tightest date"""
        return total(self.t1_tight_cash_row)

    @figure("USD m")
    def t1_headroom(self) -> Expr:
        """T1: cash less service on the tightest date"""
        return self.t1_tight_cash - total(self.t1_tight_service_row)

    @figure("share")
    def t1_headroom_share(self) -> Expr:
        """T1: fall of that cash which is tolerated

        1 - 1 / DSCR."""
        return ratio(self.t1_headroom, self.t1_tight_cash, self.tolerance)

    # ---- T2 ----------------------------------------------------------------------------------------------------------

    @figure("USD m")
    def t2_headroom(self) -> Expr:
        """T2: nothing, less what is left uncovered"""
        return 0 - self.uncovered_balance

    @figure("USD m")
    def highest_exposure(self) -> Expr:
        """Highest balance, planned draws included"""
        return highest(self.exposure)

    @figure("share")
    def t2_headroom_share(self) -> Expr:
        """T2: the same as a share of the highest balance"""
        return ratio(self.t2_headroom, self.highest_exposure, self.tolerance)

    # ---- T3 on the date of the lowest CLCR ---------------------------------------------------------------------------

    @line("no.")
    def clcr_floors_so_far(self) -> Expr:
        """Dates at the lowest CLCR so far"""
        return prev(self.clcr_floors_so_far) + self.clcr_at_floor

    @line("flag")
    def t3_tightest(self) -> Expr:
        """T3 is tightest: first date of the lowest CLCR"""
        return self.clcr_at_floor * (self.clcr_floors_so_far <= 1)

    @line("USD m", sums=True)
    def t3_tight_value_row(self) -> Expr:
        """Present value on that date, by period"""
        return self.pv_contract * self.t3_tightest

    @line("USD m", sums=True)
    def t3_tight_balance_row(self) -> Expr:
        """Balance on that date, by period"""
        return self.exposure * self.t3_tightest

    @figure("USD m")
    def t3_tight_value(self) -> Expr:
        """T3: present value on the tightest date"""
        return total(self.t3_tight_value_row)

    @figure("USD m")
    def t3_headroom(self) -> Expr:
        """T3: present value less balance on the tightest date"""
        return self.t3_tight_value - self.required * total(self.t3_tight_balance_row)

    @figure("share")
    def t3_headroom_share(self) -> Expr:
        """T3: fall of that value which is tolerated

        1 - 1 / CLCR."""
        return ratio(self.t3_headroom, self.t3_tight_value, self.tolerance)

    # ---- which test binds --------------------------------------------------------------------------------------------

    @figure("flag")
    def t2_binds(self) -> Expr:
        """T2 binds: it is the first to fail"""
        return self.t1 * (1 - self.t2)

    @figure("flag")
    def t3_binds(self) -> Expr:
        """T3 binds: it is the first to fail, or none fails and the lowest CLCR is below the lowest DSCR

        A level payment has the same ratio at every date, and which test binds must not be told by its roundings."""
        return self.t1 * self.t2 * (1 - self.t3) + self.covered * (self.clcr_floor < self.dscr_floor - self.equal)

    @figure("no.")
    def binding(self) -> Expr:
        """The test that binds: 1, 2 or 3"""
        return 1 + self.t2_binds + self.t3_binds + self.t3_binds

    @words()
    def binding_test(self) -> Expr:
        """Binding test"""
        return choose(self.binding, "T1", "T2", "T3")

    @figure("USD m")
    def headroom(self) -> Expr:
        """Headroom of the binding test"""
        first = 1 - self.t2_binds - self.t3_binds
        return first * self.t1_headroom + self.t2_binds * self.t2_headroom + self.t3_binds * self.t3_headroom

    @figure("USD m")
    def amount_missing(self) -> Expr:
        """Missing in the first test that fails, on its first date"""
        deficit = self.t1 * self.t2 * self.first_deficit
        return (1 - self.t1) * self.first_shortfall + self.t2_binds * self.uncovered_balance + deficit
