"""From the debt of a case to instruments: their clauses, what their dates say, and instalments frozen at close."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import fsum
from typing import Any

from model.clauses import known, with_clauses
from model.clock import Clock
from model.debt import KINDS, Statement
from model.debt.call import call_price, make_whole
from model.debt.depreciation import book_cost, market_value
from model.debt.terms import Dated, DatedTerms
from model.drivers import Drivers
from model.inputs.parts import terms_of
from model.inputs.schema import Case
from model.inputs.values import bindings
from model.sheet import Sourced
from model.timeline import ArrearsTerms, Timeline, roll_date, to_serial

FOUR_YEARS = 48  # months
BY_RULE = ("level", "annuity", "level_service", "percent_of_initial", "percent_of_balance")

# Premium that credit agreements and indentures give to events; others pay the call price of the day.
AT_THEIR_PRICE = {"asset_sale": 0.0, "termination": 0.0, "change_of_control": 0.01}


def derived(value: float | Sequence[float], how: str) -> Sourced:
    """A number that follows from other inputs by dates or arithmetic."""
    return Sourced(value, how, "derived")


def sources(flows: Iterable[Any]) -> str:
    """Where amounts on dates come from."""
    return joined(f.amount.source for f in flows) or "none"


def joined(sources: Iterable[str]) -> str:
    """Sources, each named once."""
    return "; ".join(dict.fromkeys(sources))


def flows(said: Iterable[Any]) -> list[tuple[date, float]]:
    """Amounts on dates as numbers."""
    return [(f.date, f.amount.value) for f in said]


def by_month(timeline: Timeline, said: Iterable[Any]) -> list[float]:
    """Amounts on dates, by period."""
    amounts = [0.0] * timeline.count
    for day, size in flows(said):
        if 1 <= timeline.period_of(day) <= timeline.count:
            amounts[timeline.period_of(day) - 1] += size
    return amounts


def purchase_draws(file: Any) -> list[tuple[date, float]]:
    """The advance on each purchase while the commitment is available."""
    purchases = flows(getattr(file, "purchases", ()))
    rate = file.advance_rate.value if purchases and file.advance_rate else 0.0
    return [(day, cost * rate) for day, cost in purchases if file.availability_end and day <= file.availability_end.value]


def all_draws(file: Any) -> list[tuple[date, float]]:
    """Draws by schedule, and the advance on each purchase."""
    return sorted([*flows(file.draws), *purchase_draws(file)])


class Lending:
    """The instruments of a case, each with its dates."""

    def __init__(self, case: Case, timeline: Timeline, clock: Clock, drivers: Drivers) -> None:
        self.case, self.timeline, self.clock, self.drivers = case, timeline, clock, drivers
        self.files = {i.id: i for i in case.debt.instruments}
        self.dated = {key: self._dates(file) for key, file in self.files.items()}
        self.instruments = {key: self.build(file) for key, file in self.files.items()}

    def _dates(self, file: Any) -> Dated:
        terms = DatedTerms(
            maturity=file.maturity.value, months=file.months, day_count=file.day_count, first_accrual=file.first_accrual,
            business_days=file.business_days, adjust_accrual=file.adjust_accrual, stub=file.stub, day=file.day,
            first_instalment=file.repayment.first_instalment, margin=file.margin.value,
            availability_end=file.availability_end.value if file.availability_end else None,
            extended_to=file.extension.to if getattr(file, "extension", None) else None,
            arrears=ArrearsTerms(**dict(file.arrears)) if file.arrears else None, draws=all_draws(file))
        return Dated(terms, self.timeline, self.case.curves[file.curve] if file.curve else None)

    def build(self, file: Any) -> Statement:
        """The instrument of a file, its instalments not yet bound."""
        said = getattr(file, "collateral", None)
        kind: Any = with_clauses(KINDS[file.kind], terms_of(file) | ({"fleet"} if said and said.fleet else set()))
        wired = {**self._calendar(), **self._over_time(file), **self._terms(file), **bindings(file, kind)}
        made: Statement = kind(file.name, key=file.id, name=Sourced(file.name, "case file"), **known(kind, wired))
        return made

    def _calendar(self) -> dict[str, Any]:
        bridge = self.case.general.pro_forma_date or self.timeline.as_of
        near = self.timeline.ends[min(24, self.timeline.count) - 1]
        return {**{name: self.clock.row(name) for name in ("ends", "number", "days")},
                **{name: self.drivers.row(name) for name in ("rate_shift", "draw_factor", "proceeds_factor", "tolerance",
                                                       "short_life", "collateral_change", "revolver_drawn")},
                "scale": self.drivers.row("debt_scale"), "bridge_end": derived(to_serial(bridge), "pro-forma date of the case"),
                "near_end": derived(to_serial(near), "as-of date + 24 months")}

    def _over_time(self, file: Any) -> dict[str, Any]:
        """What dates say of every instrument."""
        dated = self.dated[file.id]
        how = f"dates: {file.day_count}, every {file.months} months to {file.maturity.value}"
        rows = {**dated.flags(), **dated.fractions(), **dated.availability()}
        planned = f"planned draws: {sources(file.draws)}"
        none = derived([0.0] * self.timeline.count, "none")
        return {**{name: derived(row, how) for name, row in rows.items()},
                **{name: derived(row, planned) for name, row in dated.draws().items()},
                "planned_draws": derived(by_month(self.timeline, file.draws), planned),
                "planned_proceeds": derived(by_month(self.timeline, file.proceeds), f"repayment: {sources(file.proceeds)}"),
                "maturity_period": derived(dated.maturity_period, how), "later_period": derived(dated.extended_period, how),
                "floating": derived(float(file.curve is not None), "a curve of base rates is named, or none"),
                "base_rate": self._curve(file, dated), "instalments": none, "draw_instalments": none, "swept": none,
                **dict.fromkeys(("signed_cash_in", "expected_in", "received_in", "books_in", "values_in"), ()),
                "lateness_in": [derived(0, "service as signed")], **self._first_due(dated)}

    def _first_due(self, dated: Dated) -> dict[str, Sourced]:
        """Payment dates, and that of the first instalment."""
        days = [to_serial(day) for day in dated.due_days()]
        due = [day for day, flag in zip(days, dated.flags()["amortises"], strict=True) if flag]
        return {"payment_day": derived(days, "payment dates"), "first_due": derived(min(due, default=0), "first instalment")}

    def _curve(self, file: Any, dated: Dated) -> Sourced:
        if file.curve is None:
            return derived(dated.base_rates(), "fixed rate: no base rate")
        curve = self.case.curves[file.curve]
        told = f"curve {file.curve}: {curve.source}"
        return Sourced(dated.base_rates(), told + (", compounded in arrears" if file.arrears else ""), curve.grade or "assumed")

    # ---- terms of clauses --------------------------------------------------------------------------------------------

    def _terms(self, file: Any) -> dict[str, Sourced]:
        """What the terms of the clauses say over time; a kind takes what it knows."""
        said = terms_of(file)
        found: dict[str, Sourced] = {}
        for term, write in (("steps", self._steps), ("purchases", self._purchases), ("draw_months", self._per_draw),
                            ("interest_funded_to", self._funded), ("clean_down", self._clean_down)):
            if term in said:
                found |= write(file)
        if {"events", "call"} & said:
            found |= self._calls(file)
        none = derived([0.0] * self.timeline.count, "none")
        return {"planned_purchases": none, "cleans_down": none, **found, **self._collateral(file)}

    def _steps(self, file: Any) -> dict[str, Sourced]:
        steps = [fsum(s.rate.value for s in file.steps if s.date <= end) for end in (self.timeline.as_of, *self.timeline.ends)]
        told = "; ".join(s.rate.source for s in file.steps)
        before, after = self.dated[file.id].stepped([(s.date, s.rate.value) for s in file.steps])
        return {"step_up": derived(steps, told), "step_before": derived(before, told), "step_after": derived(after, told)}

    def _purchases(self, file: Any) -> dict[str, Sourced]:
        end = file.availability_end.value if file.availability_end else self.timeline.as_of
        inside = [f for f in file.purchases if f.date <= end]
        return {"planned_purchases": derived(by_month(self.timeline, inside), sources(file.purchases))}

    def _per_draw(self, file: Any) -> dict[str, Sourced]:
        """Own maturities: of the as-of balance, what was drawn less than the term ago."""
        term = int(file.draw_months.value)
        last = self.draw_ends(file)
        row = [fsum(size for end, size in last if self.timeline.period_of(end) > t)
               for t in range(1, self.timeline.count + 1)]
        return {"draw_term": Sourced(term, file.draw_months.source, file.draw_months.grade),
                "in_term_before": derived(row, f"draws before the as-of date: {sources(file.drawn_before)}")}

    def draw_ends(self, file: Any) -> list[tuple[date, float]]:
        """Maturity and amount of each draw of the as-of balance that has a term of its own."""
        if getattr(file, "draw_months", None) is None:
            return []
        term = int(file.draw_months.value)
        return [(roll_date(d.date, term, d.date.day), d.amount.value) for d in file.drawn_before]

    def _funded(self, file: Any) -> dict[str, Sourced]:
        dated, until = self.dated[file.id], file.interest_funded_to
        flags = [float(t in dated.by_period and dated.by_period[t].pay <= until.value)
                 for t in range(1, self.timeline.count + 1)]
        rule = float(file.repayment.profile in BY_RULE)
        return {"funds_interest": Sourced(flags, until.source, until.grade),
                "by_rule": derived(rule, f"profile {file.repayment.profile}")}

    def _clean_down(self, file: Any) -> dict[str, Sourced]:
        flags = [float(end.month in file.clean_down.months) for end in self.timeline.ends]
        return {"cleans_down": Sourced(flags, file.clean_down.source, file.clean_down.grade)}

    def _calls(self, file: Any) -> dict[str, Sourced]:
        """The premium by period: of the event itself where it names one, else make-whole or the schedule."""
        premiums, of_events = [self._premium(file, day) for day in self.timeline.ends], [0.0] * self.timeline.count
        for flow in file.proceeds:
            premiums[self.timeline.period_of(flow.date) - 1] = self._premium(file, flow.date)
        for event in file.events:
            usual = AT_THEIR_PRICE.get(event.cause, self._premium(file, event.date))
            premium = event.premium.value if event.premium is not None else usual
            of_events[self.timeline.period_of(event.date) - 1] = premium
        told = file.call.source if file.call else "at par"
        events = derived(by_month(self.timeline, file.events), f"events: {sources(file.events)}")
        terms = f"of the event, else usual terms by cause: asset sale and termination at par, change of control 101; {told}"
        grade = "derived" if all(event.premium for event in file.events) else "assumed"
        return {"planned_events": events, "call_premium": derived(premiums, told),
                "event_premium": Sourced(of_events, terms, grade)}

    def _premium(self, file: Any, day: date) -> float:
        call, dates = file.call, [c.end for c in self.dated[file.id].every]
        if call is None:
            redemption = getattr(file, "redemption_premium", None)
            return redemption.value if redemption else 0.0
        prices = {d: n.value for d, n in call.prices.items()}
        if call.make_whole_to and day < call.make_whole_to:
            price = call_price(call.make_whole_to, prices)
            coupon = file.margin.value + self._base_rate(file, day)
            return make_whole(day, call.make_whole_to, price, coupon, call.make_whole_rate.value, dates)
        return call_price(day, prices) - 1

    def _base_rate(self, file: Any, day: date) -> float:
        """The base rate in force on a day; nothing where the rate is fixed."""
        rate = self.dated[file.id].base_rates()[self.timeline.period_of(day) - 1]
        return max(rate, file.floor.value if file.floor else 0.0) if file.curve is not None else 0.0

    def _collateral(self, file: Any) -> dict[str, Sourced]:
        """Depreciated cost and market value on payment dates; when tests apply and draws are allowed."""
        days, said = self.dated[file.id].due_days(), getattr(file, "collateral", None)
        tested, signed = getattr(file, "tests_from", None), getattr(file, "signed_on", None)
        found = {"tested": derived([float(tested is None or d >= tested.value) for d in days], "first test date"),
                 "conditions_met": derived([float(signed is None or end >= signed.value) for end in self.timeline.ends],
                                           "contract signed")}
        lots = flows(said.cost) if said else []
        curve = {age: n.value for age, n in said.residual.items()} if said else {}
        life, told = (said.life_months, said.source) if said else (1, "none")
        written = {"book_cost": life, "cost_in_four_years": min(life, FOUR_YEARS)}
        return {**found, **{name: derived([fsum(book_cost(c, start, over, d) for start, c in lots) for d in days], told)
                            for name, over in written.items()},
                "market_value": derived([fsum(market_value(c, start, curve, d) for start, c in lots) for d in days], told)}
