"""Who must pay when a box cannot: the guarantor, or nobody. And a cross-default, which is an input: all falls due at once."""

from __future__ import annotations

from model.sheet import (
    PERIOD,
    TEXT,
    Block,
    Expr,
    at,
    figure,
    given,
    highest,
    line,
    many,
    maximum,
    minimum,
    prev,
    ratio,
    share,
    sum_of,
    where,
)

NO_LIMIT = 1e9


class Promise(Block):
    """What the company answers for on one loan of a box: by its guarantee, or because nothing keeps it out.

    `direct` says that the box is not ring-fenced, so that its debt is the company's own."""

    guarantor = given("text", "Guarantor", per=TEXT)
    direct = given("flag", "The box is not ring-fenced", low=0, high=1)
    limit = given("USD m", "Guaranteed at most", low=0)
    closing = given("USD m", "Closing balance", per=PERIOD)

    @line("USD m", opening=True, key=True)
    def balance(self) -> Expr:
        """Balance that the company answers for"""
        return minimum(self.closing, self.limit)

    @line("USD m", opening=True)
    def guaranteed(self) -> Expr:
        """Of it by guarantee"""
        return self.balance * (1 - self.direct)

    @line("USD m", opening=True)
    def on_own_account(self) -> Expr:
        """Of it as borrower"""
        return self.balance * self.direct


class Recourse(Block):
    """What one box lacks: called on the company as far as it answers for the debt, else a default of the box.

    A call is paid from the company's cash of the month before and its undrawn lines, boxes in the order of the case
    (RULES 15); what these do not reach is a guarantee that is not honoured."""

    missing_in = many("USD m", "Missing in the box")
    owed_in = many("USD m", "Owed: opening balance, draws")
    promised_in = many("USD m", "Of it promised by the company")
    direct = given("flag", "The box is not ring-fenced", low=0, high=1)
    limit = given("USD m", "Guaranteed at most, in all", low=0)
    at_hand = given("USD m", "Cash and undrawn lines left for this box", per=PERIOD)
    defaulted = given("flag", "Cross-default", per=PERIOD)
    tolerance = given("USD m", "Amount that counts as nothing")

    @line("USD m", sums=True)
    def missing(self) -> Expr:
        """Missing in the box"""
        return sum_of(self.missing_in)

    @line("USD m")
    def owed(self) -> Expr:
        """Owed by the box: opening balances and draws"""
        return sum_of(self.owed_in)

    @line("USD m")
    def promised(self) -> Expr:
        """Of it guaranteed by the company"""
        return sum_of(self.promised_in)

    @line("share")
    def answered_for(self) -> Expr:
        """Share that the company answers for

        All where there is no ring fence; else the guaranteed share of the box's debt."""
        return maximum(self.direct, share(self.promised, self.owed, self.tolerance))

    @line("USD m")
    def room(self) -> Expr:
        """Left of the guarantees"""
        return maximum(0, self.limit - prev(self.called_so_far))

    @line("USD m", key=True, sums=True)
    def called(self) -> Expr:
        """Called on the company

        After a cross-default the whole balance has been called already."""
        return (1 - self.defaulted) * minimum(self.room, self.missing * self.answered_for)

    @line("USD m")
    def called_so_far(self) -> Expr:
        """Called on the company so far"""
        return prev(self.called_so_far) + self.called

    @line("USD m", key=True, sums=True)
    def paid(self) -> Expr:
        """Paid into the box by the company"""
        return minimum(self.called, self.at_hand)

    @line("USD m", sums=True)
    def not_honoured(self) -> Expr:
        """Called and not paid: the company has no cash for it"""
        return self.called - self.paid

    @line("USD m", sums=True)
    def without_recourse(self) -> Expr:
        """Default of a box without recourse

        Missing, and nobody answers for it; the company pays nothing."""
        return (1 - self.defaulted) * self.missing - self.called

    @line("USD m")
    def left(self) -> Expr:
        """Cash and undrawn lines left for the next box"""
        return self.at_hand - self.paid


class CrossDefault(Block):
    """An event of default at one debt that makes the others fall due: an input, in no month unless it is stated.

    From its month on undrawn lines are gone, boxes distribute nothing, and what the company owes or guarantees is due at
    once. The contracts' own tests do not move: boxes and pairs stay on their contractual schedules."""

    stated_month = given("no.", "Month of the cross-default in the case (0: none)", default=0, low=0)
    month_told = given("no.", "Month of the cross-default in the scenario (0: as the case says)")
    number = given("no.", "Period", per=PERIOD)
    balances_in = many("USD m", "Guaranteed, or of a box without ring fence")
    own_in = many("USD m", "Owed outside the boxes")
    accrued_in = many("USD m", "Interest accrued outside the boxes")
    at_hand = given("USD m", "Cash of the month before", per=PERIOD)

    @figure("no.")
    def month(self) -> Expr:
        """Month of the cross-default"""
        return where(self.month_told, self.month_told, self.stated_month)

    @line("flag")
    def defaulted(self) -> Expr:
        """In cross-default"""
        return (self.month > 0) * (self.number >= self.month)

    @line("flag")
    def falls(self) -> Expr:
        """Cross-default in the period"""
        return self.defaulted * (1 - prev(self.defaulted))

    @line("USD m", opening=True)
    def guaranteed(self) -> Expr:
        """Debt of boxes that the company answers for"""
        return sum_of(self.balances_in)

    @line("USD m", opening=True)
    def own(self) -> Expr:
        """Debt outside the boxes, with interest accrued"""
        return sum_of(self.own_in) + sum_of(self.accrued_in)

    @line("USD m", key=True, sums=True)
    def called(self) -> Expr:
        """Falls due at once

        Balances at the end of the month before."""
        return self.falls * (prev(self.guaranteed) + prev(self.own))

    @line("USD m", sums=True)
    def paid(self) -> Expr:
        """Paid of it"""
        return minimum(self.called, self.at_hand)

    @line("USD m", sums=True)
    def missing(self) -> Expr:
        """Missing"""
        return self.called - self.paid


class Guarantees(Block):
    """K4: what the company guarantees, if all is called together, against its liquidity."""

    limit = given("x", "Guaranteed balance to liquidity, at most", default=1, above=0,
                  source="called together, paid from liquidity")
    balances_in = many("USD m", "Guaranteed")
    direct_in = many("USD m", "Owed in boxes without ring fence")
    liquidity_at_start = given("USD m", "Unrestricted liquidity at the as-of date")
    tolerance = given("USD m", "Amount that counts as nothing")

    @line("USD m", opening=True, key=True)
    def guaranteed(self) -> Expr:
        """Guaranteed balances, called together"""
        return sum_of(self.balances_in)

    @line("USD m", opening=True)
    def answered_for(self) -> Expr:
        """With debt of boxes that are not ring-fenced"""
        return self.guaranteed + sum_of(self.direct_in)

    @figure("USD m")
    def at_start(self) -> Expr:
        """Guaranteed balances at the as-of date"""
        return at(self.guaranteed, 0)

    @figure("USD m")
    def highest_guaranteed(self) -> Expr:
        """Guaranteed balances at their highest"""
        return highest(self.guaranteed)

    @figure("x", key=True)
    def to_liquidity(self) -> Expr:
        """K4: guaranteed balances / unrestricted liquidity, at the as-of date"""
        return ratio(self.at_start, self.liquidity_at_start, self.tolerance)

    @figure("USD m")
    def headroom(self) -> Expr:
        """Liquidity above what the limit asks for"""
        return self.limit * self.liquidity_at_start - self.at_start

    @figure("flag")
    def passes(self) -> Expr:
        """K4 holds: liquidity pays all guarantees at once"""
        return self.headroom >= 0 - self.tolerance
