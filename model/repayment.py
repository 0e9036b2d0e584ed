"""Instalments by number: solved once on the base case, frozen and stored as inputs (`RULES.md` 10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from math import fsum
from typing import Any

from model.debt.inferred import Unknown, infer
from model.debt.profile import (
    annuity,
    custom,
    fixed,
    level,
    level_service,
    percent_of_balance,
    percent_of_initial,
    sculpted,
    service_capacity,
)
from model.debt.terms import Dated
from model.inputs.schema import Case
from model.lending import Lending, all_draws, by_month, flows, purchase_draws
from model.sheet import Book, Sourced, evaluate
from model.timeline import roll_date

ROUNDING = 0.001  # USD m
PledgedCash = Callable[[str], Sequence[float]]


class Repayment:
    """The profiles of all instruments of a case; some are solved together."""

    def __init__(self, case: Case, lending: Lending, pledged: PledgedCash) -> None:
        self.case, self.lending, self.pledged = case, lending, pledged
        self.inferred = self._infer()

    def freeze(self) -> None:
        """Bind every instrument to its instalments."""
        for key, file in self.lending.files.items():
            plan = file.repayment
            how = f"{plan.profile} profile, frozen at close: {plan.source}"
            self.lending.instruments[key].bind(
                instalments=Sourced(self._by_number(self.on_opening(file)), how, plan.grade),
                draw_instalments=Sourced(self._by_number(self._on_draws(file)), how, plan.grade))

    def _by_number(self, amounts: Sequence[float]) -> list[float]:
        count = self.lending.timeline.count
        return [*amounts, *[0.0] * (count - len(amounts))][:count]

    def on_opening(self, file: Any) -> list[float]:
        """Instalments on the as-of balance, by number `[USD m]`."""
        dates, plan, amount = self.lending.dated[file.id].instalment_dates(), file.repayment, file.balance.value
        if plan.profile == "custom":
            return custom({year: n.value for year, n in plan.schedule.items()}, dates)
        if plan.profile == "inferred":
            return self._in_buckets(self.inferred.schedules[file.id], dates, self._open_dates(file))
        if plan.profile == "sculpted":
            return self._sculpted(file)
        if plan.profile == "fixed":
            stated = flows(plan.amounts)
            return fixed(amount, [fsum(size for day, size in stated if _same_month(day, d)) for d in dates])
        return self._by_rule(file, amount, dates)

    def _by_rule(self, file: Any, amount: float, dates: Sequence[date]) -> list[float]:
        """Instalments that a rule gives for an amount on dates; none for a bullet."""
        plan, count = file.repayment, len(dates)
        if plan.profile == "level":
            return level(amount, count)
        if plan.profile == "annuity":
            return annuity(amount, plan.rate.value * file.months / 12, count)
        if plan.profile == "level_service":
            return level_service(amount, self.interest_factors(file, dates))
        if plan.profile == "percent_of_initial":
            whole = plan.original.value if plan.original else amount
            return fixed(amount, [plan.percent.value * whole] * count) if plan.original else (
                percent_of_initial(amount, [plan.percent.value] * count))
        if plan.profile == "percent_of_balance":
            return percent_of_balance(amount, plan.percent.value, count)
        return [0.0] * count

    def _on_draws(self, file: Any) -> list[float]:
        dates = self.lending.dated[file.id].instalment_dates()
        result = [0.0] * len(dates)
        bought = [(None, day, amount) for day, amount in purchase_draws(file)]
        for draw, day, amount in [*((d, d.date, d.amount.value) for d in file.draws), *bought]:
            later = [d for d in dates if d > day]
            part = self._on_draw(file, draw, amount, day, later)
            part = [*part, *[0.0] * (len(later) - len(part))]
            result = [a + b for a, b in zip(result, [0.0] * (len(dates) - len(later)) + part, strict=True)]
        return result

    def _on_draw(self, file: Any, draw: Any, amount: float, day: date, dates: Sequence[date]) -> list[float]:
        """A draw's own instalments, on the payment dates after it."""
        if draw is not None and draw.over_months is not None:
            inside = [d for d in dates if d <= roll_date(day, draw.over_months, day.day)]
            return level(amount, len(inside)) if inside else [amount]
        if draw is not None and draw.schedule is not None:
            return custom({year: n.value for year, n in draw.schedule.items()}, dates)
        if file.repayment.profile == "inferred":
            return self._in_proportion(amount, self.on_opening(file)[-len(dates):] if dates else [])
        if file.repayment.profile in ("custom", "fixed", "sculpted"):
            return [0.0] * len(dates)
        return self._by_rule(file, amount, dates)

    def _in_proportion(self, amount: float, instalments: Sequence[float]) -> list[float]:
        """Repaid like the loan's own instalments on the same dates; a balloon where there are none."""
        whole = fsum(instalments)
        return [amount * part / whole if whole > 0 else 0.0 for part in instalments]

    # ---- sculpted ----------------------------------------------------------------------------------------------------

    def _sculpted(self, file: Any) -> list[float]:
        """CFADS / target - interest on the base case of the pledged contracts, draws included.

        Cash that is not contracted, where the case states some, counts at its own target.
        """
        dated, plan, dates = self.lending.dated[file.id], file.repayment, self.lending.dated[file.id].instalment_dates()
        cash, extra = list(self.pledged(file.id)), [0.0, *by_month(dated.timeline, plan.uncontracted)]
        due = {self.lending.timeline.period_of(d) for d in dates}
        keep = [n for n, t in enumerate(sorted(dated.by_period)) if t in due]
        every = [(_since(cash, dated)[n], self._target(plan, day)) for n, day in zip(keep, dates, strict=True)]
        streams = [([earned / target if earned > 0 else earned for earned, target in every], 1.0)]
        if plan.uncontracted_target:
            streams.append(([_since(extra, dated)[n] for n in keep], plan.uncontracted_target.value))
        factors, drawn = self.interest_factors(file, dates), self._drawn(file, dates)
        return sculpted(file.balance.value, service_capacity(streams), factors, 1.0, drawn)

    def _target(self, plan: Any, day: date) -> float:
        """The cover in force on a date: that of the last step of the vector, or the one there is."""
        begun = [d for d in sorted(plan.targets) if d <= day]
        return float((plan.targets[begun[-1]] if begun else plan.target).value)

    def _drawn(self, file: Any, dates: Sequence[date]) -> list[tuple[float, float]]:
        """What is drawn since the date before, and the part of it that bears a whole coupon's interest."""
        dated, found, last = self.lending.dated[file.id], [], self.lending.timeline.as_of
        for day in dates:
            coupon = dated.by_period[dated.timeline.period_of(day)]
            whole = dated.span(max(coupon.start, dated.timeline.as_of), coupon.end)
            new = [(d, size) for d, size in all_draws(file) if last <= d < day]
            bearing = fsum(size * dated.span(max(d, coupon.start), coupon.end) for d, size in new)
            found.append((fsum(size for _, size in new), bearing / whole if whole else 0.0))
            last = day
        return found

    def interest_factors(self, file: Any, dates: Sequence[date]) -> list[float]:
        """Rate x year fraction of the coupons paid on the dates, at the rates of the base case: the loan's own row."""
        probe = self.lending.build(file)
        book = Book([self.lending.clock, self.lending.drivers, probe], self.lending.timeline.count)
        rates, fractions = evaluate(book).one(probe.row("rate")), self.lending.dated[file.id].fractions()["coupon_years"]
        periods = [self.lending.timeline.period_of(day) for day in dates]
        return [float(rates[t - 1]) * fractions[t - 1] for t in periods]

    def pledged_by_date(self, file: Any) -> dict[date, float]:
        """CFADS of the contracts pledged to a loan, by payment date of its service periods `[USD m]`."""
        dated = self.lending.dated[file.id]
        cash = _since(list(self.pledged(file.id)), dated)
        return dict(zip((dated.by_period[t].pay for t in sorted(dated.by_period)), cash, strict=True))

    # ---- inferred ----------------------------------------------------------------------------------------------------

    def _infer(self) -> Any:
        """Schedules that were not disclosed, so that all instruments together give the disclosed maturities by year."""
        reported = self.case.general.reported
        files = [f for f in self.lending.files.values() if f.repayment.profile == "inferred"]
        years = sorted(reported.maturities)
        last = years[-1] if years else 0
        left = {year: n.value for year, n in reported.maturities.items()}
        if reported.thereafter is not None:
            left[last + 1] = reported.thereafter.value
        for file in self.lending.files.values():
            if file.repayment.profile != "inferred":
                for year, amount in self._known(file).items():
                    left[min(year, last + 1)] = left.get(min(year, last + 1), 0.0) - amount
        return infer([self._unknown(file, last) for file in files], left if files else {})

    def _unknown(self, file: Any, last: int) -> Unknown:
        years = [min(day.year, last + 1) for day in self._open_dates(file)]
        return Unknown(file.id, file.balance.value, {year: float(years.count(year)) for year in dict.fromkeys(years)})

    def _open_dates(self, file: Any) -> list[date]:
        """Instalment dates up to the maturity of the last draw of the as-of balance, where draws have one of their own."""
        dates = self.lending.dated[file.id].instalment_dates()
        ends = self.lending.draw_ends(file)
        if not ends or fsum(size for _, size in ends) < file.balance.value - ROUNDING:
            return dates
        last = max(end for end, _ in ends).replace(day=1)
        return [day for n, day in enumerate(dates) if n == 0 or dates[n - 1] < last]

    def _in_buckets(self, schedule: Mapping[int, float], dates: Sequence[date], opened: Sequence[date]) -> list[float]:
        """Level within a year; the last bucket of the disclosed table holds all later years."""
        last = max(self.case.general.reported.maturities, default=0)
        years = [min(day.year, last + 1) for day in opened]
        each = {day: schedule.get(year, 0.0) / years.count(year) for day, year in zip(opened, years, strict=True)}
        return [each.get(day, 0.0) for day in dates]

    def _known(self, file: Any) -> dict[int, float]:
        """When the as-of balance of an instrument with known terms falls due, by calendar year."""
        dated, left = self.lending.dated[file.id], file.balance.value
        found: dict[int, float] = {}
        repaid = [*zip(dated.instalment_dates(), self.on_opening(file), strict=True), *flows(file.proceeds)]
        ends = self.lending.draw_ends(file)
        for end, _ in ends:  # what is left of draws that have matured falls due on their own date
            repaid.append((min(end, dated.last.pay), 0.0))
        for day, amount in sorted(repaid):
            in_term = fsum(size for end, size in ends if end > day) if ends else left
            paid = min(left, max(amount, left - in_term if ends else 0.0))
            found[day.year] = found.get(day.year, 0.0) + paid
            left -= paid
        if left > 0:
            found[dated.last.pay.year] = found.get(dated.last.pay.year, 0.0) + left
        return found


def _same_month(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month)


def _since(cash: Sequence[float], dated: Dated) -> list[float]:
    """Cash of each service period; `cash` by period, the opening column first."""
    earned, since = [], 0.0
    for t in range(1, dated.timeline.count + 1):
        since += cash[t]
        if t in dated.by_period:
            earned.append(since)
            since = 0.0
    return earned


