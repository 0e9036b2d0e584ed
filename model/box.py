"""One ring-fenced borrower: what its contracts bring in, and the order in which it is paid out."""

from __future__ import annotations

from collections.abc import Sequence

from model.cascade import Reserve, Step, Sweep, SweepShare
from model.coverage import Pair, Slice
from model.debt.base import Instrument
from model.drivers import Drivers
from model.sheet import PERIOD, Block, Expr, Row, Sourced, given, line, many, prev, sum_of


class Account(Block):
    """The cash account of a box. Cash gathers during the service period and is paid out on payment dates."""

    receipts_in = many("USD m", "Pledged receipts")
    costs_in = many("USD m", "Cash cost")
    released_receipts_in = many("USD m", "Receipts of the service period")
    released_costs_in = many("USD m", "Cost of the service period")
    payment_dates = many("flag", "Payment date")
    left_over = given("USD m", "Cash left at the end of the waterfall", per=PERIOD)
    after_principal = given("USD m", "Cash left after scheduled principal", per=PERIOD)

    @line("USD m", sums=True)
    def receipts(self) -> Expr:
        """Pledged receipts"""
        return sum_of(self.receipts_in)

    @line("USD m", sums=True)
    def cost(self) -> Expr:
        """Cash cost"""
        return sum_of(self.costs_in)

    @line("flag")
    def pays(self) -> Expr:
        """Payment date of the box"""
        return sum_of(self.payment_dates) > 0

    @line("USD m", sums=True)
    def available(self) -> Expr:
        """Cash to be paid out on the payment date

        Receipts of the service periods that end, and cash kept before; reserves and equity stand apart."""
        return sum_of(self.released_receipts_in) + self.pays * prev(self.kept)

    @line("USD m", sums=True)
    def cost_due(self) -> Expr:
        """Operating cost of the service periods that end"""
        return sum_of(self.released_costs_in)

    @line("USD m", key=True)
    def kept(self) -> Expr:
        """Cash kept in the box

        Starts at nothing; changes on payment dates only. Source: RULES 8."""
        return self.pays * self.left_over + (1 - self.pays) * prev(self.kept)

    @line("USD m")
    def for_balloon(self) -> Expr:
        """Cash kept before a balloon is paid"""
        return self.pays * self.after_principal + (1 - self.pays) * prev(self.kept)


class Payout(Block):
    """The last level: what is left goes up to the parent, or stays."""

    available = given("USD m", "Cash from the level above", per=PERIOD)
    portion = given("share", "Share of the surplus that is distributed", default=1, low=0, high=1)
    released = given("USD m", "Released from the reserve", per=PERIOD)
    shortfalls = many("USD m", "Missing")
    reserve_drawn = given("USD m", "Drawn from the reserve", per=PERIOD)
    to_refinance = given("USD m", "Balloon that the cash does not reach: to be refinanced, or default", per=PERIOD)

    @line("USD m", sums=True)
    def surplus_out(self) -> Expr:
        """Distributed from the surplus"""
        return self.portion * self.available

    @line("USD m", key=True, sums=True)
    def distribution(self) -> Expr:
        """Distribution to the parent"""
        return self.surplus_out + self.released

    @line("USD m")
    def remaining(self) -> Expr:
        """Cash kept in the box"""
        return self.available - self.surplus_out

    @line("USD m", key=True, sums=True)
    def called(self) -> Expr:
        """Missing: a call on the guarantor, or default where there is none"""
        return sum_of(self.shortfalls) - self.reserve_drawn


class Box:
    """The blocks of one borrower, wired: cost, fees, interest, principal, balloon, reserve, sweep, distribution."""

    def __init__(self, title: str, key: str, loans: Sequence[Instrument], slices: Sequence[Slice], drivers: Drivers,
                 reserve: dict[str, Sourced], sweep: Sourced | None, payout: Sourced) -> None:
        self.title, self.key, self.loans, self.slices = title, key, tuple(loans), tuple(slices)
        self.account = Account(f"{title}: account", key=f"{key}.account",
                               receipts_in=[s.row("receipts") for s in slices],
                               costs_in=[s.row("cost") for s in slices],
                               released_receipts_in=[s.row("released_receipts") for s in slices],
                               released_costs_in=[s.row("released_cost") for s in slices],
                               payment_dates=[loan.row("pays") for loan in loans])
        for piece in slices:
            piece.bind(box_pays=self.account.row("pays"))
        self.steps = self._steps()
        self.reserve = self._reserve(reserve)
        self.sweep, self.sweep_shares = self._sweep(sweep, drivers)
        below = self.sweep or self.reserve
        self.payout = Payout(f"{title}: distribution", key=f"{key}.distribution", available=below.row("remaining"),
                             portion=payout, released=self.reserve.row("released"),
                             shortfalls=[s.row("shortfall") for s in self.steps[:-1]],
                             reserve_drawn=self.reserve.row("drawn"), to_refinance=self.steps[-1].row("shortfall"))
        self.account.bind(left_over=self.payout.row("remaining"), after_principal=self.steps[3].row("remaining"))

    def _steps(self) -> list[Step]:
        levels: list[tuple[str, list[Row]]] = [("operating cost", [self.account.row("cost_due")])]
        levels += [("fees", [fee for loan in self.loans for fee in loan.fees()])]
        levels += [(label, [loan.row(name) for loan in self.loans]) for label, name in
                   (("interest", "interest"), ("principal", "scheduled"), ("balloon", "balloon"))]
        steps: list[Step] = []
        for label, dues in levels:
            above = steps[-1].row("remaining") if steps else self.account.row("available")
            steps.append(Step(f"{self.title}: {label}", key=f"{self.key}.{label.replace(' ', '-')}", available=above,
                              dues=dues))
        return steps

    def _reserve(self, terms: dict[str, Sourced]) -> Reserve:
        return Reserve(f"{self.title}: reserve", key=f"{self.key}.reserve", available=self.steps[-1].row("remaining"),
                       pays=self.account.row("pays"), shortfalls=[s.row("shortfall") for s in self.steps[:-1]],
                       balances=[loan.row("opening") for loan in self.loans], **terms)

    def _sweep(self, portion: Sourced | None, drivers: Drivers) -> tuple[Sweep | None, list[SweepShare]]:
        if portion is None:
            return None, []
        balances = [loan.row("after_service") for loan in self.loans]
        sweep = Sweep(f"{self.title}: sweep", key=f"{self.key}.sweep", available=self.reserve.row("remaining"),
                      balances=balances, portion=portion)
        shares = [SweepShare(f"{self.title}: sweep of {loan.title}", key=f"{self.key}.sweep.{loan.key}",
                             swept=sweep.row("swept"), owed=sweep.row("owed"), balance=balance,
                             tolerance=drivers.row("tolerance"))
                  for loan, balance in zip(self.loans, balances, strict=True)]
        for loan, part in zip(self.loans, shares, strict=True):
            loan.bind(swept=part.row("part"))
        return sweep, shares

    def pairs_share_cash(self, pairs: Sequence[Pair]) -> BoxClaims:
        """Let pairs that share this box take the cash kept pro rata to their surplus (RULES 8)."""
        claims = BoxClaims(f"{self.title}: claims on cash kept", key=f"{self.key}.claims",
                           surpluses=[p.row("surplus") for p in pairs], shortfalls_in=[p.row("shortfall") for p in pairs],
                           owed_in=[p.row("left_after") for p in pairs])
        for pair in pairs:
            pair.bind(box_kept=self.account.row("kept"), box_for_balloon=self.account.row("for_balloon"),
                      box_claims=claims.row("claims"), reserve_drawn=self.reserve.row("drawn"),
                      box_shortfalls=claims.row("shortfalls"), box_owed=claims.row("owed"),
                      box_reserves=self.reserve.row("closing"))
        return claims

    def blocks(self) -> list[Block]:
        """All blocks in the order of the waterfall."""
        sweep = [self.sweep] if self.sweep else []
        return [self.account, *self.steps, self.reserve, *sweep, *self.sweep_shares, self.payout]


class BoxClaims(Block):
    """What the pairs of one box have earned above their service, in all."""

    surpluses = many("USD m", "Surplus")
    shortfalls_in = many("USD m", "Missing")
    owed_in = many("USD m", "Balance")

    @line("USD m", opening=True)
    def owed(self) -> Expr:
        """Debt of all pairs"""
        return sum_of(self.owed_in)

    @line("USD m")
    def claims(self) -> Expr:
        """Positive surpluses of all pairs"""
        return sum_of(self.surpluses)

    @line("USD m")
    def shortfalls(self) -> Expr:
        """Shortfalls of all pairs"""
        return sum_of(self.shortfalls_in)
