"""GPUs: what a lot costs and when it is paid, its straight-line book value, what it would fetch, and its sale at the end.

The life of the book matters to covenants and to nothing else; what a buyer pays follows a curve by age and the way of the
sale. Resale curves are anchors and not measured: a factor on them is an assumption.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from model.sheet import PERIOD, Block, Expr, figure, given, line, maximum, minimum, prev
from model.timeline import Timeline, roll_date
from model.timeline.rolls import months_between

WAYS = ("orderly", "broker", "auction", "distressed")


class Hardware(Block):
    """A class of GPUs on the market for used ones."""

    orderly = given("share", "Of the resale curve: orderly sale", default=1, low=0, high=2, ask=True)
    broker = given("share", "Of the resale curve: sale by a broker", default=0.85, low=0, high=2, ask=True)
    auction = given("share", "Of the resale curve: auction", default=0.65, low=0, high=2, ask=True)
    distressed = given("share", "Of the resale curve: distressed sale", default=0.45, low=0, high=2, ask=True)
    sale_days = given("days", "Days from the end of use to the money", default=30, low=0, high=2000, ask=True)


class Lot(Block):
    """GPUs of one delivery."""

    starts = given("date", "Period start", per=PERIOD)
    ends = given("date", "Period end", per=PERIOD)
    gpus = given("no.", "GPUs", low=0, ask=True)
    unit_price = given("USD k per GPU", "Price of a GPU, installed", low=0, ask=True)
    thousand = given("factor", "Thousand", default=1000, above=0)
    delivered = given("date", "Delivered", kind="date", ask=True)
    life = given("months", "Useful life of the book", above=0, high=240, ask=True)
    short_life = given("flag", "GPUs are written down over four years at most")
    short_months = given("months", "Months of four years", default=48, above=0)
    paid_share = given("share", "Share of the price that is paid", per=PERIOD, low=0, high=1)
    months_used = given("months", "Months since delivery", per=PERIOD)
    resale_share = given("share", "Share of the price that a buyer pays at that age", per=PERIOD, low=0, high=2)
    resale_change = given("share", "Change of all resale values")
    orderly = given("share", "Of the resale curve: orderly sale")
    broker = given("share", "Of the resale curve: sale by a broker")
    auction = given("share", "Of the resale curve: auction")
    distressed = given("share", "Of the resale curve: distressed sale")
    sold_at = given("share", "Way of the sale at the end")
    sale_days = given("days", "Days from the end of use to the money")
    last_used = given("date", "Last day of use")

    @figure("USD m")
    def cost(self) -> Expr:
        """Cost"""
        return self.gpus * self.unit_price / self.thousand

    @line("USD m", sums=True)
    def paid(self) -> Expr:
        """Paid"""
        return self.cost * self.paid_share

    @line("flag", opening=True)
    def there(self) -> Expr:
        """Delivered"""
        return self.delivered <= self.ends

    @figure("factor")
    def pace(self) -> Expr:
        """Pace of the write-down: 1 over the life that is stated"""
        return 1 + self.short_life * maximum(0, self.life / self.short_months - 1)

    @line("USD m", opening=True)
    def book(self) -> Expr:
        """Book value

        On a straight line over its life, from the day of delivery."""
        return self.there * self.cost * maximum(0, 1 - self.months_used * self.pace / self.life)

    @line("USD m", sums=True)
    def depreciation(self) -> Expr:
        """Depreciation"""
        written = minimum(1, self.months_used * self.pace / self.life)
        return self.cost * (written - minimum(1, prev(self.months_used) * self.pace / self.life))

    @line("USD m", opening=True)
    def resale(self) -> Expr:
        """Value on the resale curve"""
        return self.there * self.cost * self.resale_share * (1 + self.resale_change)

    @line("USD m", opening=True)
    def in_orderly(self) -> Expr:
        """Orderly sale"""
        return self.resale * self.orderly

    @line("USD m", opening=True)
    def in_broker(self) -> Expr:
        """Sale by a broker"""
        return self.resale * self.broker

    @line("USD m", opening=True)
    def in_auction(self) -> Expr:
        """Auction"""
        return self.resale * self.auction

    @line("USD m", opening=True)
    def in_distressed(self) -> Expr:
        """Distressed sale"""
        return self.resale * self.distressed

    @figure("date")
    def sold_on(self) -> Expr:
        """Day of the money, if sold at the end of use"""
        return self.last_used + self.sale_days

    @line("USD m", sums=True)
    def residual(self) -> Expr:
        """Sold after the end of use

        At the value of that month; never contracted cash."""
        return self.resale * self.sold_at * (self.sold_on >= self.starts) * (self.sold_on <= self.ends)


def months_since(timeline: Timeline, day: date) -> list[float]:
    """Months from a day to each period end, the opening column first: whole ones, and days of the last by its length."""
    return [_months(day, end) for end in (timeline.as_of, *timeline.ends)]


def _months(first: date, last: date) -> float:
    if last < first:
        return 0.0
    end, whole = last.toordinal() + 1, months_between(first, last) + 1
    while roll_date(first, whole, first.day).toordinal() > end:
        whole -= 1
    since, until = (roll_date(first, whole + n, first.day).toordinal() for n in (0, 1))
    return whole + (end - since) / (until - since)


def resale_share(shares: Mapping[int, float], age: float) -> float:
    """The share of the price that a buyer pays at an age in years: 1 when new, linear between years, flat after the last."""
    curve = {0: 1.0, **shares}
    age = min(max(0.0, age), float(max(curve)))
    low = max(year for year in curve if year <= age)
    high = min((year for year in curve if year > age), default=low)
    part = (age - low) / (high - low) if high > low else 0.0
    return curve[low] + part * (curve[high] - curve[low])
