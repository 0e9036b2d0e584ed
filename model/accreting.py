"""Effective interest of a note: the rate solved on the as-of date, and the block that spreads its discount and cost."""

from __future__ import annotations

from typing import Any

from model.debt import Statement
from model.debt.accretion import Accretion
from model.debt.effective import effective_rate
from model.debt.terms import Dated
from model.lending import derived
from model.sheet import Sourced

YEAR = 365.0  # days; the effective rate is solved and applied on ACT/365


def accretion(note: Statement, file: Any, dated: Dated) -> Accretion:
    """The spreading of a fixed-rate bullet's discount and cost, to maturity or to the first put date."""
    said, timeline = file.effective_interest, dated.timeline
    end = spread_to(file)
    flags = [float(timeline.period_of(end) == t) for t in range(1, timeline.count + 1)]
    after = [(stop - dated.by_period[t].end).days / YEAR if t in dated.by_period else 0.0
             for t, stop in enumerate(timeline.ends, start=1)]
    how = f"days of the calendar; {said.source}"
    block = Accretion(
        f"{note.title}: accretion", key=f"{note.key}.accretion", principal=note.row("closing"),
        principal_paid=note.row("repaid_in_all"), drawn=note.row("drawn"), interest_paid=note.row("interest"),
        accrued=note.row("accrued"), years=derived([d / YEAR for d in timeline.days], how),
        years_after=derived(after, how), years_drawn=derived([0.0] * timeline.count, "nothing is issued later"),
        last=derived(flags, "maturity, or the first put"), unamortised_at_start=note.row("unamortised_at_start"),
        effective_rate=Sourced(solved(file, dated), f"solved on the as-of date: {said.source}", said.grade))
    note.bind(accreted=block.row("accretion"))
    return block


def spread_to(file: Any) -> Any:
    """The first date on which holders may put the notes, or their maturity."""
    put = file.effective_interest.first_put
    return min(put, file.maturity.value) if put else file.maturity.value


def solved(file: Any, dated: Dated) -> float:
    """The effective rate of what is still to be paid, against the carrying amount with accrued interest."""
    balance, paid = file.balance.value, []
    accrued = file.accrued_before.value if file.accrued_before else 0.0
    fractions = dated.fractions()["coupon_years"]
    end = spread_to(file)
    for n, coupon in enumerate(c for c in dated.coupons if c.end <= end):
        interest = balance * file.margin.value * fractions[dated.timeline.period_of(coupon.pay) - 1]
        paid.append((coupon.end, interest + (accrued if n == 0 else 0.0)))
    cost = file.unamortised_cost.value if file.unamortised_cost else 0.0
    start = (dated.timeline.as_of, cost - balance - accrued)
    return effective_rate([start, *paid, (end if end < file.maturity.value else dated.last.end, balance)]).rate
