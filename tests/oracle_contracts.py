"""The contracts by hand: what each day of service brings in and costs, in plain Python and numpy, with nothing of `model/`.

A tranche is in service on a day or not, and every day has its own fee: that of the month over the days of the month, or
24 hours of GPUs. What is billed, credited, lost, owed and refunded follows month by month, as in the books of a clerk.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from tests.oracle_days import AS_SIGNED, DAY, Grid, Rows, months_later, straight_line, told

BY_MEGAWATT, BY_HOUR = ("take_or_pay_mw", "backstop"), ("take_or_pay_gpu", "reserved", "on_demand")
FOR_SALE = {"orderly": 1.0, "broker": 0.85, "auction": 0.65, "distressed": 0.45}


class Paper:
    """What a part of the case says, unless a scenario says another number for it."""

    def __init__(self, key: str, said: Rows, move: Rows) -> None:
        self.key, self.said, self.move = key, said, move

    def __call__(self, name: str, default: Any = 0.0) -> Any:
        return self.move.get(f"{self.key}.{name}", told(self.said, name, default))

    def __contains__(self, name: str) -> bool:
        return self.said.get(name) not in (None, [], {})

    def day(self, name: str) -> date:
        found: date = self.said[name]["value"]
        return found


def risen(grid: Grid, base: date, first: int, growth: float) -> Any:
    """Of every day: 1, and the growth once more from an anniversary of `base` on, from each beginning with number `first`."""
    rises = np.zeros(len(grid.days))
    for years in range(first, grid.days[-1].year - base.year + 1):
        if anniversary(base, years) <= grid.days[-1]:
            rises[grid.k(anniversary(base, years)) :] += 1
    return (1 + growth) ** rises


def anniversary(start: date, years: int) -> date:
    return months_later(start, 12 * years, start.day)


def by_month(grid: Grid, flows: list[Rows] | None, name: str = "amount") -> Any:
    """Amounts on dates, in their months."""
    row = np.zeros(grid.months)
    for flow in flows or []:
        if 0 <= grid.month(flow["date"]) < grid.months:
            row[grid.month(flow["date"])] += flow[name]["value"]
    return row


def in_force(grid: Grid, steps: list[Rows], name: str, before: float) -> Any:
    """Of every day: the value of the last step so far."""
    row = np.full(len(grid.days), before)
    for step in sorted(steps, key=lambda step: step["date"]):
        if step["date"] <= grid.days[-1]:
            row[grid.k(step["date"]) :] = step[name]["value"]
    return row


class World:
    """What the contracts of a case share: days, curves, hardware, sites and landlords; and what a scenario moves."""

    def __init__(self, grid: Grid, case: Rows, move: Rows, signed: bool) -> None:
        self.grid, self.move, self.curves, self.signed = grid, move, case["curves"], signed
        self.hardware = {h["id"]: Paper(h["id"], h, move) for h in case.get("hardware") or []}
        self.sites = {s["id"]: Paper(s["id"], s, move) for s in case.get("sites") or []}
        self.landlords = {x["id"]: Paper(x["id"], x, move) for x in case.get("landlords") or []}
        self.month_days = np.array([end.day for end in grid.ends], dtype=float)
        of_days = np.concatenate([[31.0], self.month_days])
        self.of_month = 1 / of_days[grid.month_of + 1]  # what a day is of its month

    def curve(self, name: str) -> Any:
        """The value of a curve on every day."""
        points = self.curves[name]
        days = [d.toordinal() for d in self.grid.days]
        return np.interp(days, [d.toordinal() for d, _ in points], [v for _, v in points])


class Lot:
    """A tranche: which days it serves, what each of them brings in and costs."""

    def __init__(self, world: World, contract: Rows, number: int, lost_on: date | None) -> None:
        self.world, self.grid, self.move, self.kind = world, world.grid, world.move, contract["kind"]
        self.term = Paper(f"{contract['id']}.tranche-{number}", contract["tranches"][number - 1], world.move)
        self.late = how_late(world, contract, number)
        self.start = self.term.day("start") + DAY * self.late
        self.firm_end = self.term.day("end") + DAY * int(self.late * self.term("end_moves"))
        self.lost_on, self.lost = lost_on, lost_on is not None and lost_on < self.firm_end
        self.end = lost_on if lost_on is not None and self.lost else self.firm_end
        too_late = "long_stop" in self.term and self.start > self.term.day("long_stop")
        self.stays = 1 - (self.term("given_up", 1.0) if too_late else 0.0)
        self.serves = self.grid.in_span(self.start, self.end)
        self.level = self.level_of("escalates_from", self.start, self.late, self.term("escalator"))
        self.fee = self.fee_of_a_day()
        self.running = self.running_of_a_day(self.level)
        self.last_level = self.level[self.grid.k(self.end)] if self.end <= self.grid.days[-1] else 0.0
        self.running_after = self.running_of_a_day(self.last_level)  # what follows service costs a margin on the last price

    def level_of(self, name: str, start: date, late: int, growth: float) -> Any:
        """Rises from the day that the papers name, moved with a late start, and its anniversaries; else on those of the start."""
        if name in self.term:
            return risen(self.grid, self.term.day(name) + DAY * late, 0, growth)
        return risen(self.grid, start, 1, growth)

    def fee_of_a_day(self, as_on: date | None = None) -> Any:
        """The fee of every day at the first level of prices, whether it serves or not; perhaps with the ramp of one day."""
        price, capacity = self.term("price"), self.term("capacity")
        if self.kind in BY_HOUR:
            ramp = in_force(self.grid, self.term.said["ramp"], "share", 0.0) if "ramp" in self.term else 1.0
            if as_on is not None and "ramp" in self.term:
                ramp = ramp[self.grid.k(min(as_on, self.grid.days[-1]))]
            return self.term("gpus") * price * 24 / 1e6 * ramp * self.term("utilisation", 1.0)
        monthly = {"lease": capacity * 1000 * price / 1e6, **dict.fromkeys(BY_MEGAWATT, capacity * price / 12)}
        return monthly.get(self.kind, price) * self.world.of_month

    def running_of_a_day(self, level: Any) -> Any:
        """What it costs to run on every day, at a level of prices."""
        term, move, kilowatts = self.term, self.move, self.term("capacity") * 1000
        people = (term("staff") + term("maintenance") + term("insurance")) * (1 + move["running_change"])
        risen_cost = risen(self.grid, self.start, 1, term("opex_escalator"))
        monthly = (term("opex") + people) * risen_cost + kilowatts * term("facility_charge") / 1e6
        coarse = (1 - term("margin", 1.0)) * self.fee * level
        return (monthly * self.world.of_month + self.power_of_a_day() + coarse) * (1 + move["cost_change"])

    def power_of_a_day(self) -> Any:
        """The power bill of every day, less what the customer pays of it."""
        term = self.term
        if "power_prices" not in term:
            return np.zeros(len(self.grid.days))
        price = self.world.curve(term.said["power_prices"])  # USD per MWh
        mean = self.grid.by_month(price) / self.world.month_days
        hourly = term("capacity") * term("load", 1.0) * term("pue") * mean[np.maximum(self.grid.month_of, 0)]
        return hourly * 24 / 1e6 * (1 + self.move["power_change"]) * (1 - term("passed_through"))

    def billed(self) -> Any:
        change = self.move["spot_change" if self.kind == "on_demand" else "price_change"]  # on demand is at the market's price
        return self.grid.by_month(self.serves * self.fee * self.level) * (1 + change) * self.stays

    def power(self) -> Any:
        return self.grid.by_month(self.serves * self.power_of_a_day()) * self.stays * (1 + self.move["cost_change"])

    def opex(self) -> Any:
        return self.grid.by_month(self.serves * self.running) * self.stays

    def rent(self) -> Any:
        """By the landlord's own clock, which waits only where the lease says so."""
        if not ("rent" in self.term or "rent_per_kw" in self.term):
            return np.zeros(self.grid.months)
        monthly = self.term("rent") + self.term("capacity") * 1000 * self.term("rent_per_kw") / 1e6
        begun = self.term.day("rent_start") <= self.grid.as_of  # rent that has begun stands still
        waits = DAY * (0 if begun else int(self.late * self.term("rent_moves")))
        start, end = self.term.day("rent_start") + waits, self.term.day("rent_end") + waits
        level = 1.0
        if "rent_escalator" in self.term:
            growth = self.term("rent_escalator") + self.move["rent_escalation"]
            level = self.level_of("rent_escalates_from", start, waits.days, growth)
        per_day = self.grid.in_span(start, end) * monthly * self.world.of_month * level
        return self.grid.by_month(per_day) * (1 + self.move["cost_change"])

    # after the service that was signed

    def renews(self) -> bool:
        """An option that somebody uses; who has left does not."""
        return bool(not self.lost and "renewal_to" in self.term and max(self.term("renewed"), self.move["renewals"]) > 0)

    def renewal_end(self) -> date:
        """An option runs so long after the end, moves with it, and ends with a loss."""
        signed = self.term.day("renewal_to") + DAY * int(self.late * self.term("end_moves"))
        return min(signed, self.lost_on) if self.lost_on else signed

    def renewal(self) -> Any:
        """Service that goes on: at a share of the last price, or at the market's price on the first day."""
        if not self.renews():
            return np.zeros(self.grid.months)
        goes_on = self.grid.in_span(self.again(), self.renewal_end())
        fee = self.fee * self.last_level * self.term("renewal_price", 1.0) * (1 + self.move["price_change"])
        if self.term.said.get("renewal_at_market"):
            price = straight_line(self.world.curves[self.market()["contract_prices"]], self.again())
            fee = self.term("gpus") * 24 * price * (1 + self.move["contract_price_change"]) / 1e6
        return self.grid.by_month(goes_on * (fee - self.running_after)) * self.stays

    def again(self) -> date:
        """First day after service; nothing goes on before it began."""
        return max(self.end + DAY, self.start)

    def market(self) -> Rows:
        """The class of GPUs that the tranche runs on."""
        return self.world.hardware[self.term.said["fleet"][0]["hardware"]].said

    def redeployed_days(self) -> Any:
        """After a loss and some idle days, until the GPUs are too old."""
        if not (self.lost and "redeployed_to" in self.term):
            return np.zeros(len(self.grid.days))
        again = max(self.end + DAY, self.start) + DAY * int(self.term("idle_days"))
        return self.grid.in_span(again, self.term.day("redeployed_to"))

    def redeployed(self) -> Any:
        """At spot prices, less what it costs to run, and once the cost of the change."""
        on_days = self.redeployed_days()
        if not on_days.any():
            return np.zeros(self.grid.months)
        spot = self.grid.by_month(self.world.curve(self.market()["spot_prices"])) / self.world.month_days
        price = spot[np.maximum(self.grid.month_of, 0)] * (1 + self.move["spot_change"])
        cash = self.term("gpus") * 24 * price * self.term("redeployed_use", 1.0) / 1e6 - self.running_after
        row = self.grid.by_month(on_days * cash)
        row[self.grid.month_of[int(np.flatnonzero(on_days[1:])[0]) + 1]] -= self.term("redeployment_cost")
        return row

    def undelivered(self) -> Any:
        """Bills of the days that a loss takes away, at the fee of the last day of service."""
        if not self.lost:
            return np.zeros(self.grid.months)
        fee = self.fee_of_a_day(self.end) * self.last_level * (1 + self.move["price_change"]) * self.stays
        return self.grid.by_month(self.grid.in_span(self.again(), self.firm_end) * fee)

    def last_used(self) -> date:
        """Last day on which the GPUs work for somebody."""
        days = [self.end]
        if self.renews():
            days.append(self.renewal_end())
        if self.lost and "redeployed_to" in self.term:
            days.append(self.term.day("redeployed_to"))
        return max(days)

    def unsold(self) -> Any:
        """Megawatts that are there and that nobody pays for, average of each month."""
        there = self.grid.in_span(self.start, self.grid.days[-1]) * self.term("capacity")
        sold = self.serves + self.redeployed_days()
        if self.renews():
            sold = sold + self.grid.in_span(self.again(), self.renewal_end())
        return self.grid.by_month(there - self.term("capacity") * self.stays * sold) / self.world.month_days


class Customer:
    """A contract: its tranches, what was prepaid, and what becomes of the bills."""

    def __init__(self, world: World, said: Rows) -> None:
        self.world, self.grid, self.move, self.said = world, world.grid, world.move, said
        self.term = Paper(said["id"], said, world.move)
        self.lost_on = self.day_of_loss()
        self.lots = [Lot(world, said, n, self.lost_on) for n in range(1, len(said["tranches"]) + 1)]
        self.starts, self.ends = min(lot.start for lot in self.lots), max(lot.firm_end for lot in self.lots)
        self.lost = any(lot.lost for lot in self.lots)

    def day_of_loss(self) -> date | None:
        after = 0 if self.world.signed else self.term("lost_after")
        return self.grid.as_of + DAY * int(after + self.term("notice_days")) if after > 0 else None

    # what becomes of the bills

    def rows(self) -> Rows:
        """Every row of the contract, by its name in the model."""
        grid, none = self.grid, np.zeros(self.grid.months)
        firm = [lot for lot in self.lots if self.said["kind"] not in ("on_demand", "backstop")]
        billed = sum((lot.billed() for lot in firm), none) * self.move["delivered"]
        sla = billed * min(1.0, self.term("sla") + self.move["sla_credits"])
        in_shares = np.minimum(by_month(grid, self.said.get("paid_in_shares")), billed - sla)
        billable = np.maximum(0.0, billed - sla - in_shares)
        applied, received, held, refunded, forfeited = self.credits(billable)
        invoiced = billable - applied
        lost_money = invoiced * min(1.0, self.term("uncollected") + self.move["uncollected"])
        receipts = self.when_due(invoiced - lost_money) + by_month(grid, self.said.get("receivables"))
        contra = sum(flow["amount"]["value"] for flow in self.said.get("shares_given") or [])
        contra = contra * billed / billed.sum() if billed.sum() > self.move["tolerance"] else none
        revenue = billed - sla - contra + forfeited
        opex, rent = sum((lot.opex() for lot in firm), none), sum((lot.rent() for lot in firm), none)
        tax = by_month(grid, self.said.get("taxes"))
        cost = opex + rent + tax + refunded
        fall_due = self.when_due(billed) + by_month(grid, self.said.get("receivables"))
        to_come = fall_due[::-1].cumsum()[::-1]
        found = {
            "billed": billed,
            "sla_credits": sla,
            "billable": billable,
            "prepayment_applied": applied,
            "prepayment_received": received,
            "prepayment_refunded": refunded,
            "deferred_revenue": held,
            "invoiced": invoiced,
            "not_collected": lost_money,
            "receipts": receipts,
            "revenue": revenue,
            "opex": opex,
            "rent": rent,
            "power": sum((lot.power() for lot in firm), none),
            "cost": cost,
            "cfads": receipts - cost,
            "backlog": revenue.sum() - revenue.cumsum(),
            "cash_to_come": receipts.sum() - receipts.cumsum(),
            "last_period": int((to_come > self.move["tolerance"]).sum()),
            "renewal": sum((lot.renewal() for lot in firm), none),
            "merchant": sum((lot.redeployed() for lot in firm), none) + self.on_demand() + self.claim(firm, forfeited),
            "residual": none,
            "support": self.fee_at_loss(),
        }
        for name, row, said in (("paid_in_shares", in_shares, ("paid_in_shares", "shares_given")), ("tax_paid", tax, ("taxes",)),
                                ("contra_revenue", contra, ("paid_in_shares", "shares_given"))):
            if any(word in self.term for word in said):
                found[name] = row
        if any("fleet" in lot.term for lot in self.lots):
            found |= self.fleet()
        return found

    def when_due(self, row: Any) -> Any:
        """What is issued at month end, in the month in which its days are over."""
        due, days = np.zeros(self.grid.months), DAY * int(self.term("payment_days"))
        for t, end in enumerate(self.grid.ends):
            when = self.grid.month(end + days)
            if when < self.grid.months:
                due[when] += row[t]
        return due

    def credits(self, billable: Any) -> tuple[Any, Any, Any, Any, Any]:
        """Prepayments: each is credited as far as the customer is entitled to it, has paid it, and has a bill."""
        grid = self.grid
        applied, received, held_row, refunded, forfeited = (np.zeros(grid.months) for _ in range(5))
        left = billable.copy()
        settled = grid.month(min(self.ends, self.lost_on or self.ends))  # what no bill could take goes back, or is kept
        for n, said in enumerate(self.said.get("prepayments") or [], start=1):
            term = Paper(f"{self.said['id']}.prepayment-{n}", said, self.move)
            held, amount, entitled = term("held_before"), term("amount"), 0.0
            whole, earned = held + amount, self.entitlement(term)
            for t in range(grid.months):
                comes_in = amount if amount and grid.month(term.day("received_on")) == t else 0.0
                if self.lost and self.lost_on and amount and term.day("received_on") > self.lost_on:
                    comes_in = 0.0  # who has left pays nothing in advance
                entitled += whole * earned[t]
                credit = max(0.0, min(entitled, held + comes_in, left[t]))
                entitled -= credit
                held += comes_in - credit
                left[t] -= credit
                applied[t] += credit
                received[t] += comes_in
                if t == settled:
                    refunded[t] += held * term("refundable")
                    forfeited[t] += held * (1 - term("refundable"))
                    held = 0.0
                held_row[t] += held
        return applied, received, held_row, refunded, forfeited

    def entitlement(self, term: Paper) -> Any:
        """Of each month: the part that may be credited then, by days. What has gone by counts no more; what a rule puts
        after the last day of service is credited by that day."""
        daily, whole = np.zeros(len(self.grid.days)), 0.0
        for first, last in self.windows(term):
            begins = max(first, self.grid.as_of + DAY)
            weight = max(0, (last - begins).days + 1) / ((last - first).days + 1)
            whole += weight
            if term.said.get("credit"):
                begins, last = min(begins, self.ends), min(last, self.ends)
            if weight:
                daily += self.grid.in_span(begins, last) * weight / ((last - begins).days + 1)
        return self.grid.by_month(daily) / whole if whole else np.zeros(self.grid.months)

    def windows(self, term: Paper) -> list[tuple[date, date]]:
        """First and last days of crediting, each of the same weight; those by a rule move with the contract."""
        rule = term.said.get("credit")
        if not rule:
            return [(term.day("credit_from"), term.day("credit_to"))]
        if rule["rule"] == "pro_rata":
            return [(self.starts, self.ends)]
        signed_start = min(lot.term.day("start") for lot in self.lots)
        signed_end = max(lot.term.day("end") for lot in self.lots)
        if rule["rule"] == "last_months":
            after, late = signed_end + DAY, self.ends - signed_end
            return [(months_later(after, -rule["months"], after.day) + late, self.ends)]
        late = self.starts - signed_start
        marks = [anniversary(signed_start, n) + late for n in range(rule["first"] - 1, rule["last"] + 1)]
        return [(first, after - DAY) for first, after in pairwise(marks)]

    # cash that no contract promises

    def fee_at_loss(self) -> Any:
        """What somebody owes when the contract is lost."""
        row = np.zeros(self.grid.months)
        if self.lost and self.lost_on and self.lost_on <= self.grid.days[-1]:
            steps = self.said.get("termination_fees") or []
            begun = [step for step in steps if step["date"] <= self.lost_on]
            if begun:
                row[self.grid.month(self.lost_on)] = max(begun, key=lambda step: step["date"])["amount"]["value"]
        return row

    def claim(self, firm: list[Lot], forfeited: Any) -> Any:
        """Part of the bills not delivered, less what was prepaid and kept, on one day after the loss."""
        row = np.zeros(self.grid.months)
        if self.lost and self.lost_on:
            lacks = sum(lot.undelivered().sum() for lot in firm) * self.move["delivered"] - forfeited.sum()
            when = self.grid.month(self.lost_on + DAY * int(self.term("claim_days")))
            if when < self.grid.months:
                row[when] = max(0.0, lacks) * self.term("claim_recovery")
        return row

    def on_demand(self) -> Any:
        """Hours sold as they are used, less what they cost."""
        if self.said["kind"] != "on_demand":
            return np.zeros(self.grid.months)
        return sum(lot.billed() - lot.opex() - lot.rent() for lot in self.lots)

    def fleet(self) -> Rows:
        """GPUs: what is paid for them, what the books say, what a buyer would pay, and the sale at the end."""
        grid = self.grid
        names = ("fleet_paid", "fleet_book", "residual", *(f"fleet_{way}" for way in FOR_SALE))
        found: Rows = {name: np.zeros(grid.months) for name in names} | {"fleet_cost": 0.0}
        for n, lot in enumerate(self.lots, start=1):
            for m, said in enumerate(lot.term.said.get("fleet") or [], start=1):
                term = Paper(f"{self.said['id']}.tranche-{n}.fleet-{m}", said, self.move)
                market, delivered = self.world.hardware[said["hardware"]], term.day("delivered")
                cost = term("gpus") * term("unit_price") / 1000
                found["fleet_cost"] += cost
                for payment in said.get("payments") or [{"date": delivered, "share": {"value": 1.0}}]:
                    found["fleet_paid"] += by_month(grid, [payment], "share") * cost
                old = np.array([age_in_months(delivered, end) for end in grid.ends])
                there = np.array([delivered <= end for end in grid.ends])
                curve = {0: 1.0} | {int(age): share["value"] for age, share in (market.said.get("resale") or {}).items()}
                worth = there * cost * np.interp(old / 12, sorted(curve), [curve[age] for age in sorted(curve)])
                worth = worth * (1 + self.move["resale_change"])
                found["fleet_book"] += there * cost * np.maximum(0.0, 1 - old / term("life"))
                for way, usual in FOR_SALE.items():
                    found[f"fleet_{way}"] += worth * market(way, usual)
                way = market.said.get("sold_as", "auction")
                t = grid.month(lot.last_used() + DAY * int(market("sale_days", 30)))
                if 0 <= t < grid.months:
                    found["residual"][t] += worth[t] * market(way, FOR_SALE[way])
        return found


def age_in_months(first: date, last: date) -> float:
    """Months from one day to the end of another: whole ones, and of the last one its days."""
    end, whole = last + DAY, 0
    if end <= first:
        return 0.0
    while months_later(first, whole + 1, first.day) <= end:
        whole += 1
    since, until = months_later(first, whole, first.day), months_later(first, whole + 1, first.day)
    return whole + (end - since).days / (until - since).days


def contracts_by_hand(grid: Grid, case: Rows, move: Rows, signed: bool = False) -> dict[str, Rows]:
    """Every contract of a case under what a scenario moves; as signed, nobody is late and nobody leaves."""
    world = World(grid, case, move, signed)
    customers = {said["id"]: Customer(world, said) for said in case["contracts"]}
    found = {key: customer.rows() for key, customer in customers.items()}
    for key, customer in customers.items():
        if customer.said["kind"] == "backstop":
            found[key]["support"] = found[key]["support"] + bought(customer, [customers[c] for c in customer.said["backs"]])
    return found


def bought(backstop: Customer, others: list[Customer]) -> Any:
    """Unsold megawatts of others, bought as far as the limit reaches."""
    grid = backstop.grid
    unsold = np.maximum(0.0, sum(lot.unsold() for other in others for lot in other.lots))
    row, left = np.zeros(grid.months), backstop.term("cap", np.inf)
    for lot in backstop.lots:
        active = grid.by_month(lot.serves) / backstop.world.month_days
        row += unsold * lot.term("price") / 12 * active * (1 + lot.move["price_change"])
    for t in range(grid.months):
        row[t] = min(row[t], left)
        left -= row[t]
    return row * backstop.lots[0].term("margin", 1.0)


def as_they_were_signed(grid: Grid, case: Rows, base: dict[str, Rows]) -> dict[str, Rows]:
    """The contracts as signed; where nobody is late and nobody leaves, they are those of the base case."""
    leaves = any(told(said, "lost_after") for said in case["contracts"])
    if leaves or any(lateness(grid, case, AS_SIGNED).values()):
        return contracts_by_hand(grid, case, AS_SIGNED, signed=True)
    return base


def lateness(grid: Grid, case: Rows, move: Rows) -> dict[str, int]:
    """By how many days the latest tranche of each contract that is not yet accepted starts late."""
    world = World(grid, case, move, signed=False)
    parts = {said["id"]: range(1, len(said["tranches"]) + 1) for said in case["contracts"]}
    return {said["id"]: max(how_late(world, said, n) for n in parts[said["id"]]) for said in case["contracts"]}


def how_late(world: World, contract: Rows, number: int) -> int:
    """Its own days, those of its site and of the landlord there, and those of everything; nothing once it is accepted."""
    term = Paper(f"{contract['id']}.tranche-{number}", contract["tranches"][number - 1], world.move)
    if world.signed or term.day("start") <= world.grid.as_of:
        return 0
    days = term("late_days") + world.move["delay_days"]
    if "site" in term:
        site = world.sites[term.said["site"]]
        days += site("late_days")
        if "landlord" in site:
            days += world.landlords[site.said["landlord"]]("late_days")
    return int(days)
