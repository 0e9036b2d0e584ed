"""One ring-fenced borrower: its account, the levels it pays in their order, its covenants, and what goes up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from model.cascade import Distribution, Payout, Step, Sweep
from model.covenants import Covenant
from model.coverage import Pair
from model.cure import CashForCures, Cure
from model.debt.base import Instrument
from model.reserve import Reserve
from model.sheet import DEAL, PERIOD, Block, Expr, Row, given, highest_of, line, many, maximum, prev, sum_of
from model.waterfall import Order


class Account(Block):
    """The cash account of a box. Cash gathers during the service period and is paid out on payment dates."""

    number = given("no.", "Period", per=PERIOD)
    receipts_in = many("USD m", "Pledged receipts")
    costs_in = many("USD m", "Cash cost")
    released_receipts_in = many("USD m", "Receipts of the service period")
    released_costs_in = many("USD m", "Cost of the service period")
    payment_dates = many("flag", "Payment date")
    maturities = many("no.", "Period of maturity (Td)", per=DEAL)
    service_in = many("USD m", "Debt service")
    balances = many("USD m", "Opening balance")
    left_over = given("USD m", "Cash left at the end of the waterfall", per=PERIOD)
    before_balloon = given("USD m", "Cash that reaches the last balloon", per=PERIOD)
    balloons_above = many("USD m", "Balloon paid before it")

    @line("USD m", sums=True)
    def receipts(self) -> Expr:
        """Pledged receipts"""
        return sum_of(self.receipts_in)

    @line("USD m", sums=True)
    def cost(self) -> Expr:
        """Cash cost"""
        return sum_of(self.costs_in)

    @line("USD m", sums=True)
    def cash(self) -> Expr:
        """Contracted CFADS of the box"""
        return self.receipts - self.cost

    @line("flag")
    def pays(self) -> Expr:
        """Payment date of the box

        One of a loan's; every month once all loans have matured."""
        return maximum(sum_of(self.payment_dates) > 0, self.number > highest_of(self.maturities))

    @line("USD m", sums=True)
    def tested_cash(self) -> Expr:
        """CFADS of the service periods that end"""
        return sum_of(self.released_receipts_in) - self.cost_due

    @line("USD m", sums=True)
    def service(self) -> Expr:
        """Debt service of the box, without balloons"""
        return sum_of(self.service_in)

    @line("USD m")
    def owed(self) -> Expr:
        """Debt of the box when the period begins"""
        return sum_of(self.balances)

    @line("USD m", sums=True)
    def available(self) -> Expr:
        """Cash to be paid out on the payment date

        Receipts of the service periods that end, and cash kept before; reserves and equity stand apart."""
        return sum_of(self.released_receipts_in) + self.pays * prev(self.kept)

    @line("USD m", sums=True)
    def cost_due(self) -> Expr:
        """Operating cost of the service periods that end"""
        return sum_of(self.released_costs_in)

    @line("USD m", sums=True)
    def left(self) -> Expr:
        """Left at the end of the waterfall"""
        return self.left_over

    @line("USD m", key=True)
    def kept(self) -> Expr:
        """Cash kept in the box

        Starts at nothing; changes on payment dates only. Source: RULES 8."""
        return self.pays * self.left_over + (1 - self.pays) * prev(self.kept)

    @line("USD m")
    def kept_before(self) -> Expr:
        """Cash kept at the end of the month before"""
        return prev(self.kept)

    @line("USD m")
    def for_balloon(self) -> Expr:
        """Cash kept before a balloon is paid"""
        reaches = self.before_balloon + sum_of(self.balloons_above)
        return self.pays * reaches + (1 - self.pays) * prev(self.kept)


class SweptInAll(Block):
    """What all sweeps of a box take from one loan."""

    parts_in = many("USD m", "Swept")

    @line("USD m", sums=True)
    def swept(self) -> Expr:
        """Swept"""
        return sum_of(self.parts_in)


@dataclass
class Box:
    """The blocks of one borrower. `levels` are the steps of its waterfall in their order, each with its words;
    `mapped` its slices with the contracts and loans that they map."""

    title: str
    key: str
    ring_fenced: bool
    loans: tuple[Instrument, ...]
    mapped: tuple[Any, ...]
    account: Account
    levels: list[tuple[Order, Block]] = field(default_factory=list)
    accounts: list[Reserve] = field(default_factory=list)
    sweep_shares: list[Block] = field(default_factory=list)
    ahead: list[Block] = field(default_factory=list)
    covenants: dict[str, Covenant] = field(default_factory=dict)
    cash_for_cures: CashForCures | None = None
    cures: list[Cure] = field(default_factory=list)
    payout: Payout | None = None

    def steps(self, *levels: str) -> list[Step]:
        """The steps that pay something due, all of them or those of some levels."""
        return [block for order, block in self.levels if isinstance(block, Step) and (not levels or order.what in levels)]

    @property
    def sweeps(self) -> list[Sweep]:
        """The sweeps in their order."""
        return [block for _, block in self.levels if isinstance(block, Sweep)]

    @property
    def distributions(self) -> list[Distribution]:
        """The steps that send cash up."""
        return [block for _, block in self.levels if isinstance(block, Distribution)]

    @property
    def filled(self) -> list[Reserve]:
        """The accounts that the waterfall fills, in its order."""
        return [block for _, block in self.levels if isinstance(block, Reserve)]

    @property
    def cure(self) -> Cure | None:
        """The equity cures, where the papers allow them."""
        return self.cures[0] if self.cures else None

    def up(self, name: str) -> Row:
        """A row of what goes up to the parent, or is missing."""
        assert self.payout is not None
        return self.payout.row(name)

    def pairs_share_cash(self, pairs: Sequence[Pair]) -> BoxClaims:
        """Let pairs that share this box take the cash kept pro rata to their surplus (RULES 8)."""
        claims = BoxClaims(f"{self.title}: claims on cash kept", key=f"{self.key}.claims",
                           surpluses=[p.row("surplus") for p in pairs], shortfalls_in=[p.row("shortfall") for p in pairs],
                           owed_in=[p.row("left_after") for p in pairs],
                           reserves_in=[account.row("closing") for account in self.accounts])
        for pair in pairs:
            pair.bind(box_kept=self.account.row("kept"), box_for_balloon=self.account.row("for_balloon"),
                      box_claims=claims.row("claims"), reserve_drawn=self.up("relieved"),
                      box_shortfalls=claims.row("shortfalls"), box_owed=claims.row("owed"),
                      box_reserves=claims.row("reserves"))
        return claims

    def blocks(self) -> Iterator[Block]:
        """All blocks in the order of the waterfall."""
        yield self.account
        yield from self.ahead
        yield from self.covenants.values()
        yield from (block for _, block in self.levels)
        yield from (block for block in self.accounts if block not in self.filled)
        yield from self.sweep_shares
        yield from [self.cash_for_cures] if self.cash_for_cures else []
        yield from self.cures
        yield from [self.payout] if self.payout else []


class BoxClaims(Block):
    """What the pairs of one box have earned above their service, in all."""

    surpluses = many("USD m", "Surplus")
    shortfalls_in = many("USD m", "Missing")
    owed_in = many("USD m", "Balance")
    reserves_in = many("USD m", "Reserve")

    @line("USD m", opening=True)
    def reserves(self) -> Expr:
        """Held in the accounts of the box"""
        return sum_of(self.reserves_in)

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
