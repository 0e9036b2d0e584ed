"""From the customer contracts of a case to blocks: their clauses, what their dates say, the GPUs bought for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from math import fsum
from typing import Any

from model.clauses import known, with_clauses
from model.clock import Clock
from model.contracts import (
    KINDS,
    SUPPORT,
    Contract,
    CustomerContract,
    Landlord,
    Level,
    Prepayment,
    RampStep,
    Site,
    Tranche,
    bills_chain,
)
from model.contracts.tranche import CONTRACTED, MERCHANT
from model.drivers import Drivers, Season
from model.fleet import WAYS, Hardware, Lot, months_since, resale_share
from model.inputs.parts import terms_of
from model.inputs.schema import Case
from model.inputs.values import GRADES, bindings
from model.lending import by_month, derived, joined, sources
from model.sheet import Block, Sourced, givens
from model.sold import Sold, rows, text
from model.timeline import Timeline, to_serial
from model.timetable import anniversaries, averages, days_of, steps, windows

DRIVEN = {  # what a given is called where a driver moves it
    "price_change": "price_change", "cost_change": "cost_change", "delay_days": "delay_days", "delivered": "delivered",
    "more_credits": "sla_credits", "more_uncollected": "uncollected", "running_change": "running_change", "renewals": "renewals",
    "spot_change": "spot_change", "market_change": "contract_price_change", "resale_change": "resale_change",
    "short_life": "short_life",
    "tolerance": "tolerance",
}
AS_SIGNED = {name: 0.0 for name in DRIVEN if name != "tolerance"} | {
    "delivered": 1.0, "late_days": 0.0, "site_late": 0.0, "lost_after": 0.0, "renewed": 0.0, "renegotiated_after": 0.0,
    "default_wave": 0.0,
    "new_price_change": 0.0, "extension_days": 0.0}
LINKED = ("lost_on", "renegotiated_on", "new_price_change", "extension_days")  # of the contract, to each tranche
IN_SEASON = ("power_level", "power_there", "market_level")
SUMMER = (6, 7, 8)
SERVED = ("service_start", "service_end", "active_days", "shift")
RENTED = ("rent_begins", "rent_ends", "rent_days", "rent_shift")
OTHER_USE = ("other_from", "other_to", "days_in_other_use", "shift")
RISING = (  # a rate: the level it makes, the day from which it counts, the day of its first rise, and what it rises with
    ("escalator", "price_level", "start", "escalates_from", SERVED), ("opex_escalator", "opex_level", "start", "", SERVED),
    ("opex_escalator", "later_opex_level", "start", "", OTHER_USE),
    ("rent_escalator", "rent_level", "rent_start", "rent_escalates_from", RENTED))


class Selling:
    """The contracts of a case; `as_signed` makes a second copy that no scenario moves."""

    def __init__(self, case: Case, timeline: Timeline, clock: Clock, drivers: Drivers) -> None:
        self.case, self.timeline, self.clock, self.drivers = case, timeline, clock, drivers
        said = case.contracts
        self.season = Season("Seasons and markets", key="drivers.season", number=clock.row("number"),
                             summer=derived([float(end.month in SUMMER) for end in timeline.ends], "June to August"),
                             **{name: drivers.row(name) for name in givens(Season) if hasattr(Drivers, name)})
        self.files = {c.id: c for c in said.contracts}
        self.hardware = {h.id: Hardware(h.name, key=h.id, **bindings(h, Hardware)) for h in said.hardware}
        self.landlords = {one.id: Landlord(one.name, key=one.id, **bindings(one, Landlord)) for one in said.landlords}
        self.sites = {s.id: self._site(s) for s in said.sites}
        self.sold = {key: self._contract(file) for key, file in self.files.items()}
        for key, file in self.files.items():
            if file.kind == "backstop":
                self._back(file, self.sold[key])
        self.copies: dict[str, Sold] = {}

    @property
    def contracts(self) -> dict[str, Contract]:
        """The contracts by id."""
        return {key: sold.contract for key, sold in self.sold.items()}

    def as_signed(self, key: str) -> Contract:
        """A contract whose price, cost and dates no scenario moves."""
        if key not in self.copies:
            self.copies[key] = self._contract(self.files[key], as_signed=True)
            if self.files[key].kind == "backstop":
                self._back(self.files[key], self.copies[key])
        return self.copies[key].contract

    def blocks(self) -> list[Block]:
        """Every block, in the order a reader meets them."""
        return [self.season, *self.hardware.values(), *self.landlords.values(), *self.sites.values(),
                *(block for sold in (*self.sold.values(), *self.copies.values()) for block in sold.blocks())]

    # ---- blocks ------------------------------------------------------------------------------------------------------

    def _site(self, file: Any) -> Site:
        landlord = {"landlord_late": self.landlords[file.landlord].row("late_days")} if file.landlord else {}
        return Site(file.name, key=file.id, **landlord, **bindings(file, Site))

    def _made(self, kind: type[Any], title: str, key: str, wired: dict[str, Any], as_signed: bool = False) -> Any:
        """A block of a kind: what it knows of the calendar, the drivers and what is wired for it."""
        driven = {name: self.drivers.row(driver) for name, driver in DRIVEN.items()}
        still = {name: derived(value, "as signed") for name, value in AS_SIGNED.items()} if as_signed else {}
        always = derived([1.0] * self.timeline.count, "as signed")
        seasons = {name: always if as_signed else self.season.row(name) for name in IN_SEASON}
        calendar = seasons | {name: self.clock.row(name) for name in ("number", "starts", "ends", "days")}
        return kind(title, key=key, **known(kind, {**calendar, **driven, **wired, **still}))

    def _contract(self, file: Any, *, as_signed: bool = False) -> Sold:
        key, title = (f"{file.id}.as-signed", f"{file.name}, as signed") if as_signed else (file.id, file.name)
        owns = {"fleet"} if any(t.fleet for t in file.tranches if hasattr(t, "fleet")) and not as_signed else set()
        kind: Any = with_clauses(CustomerContract, terms_of(file) | owns)
        contract = self._made(kind, title, key, {
            "name": text(title), "obligor": text(file.obligor), **bindings(file, kind), **self._of_contract(file)}, as_signed)
        sold = Sold(contract)
        for n, tranche in enumerate(file.tranches, start=1):
            sold.tranches.append(self._tranche(file, tranche, f"{title}: tranche {n}", f"{key}.tranche-{n}", contract, as_signed))
            sold.levels += [*self._levels(tranche, sold.tranches[-1], as_signed), *self._ramp(tranche, sold.tranches[-1])]
            if owns:
                sold.lots += self._lots(tranche, sold.tranches[-1])
        for n, prepayment in enumerate(file.prepayments, start=1):
            sold.prepayments += self._prepayment(file, prepayment, sold, f"{title}: prepayment {n}", f"{key}.prepayment-{n}")
        self._gather(sold)
        return sold

    def _gather(self, sold: Sold) -> None:
        """The contract adds up what its parts bring, each kind of cash apart."""
        firm = [t for t in sold.tranches if t.counts_as == CONTRACTED]
        merchant = [t for t in sold.tranches if t.counts_as == MERCHANT]
        sold.contract.bind(
            shifts=rows(sold.tranches, "shift"), starts_in=rows(sold.tranches, "service_start"),
            ends_in=rows(sold.tranches, "planned_end"), left_in=rows(sold.tranches, "share_left"),
            tranche_bills=rows(firm, "billed"), undelivered_in=rows(firm, "undelivered"), tranche_opex=rows(firm, "opex_paid"),
            tranche_rent=[rent for t in firm for rent in t.rents()],
            credits=rows(sold.prepayments, "applied"), prepayments_held=rows(sold.prepayments, "held"),
            prepayments_in=rows(sold.prepayments, "received"), refunds=rows(sold.prepayments, "refunded"),
            forfeits=rows(sold.prepayments, "forfeited"), held_at_start=rows(sold.prepayments, "held_at_start"),
            renewal_in=rows(firm, "renewal_cash"), residual_in=rows(sold.lots, "residual"),
            merchant_in=[*rows(merchant, "operating_cash"), *rows(firm, "redeployed_cash")],
            support_in=rows([t for t in sold.tranches if t.counts_as == SUPPORT], "kept"))
        if sold.lots:
            sold.contract.bind(capex=sold.contract.row("fleet_cost"), lot_costs=rows(sold.lots, "cost"),
                               lots_paid=rows(sold.lots, "paid"), lot_books=rows(sold.lots, "book"),
                               **{f"lots_{way}": rows(sold.lots, f"in_{way}") for way in WAYS})
        bills_chain(sold.contract, sold.prepayments)

    def _tranche(self, file: Any, said: Any, title: str, key: str, contract: Contract, as_signed: bool) -> Tranche:
        kind: Any = with_clauses(KINDS[file.kind], terms_of(said))
        pending = derived(float(said.start.value > self.case.general.as_of), "service starts after the as-of date")
        merchant = {"price_change": self.drivers.row("spot_change")} if kind.counts_as == MERCHANT else {}
        wired = {"pending": pending, **merchant, **{name: contract.row(name) for name in LINKED}, **bindings(said, kind)}
        made: Tranche = self._made(kind, title, key, {**wired, **self._of_tranche(said)}, as_signed)
        return made

    def _back(self, file: Any, sold: Sold) -> None:
        """A backstop looks at the capacity of the contracts that it backs."""
        backed = [t for key in file.backs for t in self.sold[key].tranches]
        for tranche in sold.tranches:
            earlier = sold.tranches[:sold.tranches.index(tranche)]
            tranche.bind(offered_in=rows(backed, "offered_mw"), sold_in=rows(backed, "sold_mw"),
                         earlier_in=rows(earlier, "bought"), bought_in=rows(sold.tranches, "bought_so_far"),
                         cap=Sourced(file.cap.value, file.cap.source, file.cap.grade))

    # ---- what dates and curves say -----------------------------------------------------------------------------------

    def _of_contract(self, file: Any) -> dict[str, Any]:
        """Terms of a contract over time; a contract takes what it knows."""
        found: dict[str, Any] = {}
        said = file.tranches
        signed = {"signed_start": min(t.start.value for t in said), "signed_end": max(t.end.value for t in said)}
        found |= {name: derived(to_serial(day), "service as signed") for name, day in signed.items()}
        for name, flows in (("receivables_due", file.receivables), ("shares_due", file.paid_in_shares), ("tax_due", file.taxes)):
            found[name] = derived(by_month(self.timeline, flows), sources(flows))
        days = int(file.payment_days.value) if file.payment_days else 0
        due = [sum(e + timedelta(days=days) <= end for e in self.timeline.ends) for end in self.timeline.ends]
        told = f"a bill falls due {days} days after the month end: {file.payment_days.source if file.payment_days else ''}"
        found["bills_fallen_due"] = derived(due, told)
        given_away = fsum(f.amount.value for f in file.shares_given)
        found["shares_to_customer"] = derived(given_away, sources(file.shares_given))
        fees = sorted(file.termination_fees, key=lambda fee: fee.date)
        return found | steps("fee_dates", "fees", [(fee.date, fee.amount) for fee in fees])

    def _of_tranche(self, said: Any) -> dict[str, Any]:
        """Terms of a tranche over time; a tranche takes what it knows."""
        stated, found = terms_of(said), dict[str, Any]()
        if "power_prices" in stated:
            found["power_price"] = self._monthly(said.power_prices)
        if "site" in stated:
            found["site_late"] = self.sites[said.site].row("lateness")
        if "renewal_support" in stated:
            limit = said.renewal_support.limit
            found["promised_cap"] = (Sourced(limit.value, limit.source, limit.grade) if limit
                                     else derived(0, "no amount is stated"))
        classes = [self._class(lot) for lot in getattr(said, "fleet", ())]
        if slug := next((market.spot_prices for market in classes if market.spot_prices), None):
            found["spot_price"] = self._monthly(slug)
        if slug := next((market.contract_prices for market in classes if market.contract_prices), None):
            found |= self._market(slug)
        return found

    def _levels(self, said: Any, tranche: Tranche, as_signed: bool) -> Iterator[Level]:
        """What rises on anniversaries: the price, the operating cost, the rent on the landlord's own clock."""
        for rate, name, start, since, clock in (one for one in RISING if one[0] in terms_of(said)):
            span = {word: tranche.row(row) for word, row in zip(("first", "last", "counted", "shift"), clock, strict=True)}
            more = {"more": self.drivers.row("rent_escalation")} if clock is RENTED and not as_signed else {}
            title, key = f"{tranche.title}: {name.replace('_', ' ')}", f"{tranche.key}.{name.replace('_', '-')}"
            level: Level = self._made(Level, title, key, {
                **span, **more, "rate": tranche.row(rate),
                **anniversaries(getattr(said, start), getattr(said, since, None), self.timeline)})
            tranche.bind(**{name: level.row("level")}, **({"last_level": level.row("at_end")} if name == "price_level" else {}))
            yield level

    def _ramp(self, said: Any, tranche: Tranche) -> list[RampStep]:
        """Each step of a ramp, up to the day before the next."""
        ramp = sorted(getattr(said, "ramp", ()), key=lambda step: step.date)
        ends = [step.date - timedelta(days=1) for step in ramp[1:]] + [self.timeline.last]
        found = [self._made(RampStep, f"{tranche.title}: step {n} of the ramp", f"{tranche.key}.ramp-{n}", {
            "first": derived(to_serial(step.date), step.share.source), "last": derived(to_serial(end), "day before the next"),
            "reserved": Sourced(step.share.value, step.share.source, step.share.grade),
            "service_start": tranche.row("service_start"), "service_end": tranche.row("service_end")})
            for n, (step, end) in enumerate(zip(ramp, ends, strict=False), start=1)]
        if found:
            tranche.bind(steps_in=rows(found, "days"), last_in=rows(found, "at_end"))
        return found

    def _class(self, lot: Any) -> Any:
        return next(h for h in self.case.contracts.hardware if h.id == lot.hardware)

    def _monthly(self, slug: str) -> Sourced:
        """The average of a curve over the days of each month."""
        curve = self.case.curves[slug]
        told = f"curve {slug}, average of the days: {curve.source}"
        return Sourced(averages(curve, self.timeline), told, curve.grade or "assumed")

    # ---- GPUs and prepayments ----------------------------------------------------------------------------------------

    def _market(self, slug: str) -> dict[str, Sourced]:
        """A curve on the first day of each month, and its change to the next."""
        curve = self.case.curves[slug]
        values = curve.on([*self.timeline.starts, self.timeline.last + timedelta(days=1)])
        told, grade = f"curve {slug}: {curve.source}", curve.grade or "assumed"
        return {"market_price": Sourced(values[:-1], told, grade),
                "market_drift": Sourced([after - now for now, after in pairwise(values)], told, grade)}

    def _lots(self, said: Any, tranche: Tranche) -> Iterator[Lot]:
        for n, file in enumerate(said.fleet, start=1):
            market, block = self._class(file), self.hardware[file.hardware]
            months = months_since(self.timeline, file.delivered.value)
            curve = {age: number.value for age, number in market.resale.items()}
            shares = [resale_share(curve, age / 12) for age in months]
            yield self._made(Lot, f"{tranche.title}, {market.name}", f"{tranche.key}.fleet-{n}", {
                **{way: block.row(way) for way in (*WAYS, "sale_days")},
                "sold_at": block.row(market.sold_as), "last_used": tranche.row("last_used"),
                "paid_share": self._paid_share(file), "months_used": derived(months, "months since delivery"),
                "resale_share": Sourced(shares, f"resale curve by age: {market.source}", market.grade),
                **bindings(file, Lot)})

    def _paid_share(self, file: Any) -> Sourced:
        parts = [(p.date, p.share.value) for p in file.payments] or [(file.delivered.value, 1.0)]
        shares = [0.0] * self.timeline.count
        for day, share in parts:
            if 1 <= self.timeline.period_of(day) <= self.timeline.count:
                shares[self.timeline.period_of(day) - 1] += share
        told = joined(p.share.source for p in file.payments) or "all on delivery"
        return derived(shares, told)

    def _prepayment(self, file: Any, said: Any, sold: Sold, title: str, key: str) -> list[Prepayment]:
        """One block a window that is left: by the rule of equal years there is one for each year."""
        first_day, whole = self.timeline.starts[0], list(windows(file, said))
        left = [(max(first, first_day), last) for first, last in whole if last >= first_day] or whole[-1:]
        weights = [days_of(window) / days_of(old) for window, old in zip(left, whole[-len(left):], strict=True)]
        by = said.credit
        told = {"source": f"{by.rule.replace('_', ' ')}: {by.source}", "grade": by.grade} if by else {
            "source": joined((said.credit_from.source, said.credit_to.source)),
            "grade": max(said.credit_from.grade, said.credit_to.grade, key=GRADES.index)}
        found = []
        for n, ((first, last), weight) in enumerate(zip(left, weights, strict=True), start=1):
            alone = len(left) == 1
            part = {} if alone else {"part": derived(weight / fsum(weights), "equal years, as far as they are left")}
            place = (title, key) if alone else (f"{title}, part {n}", f"{key}.part-{n}")
            found.append(self._made(Prepayment, *place, {
                **{name: sold.contract.row(name) for name in ("ended_now", "lost_on")}, **bindings(said, Prepayment), **part,
                "credit_from": Sourced(to_serial(first), **told), "credit_to": Sourced(to_serial(last), **told),
                **self._bounds(said, sold, last)}))
        return found

    def _bounds(self, said: Any, sold: Sold, last: date) -> dict[str, Any]:
        """A window by rule moves with the start or the end of the contract; a window of dates does not."""
        if said.credit is None:
            return {"credit_limit": derived(to_serial(last), "the window's own last day")}
        begin, end = {"years": ("start_move", "start_move"), "last_months": ("end_move", "end_move"),
                      "pro_rata": ("start_move", "end_move")}[said.credit.rule]
        return {"first_shift": sold.contract.row(begin), "last_shift": sold.contract.row(end),
                "credit_limit": sold.contract.row("planned_end")}
