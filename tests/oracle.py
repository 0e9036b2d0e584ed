"""The whole deal by hand: a case folder worked out once more in plain Python and numpy, with nothing of `model/`.

It goes day by day where the model goes month by month: a contract is in service on a day or not, a loan owes an amount
on a night, and interest is what all the nights of a coupon cost. Present values are written out as sums over payment
dates. Only the business-day calendars are borrowed (QuantLib). Read it from top to bottom as one reads a term sheet:

    1 the case   2 days (`oracle_days.py`)   3 contracts (`oracle_contracts.py`)   4 loans   5 boxes (`oracle_boxes.py`)
    6 tests T1 to T3   7 the whole stack   8 grades and claims

`work_out(case, changes)` gives every row by its address in the model, "ddtl-1.interest", one number a month (month 1
first), or one number for the whole deal.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from tests.oracle_boxes import Box, Papers
from tests.oracle_contracts import as_they_were_signed, contracts_by_hand, lateness
from tests.oracle_days import (
    AS_SIGNED,
    DAY,
    Grid,
    Rows,
    business_day,
    by_nights,
    fixing_day,
    month_end,
    months_later,
    straight_line,
    thirty,
    told,
)
from tests.oracle_support import Book, smallest

# ---- 1 the case -----------------------------------------------------------------------------------------------------


def read_folder(folder: Path) -> Rows:
    """The YAML and CSV files of a case folder, as they stand."""
    yaml = YAML(typ="safe")
    case = {
        path.stem: yaml.load(path.read_text("utf-8"))
        for path in (folder / f"{name}.yaml" for name in ("case", "contracts", "debt", "scenarios"))
        if path.exists()
    }
    curves = {
        path.stem: [line.split(",")[:2] for line in path.read_text("utf-8").splitlines()[1:]]
        for path in sorted(folder.glob("curves/*.csv"))
    }
    return {
        "case": case["case"],
        **{name: case["contracts"].get(name) or [] for name in ("contracts", "hardware", "sites", "landlords")},
        "debt": case["debt"],
        "scenarios": case.get("scenarios") or {"scenarios": {}},
        "curves": {name: [(date.fromisoformat(d), float(v)) for d, v in points] for name, points in curves.items()},
    }


# ---- 4 loans --------------------------------------------------------------------------------------------------------


class Coupon:
    """An interest period: from, to, paid on, rate set on; `regular_end` is its end before any business-day move."""

    def __init__(self, start: date, end: date, pay: date, fixing: date, regular_end: date) -> None:
        self.start, self.end, self.pay, self.fixing, self.regular_end = start, end, pay, fixing, regular_end


def interest_periods(loan: Rows, as_of: date, maturity: date | None = None) -> list[Coupon]:
    """Roll dates counted back from maturity; a short first period takes what is left."""
    rule, adjusted = loan.get("business_days", "modified_following"), loan.get("adjust_accrual", True)
    first, maturity = loan.get("first_accrual") or as_of, maturity or loan["maturity"]["value"]
    day = loan.get("day") or (31 if maturity == month_end(maturity) else maturity.day)

    def moved(d: date) -> date:
        return business_day(d, rule)

    def accrual(d: date) -> date:
        return moved(d) if adjusted else d

    dates, n = [maturity], 0 if months_later(maturity, 0, day) < maturity else -1
    while accrual(roll := months_later(maturity, n * loan["months"], day)) > accrual(first):
        if accrual(roll) < accrual(dates[0]):
            dates.insert(0, roll)
        n -= 1
    off_roll = accrual(roll) != accrual(first)
    if loan.get("stub") == "long" and off_roll and len(dates) > 1:
        dates.pop(0)
    rolls = [months_later(maturity, n * loan["months"], day) for n in range(1, n - 2, -1)]
    found = []
    for start, end in zip([first, *dates[:-1]], dates, strict=True):
        regular = min(r for r in rolls if accrual(r) >= accrual(end))
        found.append(Coupon(accrual(start), accrual(end), moved(end), fixing_day(moved(start)), regular))
    return [c for c in found if c.pay > as_of]


def with_extension(loan: Rows, as_of: date, to_maturity: list[Coupon]) -> list[Coupon]:
    """The periods to maturity, and those of the extension that begin where they end."""
    last = to_maturity[-1].end
    return [*to_maturity, *interest_periods({**loan, "first_accrual": last}, as_of, loan["extension"]["to"])]


WITH_COMMITMENT = ("delayed_draw", "revolver")
IN_KIND = ("in_kind",)
BY_RULE = ("level", "annuity", "level_service", "percent_of_initial", "percent_of_balance")
TESTS = ("contract_test", "cost_test", "value_test", "instalments_apply", "test_cover", "cost_limit", "value_limit",
         "draw_cover", "look_back", "collateral", "tests_from", "signed_on")


NOT_BY_PAPERS = (*TESTS, "proceeds", "events", "events_happen", "interest_funded_to")


class Loan:
    """A loan with what it owes on every night of the deal.

    `cash` is what is pledged to it on the base case; `pledge` what its tests look at: CFADS and receipts as signed, and
    receipts as they come in; `late` is by how many days the latest of its contracts starts late.
    """

    def __init__(self, grid: Grid, case: Rows, file: Rows, move: Rows, cash: Any, pledge: Rows, late: int = 0) -> None:
        self.grid, self.file, self.move, self.id, self.pledge, self.late = grid, file, move, file["id"], pledge, late
        self.case, self.cash = case, cash
        self.basis, months = file["day_count"], grid.months
        self.size = move["debt_scale"] * (1 + self.term("spot_change") * (1 - self.term("swapped", 1.0)))
        before_extension = interest_periods(file, grid.as_of)
        taken = self.term("extended") and file.get("extension")
        self.coupons = with_extension(file, grid.as_of, before_extension) if taken else before_extension
        self.paid_in = {grid.month(c.pay): c for c in self.coupons}
        self.first_maturity = grid.month(before_extension[-1].pay)
        self.matures = grid.month(self.coupons[-1].pay)
        self.curve = case["curves"][file["curve"]] if file.get("curve") else None
        self.priced = with_extension(file, grid.as_of, before_extension) if file.get("extension") else before_extension
        self.fixings = [straight_line(self.curve, c.fixing) if self.curve else 0.0 for c in self.priced]
        first = file["repayment"].get("first_instalment")
        self.last = len(before_extension) - 1
        self.repaying = [c for c in self.coupons[: self.last + 1] if first is None or c.regular_end >= first]
        self.years_of, self.rate_of = self.price_nights()
        self.own = self.instalments(cash)
        self.on_draws = self.draw_instalments() if self.own is not None else []

        self.draws_left = self.unpaid = self.for_interest = 0.0
        self.borrowed = self.term("balance") * self.size
        self.owed = np.full(len(grid.days) + 1, self.term("balance") * self.size)
        self.undrawn = max(0.0, self.term("undrawn_before") - self.term("letters")) * self.size
        self.free = np.full(len(grid.days) + 1, self.undrawn)
        self.until = told(file, "availability_end", grid.as_of)
        self.free[grid.k(self.until) :] = 0
        self.lots = self.drawn_before()
        names = ["opening", "drawn", "scheduled", "balloon", "interest", "swept", "from_proceeds", "closing", "service"]
        names += ["due_on_draws", "pays", "growth", *self.names_of_clauses()]
        self.rows = {name: np.zeros(months) for name in names}
        self.inside = {name: np.zeros(months) for name in ("fees", "from_events", "capitalised", "late", "interest_due",
                                                           "withheld", "interest_paid_by_draw")}
        self.rows["rate"] = np.array([self.rate_at(end) for end in grid.ends])
        self.rows["growth"] += 1
        self.rows["last_period"] = self.matures + 1
        for t, coupon in self.paid_in.items():
            self.rows["growth"][t] = 1 + self.rate_before(t) * self.years(coupon)
        self.signed_worth = self.worth_as_signed()

    def term(self, name: str, default: float = 0.0) -> float:
        """A number of the term sheet, unless a scenario says another."""
        return float(self.move.get(f"{self.id}.{name}", told(self.file, name, default)))

    def as_filed(self, name: str, default: float = 0.0) -> float:
        """The same at close."""
        return float(told(self.file, name, default))

    def says(self, *names: str) -> bool:
        return any(self.file.get(name) not in (None, []) for name in names)

    def names_of_clauses(self) -> list[str]:
        """Rows that only loans with such a term have."""
        kind, names = self.file["kind"], []
        if kind in WITH_COMMITMENT:
            names += ["fee", "undrawn", "withheld", "funds"]
        if kind in IN_KIND:
            names += ["interest_due", "capitalised", "premium_due"]
        if self.says("call", "events", "events_happen"):
            names += ["from_events", "call_cost"]
        if self.says("extension", "extended", "extension_fee"):
            names += ["fee_to_extend"]
        if self.says("draw_months"):
            names += ["matured"]
        if self.says("interest_funded_to"):
            names += ["interest_due", "funded_interest"]
        if self.says(*TESTS):
            names += ["asked_by_tests", "supported", "book_cost", "market_value", "may_draw"]
        return names

    # what a night costs

    def rate_at(self, day: date, at_close: bool = False) -> float:
        """The rate in force on a day: what was set for its coupon, over the floor, with the swap; and the margin.

        The margin goes by the rating of the customers, with the steps so far.
        """
        term, shift = (self.as_filed, 0.0) if at_close else (self.term, self.move["rate_shift"])
        other = term("non_ig_share")
        margin = term("margin") * (1 - other) + term("non_ig_margin") * other + self.steps_on(day)
        if self.curve is None:
            return margin
        running = [n for n, c in enumerate(self.priced) if c.start <= day < c.end or (day < c.start and n == 0)]
        fixed = (self.fixings[running[0]] if running else 0.0) + shift
        return margin + max(fixed, term("floor")) + term("hedged") * (term("swap_rate") - fixed)

    def steps_on(self, day: date) -> float:
        """Steps of the margin so far."""
        return float(sum(s["rate"]["value"] for s in self.file.get("steps") or [] if s["date"] <= day))

    def rate_before(self, t: int, at_close: bool = False) -> float:
        """The rate in force when month t begins: it holds to the payment date."""
        return self.rate_at(self.grid.ends[t - 1] if t else self.grid.as_of, at_close)

    def price_nights(self) -> tuple[Any, Any]:
        """What each night is of a year, and at which rate: a reset from its payment date, a step of the margin from its day."""
        grid = self.grid
        years, rates = np.zeros(len(grid.days) + 1), np.zeros(len(grid.days) + 1)
        for coupon in self.coupons:
            first, last = grid.k(coupon.start), min(grid.k(coupon.end), len(grid.days) - 1)
            if by_nights(self.basis):
                years[first:last] = grid.nights(self.basis)[first:last]
                continue
            begin = max(coupon.start, self.file.get("first_accrual") or grid.as_of, grid.as_of)
            so_far = [thirty(begin, max(day, begin), self.basis) for day in grid.days[first : last + 1]]
            years[first:last] = np.diff(so_far)
        for t in range(grid.months):
            first, last = grid.k(grid.ends[t - 1]) if t else 0, grid.k(grid.ends[t])
            paid = grid.k(self.paid_in[t].end) if t in self.paid_in else last
            rates[first : max(paid, first)] = self.rate_before(t) - self.steps_on(grid.ends[t - 1] if t else grid.as_of)
            rates[max(paid, first) : last] = self.rate_at(grid.ends[t]) - self.steps_on(grid.ends[t])
        for step in self.file.get("steps") or []:
            rates[grid.k(step["date"]) : len(grid.days)] += step["rate"]["value"]
        return years, rates

    def years(self, coupon: Coupon) -> float:
        """Year fraction of a coupon, from the as-of date where it began before."""
        start = max(coupon.start, self.grid.as_of)
        if not by_nights(self.basis):
            return thirty(start, coupon.end, self.basis)
        return float(self.grid.nights(self.basis)[self.grid.k(start) : self.grid.k(coupon.end)].sum())

    def on_nights(self, amounts: Any, weights: Any, first: date, last: date) -> float:
        """An amount of every night times its weight, over the nights from one day to another."""
        span = slice(self.grid.k(first), self.grid.k(last))
        return float((amounts[span] * weights[span]).sum())

    # how much falls due, fixed at close

    def in_equal_service(self, amount: float, rate: float, count: int) -> list[float]:
        """Principal parts of equal payments; equal parts where there is no rate."""
        if rate == 0:
            return [amount / count] * count
        payment, parts = amount * rate / (1 - (1 + rate) ** -count), []
        for _ in range(count):
            parts.append(payment - amount * rate)
            amount -= parts[-1]
        return parts

    def by_year(self, schedule: Rows, days: list[date]) -> list[float]:
        """The total of each calendar year in equal parts on its dates."""
        return [
            schedule[d.year]["value"] / sum(x.year == d.year for x in days) if d.year in schedule else 0.0 for d in days
        ]

    def coupon_cost(self, coupon: Coupon) -> float:
        """What a coupon costs of the balance, on the base curve."""
        return self.rate_before(self.grid.month(coupon.pay), at_close=True) * self.years(coupon)

    def instalments(self, cash: Any) -> Any:
        """Instalments of what is owed at the as-of date; None where `infer` fits them, all loans together."""
        plan, amount = self.file["repayment"], told(self.file, "balance")
        if plan["profile"] == "custom":
            return self.by_year(plan["schedule"], [c.pay for c in self.repaying])
        if plan["profile"] == "sculpted":
            return self.sculpted(cash)
        if plan["profile"] == "fixed":
            parts = []
            for coupon in self.repaying:
                same_month = [a for a in plan["amounts"] if self.grid.month(a["date"]) == self.grid.month(coupon.pay)]
                parts.append(min(amount, sum(a["amount"]["value"] for a in same_month)))
                amount -= parts[-1]
            return parts
        if plan["profile"] == "inferred":
            return None
        return self.by_rule(amount, self.repaying)

    def falls_due_now(self, planned: list[float], n: int) -> float:
        """The instalment of date n; where they wait for service, the rest in proportion on the dates that are left."""
        begins = self.repaying[0].pay + DAY * int(self.late * self.term("amortisation_moves"))
        waits = sum(c.pay < begins for c in self.repaying)
        left = sum(planned[: len(planned) - waits])
        return planned[n - waits] * sum(planned) / left if n >= waits and left > 0 else 0.0

    def falls_due(self) -> dict[int, float]:
        """When the as-of balance falls due by its terms, by calendar year; each draw at its own maturity, if it has one."""
        found: dict[int, float] = {}
        lots = sorted([month, amount / self.size] for month, amount in self.lots) if self.size else []
        lots = lots or [[self.grid.months, told(self.file, "balance")]]
        paid = [(c.pay, amount) for c, amount in zip(self.repaying, self.own, strict=True)]
        paid += [(p["date"], p["amount"]["value"]) for p in self.file.get("proceeds") or []]
        last = self.coupons[self.last].pay
        for day, amount in [*sorted([*paid, *((c.pay, 0.0) for c in self.coupons[: self.last])]), (last, np.inf)]:
            for lot in lots:
                due = lot[1] if lot[0] <= self.grid.month(day) and self.grid.month(day) in self.paid_in else min(lot[1], amount)
                amount = max(0.0, amount - due)
                lot[1] -= due
                if due:
                    found[day.year] = found.get(day.year, 0.0) + due
        return found

    def open_dates(self) -> list[Coupon]:
        """Dates of an inferred schedule: to the maturity of the last draw, where all that is owed was drawn draw by draw."""
        named = self.file.get("drawn_before") or []
        if not named or sum(d["amount"]["value"] for d in named) < told(self.file, "balance") - 0.001:
            return self.repaying
        last = max(months_later(d["date"], int(told(self.file, "draw_months")), 1) for d in named)
        return [c for n, c in enumerate(self.repaying) if n == 0 or self.repaying[n - 1].pay < last]

    def by_rule(self, amount: float, dates: list[Coupon]) -> list[float]:
        """An amount on the dates left for it, as the profile says; nothing where it is due in one amount."""
        plan, count, first = self.file["repayment"], len(dates), amount
        if plan["profile"] == "level":
            return [amount / count] * count
        if plan["profile"] == "annuity":
            return self.in_equal_service(amount, plan["rate"]["value"] * self.file["months"] / 12, count)
        parts: list[float] = []
        for n, coupon in enumerate(dates):
            if plan["profile"] == "percent_of_initial":
                due = plan.get("original", {"value": first})["value"] * plan["percent"]["value"]
            elif plan["profile"] == "percent_of_balance":
                due = amount * plan["percent"]["value"]
            elif plan["profile"] == "level_service":
                growth = np.cumprod([1 + self.coupon_cost(c) for c in dates[n:]])
                due = amount / sum(1 / growth) - amount * self.coupon_cost(coupon)
            else:
                due = 0.0
            parts.append(min(amount, max(0.0, due)))
            amount -= parts[-1]
        return parts

    def sculpted(self, cash: Any) -> list[float]:
        """What cash over the target ratio leaves after interest, on the cash as signed; each stream has its own target."""
        plan, left, parts, since = self.file["repayment"], told(self.file, "balance"), [], 0
        waiting = [(day, amount) for day, amount, _ in self.planned()]
        streams = [(cash, plan["target"]["value"])]
        if plan.get("uncontracted_target"):
            other = np.zeros(self.grid.months)
            for flow in plan["uncontracted"]:
                other[self.grid.month(flow["date"])] += flow["amount"]["value"]
            streams.append((other, plan["uncontracted_target"]["value"]))
        for coupon in self.coupons:
            upto = self.grid.month(coupon.pay) + 1
            earned = [(row[since:upto].sum(), target) for row, target in streams]
            since = upto
            if coupon in self.repaying:
                carried = sum(sum_ / target if sum_ > 0 else sum_ for sum_, target in earned)
                new = [(day, amount) for day, amount in waiting if day < coupon.pay]
                waiting = [(day, amount) for day, amount in waiting if day >= coupon.pay]
                nights = self.years_of[self.grid.k(max(coupon.start, self.grid.as_of)) : self.grid.k(coupon.end)]
                bearing = left + sum(
                    amount * self.years_of[self.grid.k(max(day, coupon.start)) : self.grid.k(coupon.end)].sum() / nights.sum()
                    for day, amount in new)
                left += sum(amount for _, amount in new)
                parts.append(min(left, max(0.0, carried - bearing * self.coupon_cost(coupon))))
                left -= parts[-1]
        return parts

    def planned(self) -> list[tuple[date, float, Rows]]:
        """Draws by schedule, and the advance on what is bought."""
        bought = [(p["date"], p["amount"]["value"] * told(self.file, "advance_rate"), {}) for p in
                  self.file.get("purchases") or [] if p["date"] <= told(self.file, "availability_end", p["date"])]
        return sorted([*((d["date"], d["amount"]["value"], d) for d in self.file.get("draws") or []), *bought],
                      key=lambda planned: planned[0])

    def draw_instalments(self) -> list[float]:
        """Instalments of later draws: each draw is repaid on the dates after it."""
        plan, total = self.file["repayment"], np.zeros(len(self.repaying))
        for day, amount, said in self.planned():
            later = [c for c in self.repaying if c.pay > day]
            if said.get("over_months"):
                last = months_later(day, said["over_months"], day.day)
                count = sum(c.pay <= last for c in later)
                parts = [amount / count if n < count else 0.0 for n in range(len(later))]
            elif said.get("schedule"):
                parts = self.by_year(said["schedule"], [c.pay for c in later])
            elif plan["profile"] == "inferred":  # like the loan itself on the same dates
                same_dates = self.own[len(total) - len(later) :]
                parts = [amount * part / sum(same_dates) if sum(same_dates) > 0 else 0.0 for part in same_dates]
            elif plan["profile"] in ("custom", "fixed", "sculpted"):
                continue
            else:
                parts = self.by_rule(amount, later)
            total[len(total) - len(parts) :] += parts
        return list(total)

    # draws

    def drawn_before(self) -> list[list[float]]:
        """What is owed at the as-of date, by the month in which it matures: draw by draw where draws mature by themselves."""
        if not self.says("draw_months"):
            return []
        term, lots = int(told(self.file, "draw_months")), []
        for draw in self.file.get("drawn_before") or []:
            lots.append([self.grid.month(draw["date"]) + term, draw["amount"]["value"] * self.size])
        rest = self.term("balance") * self.size - sum(amount for _, amount in lots)
        return [*lots, [self.grid.months, rest]]

    def repay_oldest(self, amount: float) -> None:
        """Whatever is repaid counts towards the draw that matures first."""
        for lot in sorted(self.lots, key=lambda lot: lot[0]):
            paid = min(amount, lot[1])
            lot[1] -= paid
            amount -= paid

    def draw(self, t: int, opening: float) -> None:
        """What is drawn in month t, on its days: as planned, with the interest it funds, within the commitment."""
        grid, factor = self.grid, self.move["draw_factor"] * self.size
        days = [(day, amount) for day, amount, _ in self.planned() if grid.month(day) == t and amount]
        wanted = need = sum(amount for _, amount in days) * factor
        coupon, fees = self.paid_in.get(t), self.term("upfront_fee") + self.term("issue_discount")
        if coupon and self.says("interest_funded_to") and coupon.pay <= self.file["interest_funded_to"]["value"]:
            days = days or [(coupon.end, 1.0)]  # nothing else is planned: on the payment date, for its interest alone
            own = sum(self.cost_to(coupon, day) * amount for day, amount in days) / sum(amount for _, amount in days)
            wanted = (need + self.interest_on(self.owed, coupon, t, opening)) / (1 - fees - own)
        if self.says(*TESTS):
            signed = told(self.file, "signed_on", grid.as_of) <= grid.ends[t]
            covered = self.signed_worth[t] >= (opening + need) * self.term("draw_cover")
            self.rows["may_draw"][t] = float(signed and covered)
            wanted *= self.rows["may_draw"][t]
        if self.file["kind"] in WITH_COMMITMENT:
            open_still = (grid.ends[t - 1] + DAY if t else grid.as_of) <= self.until
            wanted = min(wanted, self.undrawn if open_still else 0.0)
            self.undrawn = self.rows["undrawn"][t] = (self.undrawn - wanted) * open_still
            self.rows["withheld"][t] = self.inside["withheld"][t] = wanted * fees
            self.rows["funds"][t] = wanted * (1 - fees)
        funded = coupon and self.says("interest_funded_to") and coupon.pay <= self.file["interest_funded_to"]["value"]
        extra = max(0.0, wanted - need) if funded else 0.0
        self.for_interest, self.borrowed = self.for_interest + extra, self.borrowed + wanted - extra
        planned = sum(amount for _, amount in days)
        for day, amount in days:
            part = amount / planned * wanted if planned else 0.0
            self.owed[grid.k(day) :] += part
            self.free[grid.k(day) :] = np.maximum(0, self.free[grid.k(day) :] - part)
            if coupon and day > coupon.pay:
                self.inside["late"][t] += part
        self.rows["drawn"][t] = wanted
        if self.lots:
            self.lots.append([t + int(told(self.file, "draw_months")), wanted])

    def cost_to(self, coupon: Coupon, day: date) -> float:
        """Interest on one dollar from a day to the payment date."""
        return self.on_nights(self.rate_of, self.years_of, day, coupon.end) if by_nights(self.basis) else 0.0

    def interest_on(self, owed: Any, coupon: Coupon, t: int, opening: float) -> float:
        """Interest due on a payment date: what every night of the coupon cost."""
        due = self.on_nights(owed * self.rate_of, self.years_of, coupon.start, coupon.end)
        return due + (self.term("accrued_before") * self.size if coupon is self.coupons[0] else 0.0)

    # the same loan, where nothing is swept, tested or repaid early

    def by_papers(self) -> Papers:
        """Worked out alone, month by month; what it draws is what was planned."""
        file = {name: said for name, said in self.file.items() if name not in NOT_BY_PAPERS}
        alone = Loan(self.grid, self.case, file, self.move, self.cash, self.pledge, self.late)
        alone.own, alone.on_draws = self.own, self.on_draws
        for t in range(self.grid.months):
            alone.service(t)
            alone.close(t)
        return Papers(alone)

    # what happens in a month

    def service(self, t: int) -> None:
        """Draw, and pay fee, interest, instalment and balloon where a payment date falls in month t."""
        grid, rows, inside = self.grid, self.rows, self.inside
        opening = rows["opening"][t] = self.owed[grid.k(grid.ends[t - 1]) if t else 0]
        self.draw(t, opening)
        if self.says(*TESTS):
            self.look_at_collateral(t)
        coupon = self.paid_in.get(t)
        not_repaid, self.draws_left = self.draws_left - inside["late"][t] + rows["drawn"][t], self.draws_left + rows["drawn"][t]
        if coupon is None or t > self.matures:
            return
        rows["pays"][t], final = 1, t == self.matures
        owed = opening + rows["drawn"][t] - inside["late"][t]
        instalment, n = 0.0, len([c for c in self.repaying if c.pay <= coupon.pay]) - 1
        if coupon in self.repaying:
            planned = self.falls_due_now(self.on_draws, n) * self.size * self.move["draw_factor"]
            rows["due_on_draws"][t] = min(not_repaid, planned)  # what was not drawn is not repaid
            self.draws_left -= rows["due_on_draws"][t]
            instalment = self.falls_due_now(self.own, n) * self.size + rows["due_on_draws"][t]
            if self.file["repayment"]["profile"] in BY_RULE and self.borrowed > self.move["tolerance"]:
                instalment *= 1 + self.for_interest / self.borrowed
        if self.says(*TESTS):
            instalment = max(instalment * self.term("instalments_apply", 1.0), rows["asked_by_tests"][t])
        rows["scheduled"][t] = min(owed, instalment)
        left = owed - rows["scheduled"][t]
        self.repay_oldest(rows["scheduled"][t])
        if self.lots:
            rows["matured"][t] = sum(amount for month, amount in self.lots if month <= t)
            rows["balloon"][t] = rows["matured"][t]
            self.repay_oldest(rows["matured"][t])
        if final:
            rows["balloon"][t] = left
        if "fee_to_extend" in rows and t == self.first_maturity and self.term("extended"):
            rows["fee_to_extend"][t] = (left - rows["balloon"][t]) * self.term("extension_fee")
        self.pay_interest(t, coupon, opening, final)
        self.owed[grid.k(coupon.end) :] -= rows["scheduled"][t] + rows["balloon"][t] - inside["capitalised"][t]
        if "fee" in rows:
            undrawn = self.on_nights(self.free, grid.nights(self.basis), coupon.start, coupon.end)
            rows["fee"][t] = self.term("undrawn_fee") * undrawn
        if "premium_due" in rows:
            rows["premium_due"][t] = rows["balloon"][t] * self.term("redemption_premium")
        inside["fees"][t] = sum(rows[name][t] for name in ("fee", "premium_due", "fee_to_extend") if name in rows)
        rows["service"][t] = inside["fees"][t] + rows["interest"][t] + rows["scheduled"][t]

    def pay_interest(self, t: int, coupon: Coupon, opening: float, final: bool) -> None:
        """In cash, in kind, or by a draw."""
        due = self.inside["interest_due"][t] = self.interest_on(self.owed, coupon, t, opening)
        other = 0.0
        if self.file["kind"] == "promissory":  # waits for maturity
            self.unpaid += due
            due, self.unpaid = (self.unpaid, 0.0) if final else (0.0, self.unpaid)
            self.inside["interest_due"][t] = due
        if self.file["kind"] in IN_KIND:
            other = self.inside["capitalised"][t] = 0.0 if final else due * self.term("in_kind", 1.0)
        elif self.says("interest_funded_to") and coupon.pay <= self.file["interest_funded_to"]["value"]:
            other = self.inside["interest_paid_by_draw"][t] = self.rows["funded_interest"][t] = min(
                due, self.rows["funds"][t])
        self.rows["interest"][t] = due - other
        for name in ("interest_due", "capitalised"):
            if name in self.rows:
                self.rows[name][t] = self.inside[name][t]

    def after_service(self, t: int) -> float:
        """Owed on the payment date once it is served; in a month without one, at month end."""
        rows = self.rows
        owed = rows["opening"][t] + rows["drawn"][t] - self.inside["late"][t]
        return float(owed - rows["scheduled"][t] - rows["balloon"][t])

    def sweep(self, t: int, amount: float) -> None:
        """Repaid early: on the payment date, or at month end where this loan has none."""
        self.rows["swept"][t] = amount
        coupon = self.paid_in.get(t)
        self.owed[self.grid.k(coupon.end if coupon else self.grid.ends[t]) :] -= amount

    def close(self, t: int) -> None:
        """Repay from proceeds and on events at month end, at the price of the day."""
        def sum_of(name: str) -> float:
            return float(sum(p["amount"]["value"] for p in self.file.get(name) or [] if self.grid.month(p["date"]) == t))

        rows = self.rows
        left = self.after_service(t) + self.inside["late"][t] - rows["swept"][t]
        rows["from_proceeds"][t] = min(left, sum_of("proceeds") * self.move["proceeds_factor"] * self.size)
        left -= rows["from_proceeds"][t]
        if "from_events" in rows:
            event = rows["from_events"][t] = min(left, sum_of("events") * self.term("events_happen", 1.0) * self.size)
            self.inside["from_events"][t] = event
            rows["call_cost"][t] = event * self.premium(t, "events") + rows["from_proceeds"][t] * self.premium(t, "proceeds")
        repaid = rows["from_proceeds"][t] + self.inside["from_events"][t]
        self.owed[self.grid.k(self.grid.ends[t]) :] -= repaid
        self.repay_oldest(rows["swept"][t] + repaid)
        rows["closing"][t] = left - self.inside["from_events"][t] + self.inside["capitalised"][t]

    def premium(self, t: int, name: str) -> float:
        """Above par: that of the event; else what the holder loses until the first call date, later the call price."""
        flows = [e for e in self.file.get(name) or [] if self.grid.month(e["date"]) == t]
        call = self.file.get("call")
        if not flows:
            return 0.0
        if flows[-1].get("premium"):
            return float(flows[-1]["premium"]["value"])
        redemption = self.term("redemption_premium") if not call else 0.0
        usual = {"asset_sale": 0.0, "termination": 0.0, "change_of_control": 0.01}.get(flows[-1].get("cause"))
        if usual is not None or not call:
            return redemption if usual is None else usual
        today = flows[-1]["date"]

        def price(day: date) -> float:
            begun = [d for d in call.get("prices") or {} if d <= day]
            return float(call["prices"][max(begun)]["value"]) if begun else 1.0

        until = call.get("make_whole_to")
        if not until or today >= until:
            return price(today) - 1

        def years(one: date, other: date) -> float:
            return thirty(one, other, "30/360") if other > one else 0.0

        ends = [c.end for c in self.every_coupon()]
        last = max([d for d in ends if d <= today], default=today)
        stops = [last, *[d for d in ends if today < d < until], until]
        worth = {d: (1 + call["make_whole_rate"]["value"] / 2) ** (-2 * years(today, d)) for d in stops}
        coupons = sum(years(a, b) * worth[b] for a, b in pairwise(stops))
        rate = self.term("margin") + self.base_before(t)
        return max(0.01, rate * coupons + price(until) * worth[until] - rate * years(last, today) - 1)

    def base_before(self, t: int) -> float:
        """The base rate in force when month t begins."""
        if self.curve is None:
            return 0.0
        night = self.grid.ends[t - 1] if t else self.grid.as_of
        running = [c for c in self.coupons if c.start <= night < c.end] or [c for c in self.coupons[:1] if night < c.start]
        return max(straight_line(self.curve, running[0].fixing), told(self.file, "floor")) if running else 0.0

    def every_coupon(self) -> list[Coupon]:
        """The coupons of the whole life, those before the as-of date included."""
        if not self.file.get("first_accrual"):
            return self.coupons
        long_ago = date(1900, 1, 1)
        whole = interest_periods(self.file, long_ago)
        return with_extension(self.file, long_ago, whole) if self.file.get("extension") else whole

    # the tests of collateral (RULES 11)

    def worth_as_signed(self) -> Any:
        """Present value of CFADS as signed, at the loan's own rate to the end of the contracts, from the start of each month."""
        months, growth = self.grid.months, self.rows["growth"]
        worth, since = np.zeros(months + 1), 0
        if not self.says(*TESTS):
            return worth
        growth, last = growth.copy(), self.rate_before(self.matures)
        for t in range(self.matures + 1, months):  # contracts that run on are worth something at the loan's last rate
            growth[t] += last * self.grid.ends[t].day / 365
        for t in [*sorted(self.paid_in), *range(self.matures + 1, months)]:
            earned = self.pledge["signed_cfads"][since : t + 1].sum()
            since = t + 1
            for seen_from in range(t + 1):
                worth[seen_from] += earned / np.prod(growth[seen_from : t + 1])
        return worth

    def look_at_collateral(self, t: int) -> None:
        """What contracts as signed support, scaled by what was collected of late; cost and resale value of the GPUs."""
        rows, coupon = self.rows, self.paid_in.get(t)
        day, span = coupon.pay if coupon else self.grid.ends[t], slice(max(0, t - int(self.term("look_back", 3))), t)
        expected, received = self.pledge["signed_receipts"][span].sum(), self.pledge["receipts"][span].sum()
        whole = t >= int(self.term("look_back", 3))
        collected = received / expected if whole and expected > self.move["tolerance"] else 1.0
        rows["supported"][t] = max(0.0, self.signed_worth[t + 1]) * min(1.0, collected) / self.term("test_cover", 1.0)
        said = self.file.get("collateral") or {"cost": []}
        for lot in said["cost"]:
            start, life = lot["date"], said.get("life_months", 72)
            end = months_later(start, life, start.day)
            if day < start:
                continue  # not bought yet
            part = (end - day).days / (end - start).days
            rows["book_cost"][t] += lot["amount"]["value"] * max(0.0, part)
            shares = {0: 1.0} | {age: n["value"] for age, n in (said.get("residual") or {}).items()}
            old = max(0, (day - start).days) / 365.25
            resale = np.interp(old, sorted(shares), [shares[age] for age in sorted(shares)])
            rows["market_value"][t] += lot["amount"]["value"] * resale
        if coupon and told(self.file, "tests_from", coupon.pay) <= coupon.pay:
            owed = rows["opening"][t] + rows["drawn"][t] - self.inside["late"][t]
            rows["asked_by_tests"][t] = max(
                self.term("contract_test") * max(0.0, owed - rows["supported"][t]),
                self.term("cost_test") * max(0.0, owed - rows["book_cost"][t] * self.term("cost_limit", 1.0)),
                self.term("value_test") * max(0.0, owed - rows["market_value"][t] * self.term("value_limit", 1.0)))

    # what a filing prints

    def print_statement(self) -> None:
        """Interest as it accrues, cost by balance and days, and when principal falls due."""
        grid, rows, months = self.grid, self.rows, self.grid.months
        nightly = (self.owed * self.rate_of * self.years_of)[: len(grid.days) - 1]
        rows["contractual_interest"] = grid.by_month(np.concatenate([[0.0], nightly]))
        if by_nights(self.basis):
            paid = self.inside["interest_due"].cumsum()
            rows["accrued"] = self.term("accrued_before") * self.size + rows["contractual_interest"].cumsum() - paid
        balance_days = rows["opening"] * np.array([end.day for end in grid.ends])
        left, as_of_left = self.term("unamortised_cost") * self.size, self.term("balance") * self.size
        for name in ("cost_amortised", "unamortised", "current", "non_current", "due_on_as_of_stack"):
            rows[name] = np.zeros(months)
        due = rows["scheduled"] + rows["balloon"]
        for t in range(months):
            ahead = balance_days[t:].sum()
            spread = left * balance_days[t] / ahead if ahead > self.move["tolerance"] else 0.0
            left += self.inside["withheld"][t] - spread
            rows["cost_amortised"][t], rows["unamortised"][t] = spread, left
            old = due[t] - min(rows["due_on_draws"][t], rows["scheduled"][t]) + rows["from_proceeds"][t]
            rows["due_on_as_of_stack"][t] = min(as_of_left, old)
            as_of_left = min(rows["closing"][t], as_of_left - rows["due_on_as_of_stack"][t])
            rows["current"][t] = as_of_left
        for t in range(months):
            rows["non_current"][t] = rows["due_on_as_of_stack"][t + 13 :].sum()
        rows["current"] -= rows["non_current"]
        rows["carrying"] = rows["closing"] - rows["unamortised"]
        in_all, months_to_it = rows["due_on_as_of_stack"].sum(), np.arange(1, months + 1)
        weighed = (rows["due_on_as_of_stack"] * months_to_it).sum()
        rows["average_life"] = weighed / in_all / 12 if in_all > self.move["tolerance"] else 0.0


@cache
def scaled_in_turn(dates: tuple[tuple[int, ...], ...], left: tuple[float, ...], balances: tuple[float, ...]) -> Any:
    """What each loan repays in each year: as many equal parts as dates, until years and balances both add up."""
    due = np.array(dates, dtype=float)
    for _ in range(20000):
        before = due.copy()
        due *= np.divide(left, due.sum(axis=0), out=np.zeros(len(left)), where=due.sum(axis=0) > 0)
        due *= (balances / due.sum(axis=1))[:, None]
        if np.abs(due - before).max() < 1e-13:
            break
    return due


def infer(case: Rows, loans: dict[str, Loan]) -> None:
    """Schedules nobody disclosed: level ones, scaled in turn to what falls due by year and to each loan's balance."""
    said = case["case"].get("reported") or {}
    unknown = [loan for loan in loans.values() if loan.file["repayment"]["profile"] == "inferred"]
    if not unknown:
        return
    years = sorted(said["maturities"])
    years.append(years[-1] + 1)  # and thereafter
    left = [told(said["maturities"], year) for year in years[:-1]] + [told(said, "thereafter")]
    for loan in loans.values():
        if loan not in unknown:
            for year, amount in loan.falls_due().items():
                left[years.index(min(year, years[-1]))] -= amount
    dates = tuple(tuple(sum(min(c.pay.year, years[-1]) == y for c in loan.open_dates()) for y in years) for loan in unknown)
    due = scaled_in_turn(dates, tuple(left), tuple(told(loan.file, "balance") for loan in unknown))
    for loan, row, count in zip(unknown, due, dates, strict=True):
        opened = loan.open_dates()
        places = [years.index(min(c.pay.year, years[-1])) for c in opened]
        loan.own = [row[n] / count[n] for n in places] + [0.0] * (len(loan.repaying) - len(opened))
        loan.on_draws = loan.draw_instalments()


# ---- 6 tests T1 to T3 -----------------------------------------------------------------------------------------------


class Part:
    """One contract's share of one loan, and the share of its cash for it (RULES 19). Months count from 1 here."""

    def __init__(
        self, loan: Rows, matures: int, debt: float, cash: Any, contract_end: int, box_pays: Any, beside: Rows | None = None
    ) -> None:
        self.beside = beside or {}
        months = np.arange(1, len(loan["pays"]) + 1)
        self.releases = np.where(months <= matures, loan["pays"], box_pays)  # a repaid loan's cash is the box's
        self.pays, self.growth, self.matures, self.contract_end, self.cash = (
            loan["pays"],
            loan["growth"],
            matures,
            contract_end,
            cash,
        )
        self.service, self.balloon, self.swept = loan["service"] * debt, loan["balloon"] * debt, loan["swept"] * debt
        self.closing, self.opening, self.drawn = loan["closing"] * debt, loan["opening"] * debt, loan["drawn"] * debt
        self.drawn = self.drawn - loan.get("funded_interest", 0.0) * debt  # inside the discount rate already

    def since(self, row: Any) -> Any:
        """A row gathered since the loan's last payment date, up to each month."""
        so_far, have = np.zeros(len(row)), 0.0
        for t in range(len(row)):
            have = so_far[t] = have + row[t]
            if self.releases[t]:
                have = 0.0
        return so_far

    def present_value(self, last: int) -> Any:
        """Cash up to month `last`, on the loan's payment dates and at its own rate, seen from each month's start."""
        months = len(self.pays)
        value, grown = np.zeros(months), np.cumprod(self.growth)
        dates = [t for t in range(months) if self.pays[t] and t < self.matures]
        for n, t in enumerate(dates):
            since = dates[n - 1] + 1 if n else 0
            earned = self.cash[since : min(t + 1, last)].sum()
            value[0] += earned / grown[t]
            value[1 : t + 1] += earned * grown[:t] / grown[t]
        return value


def first(flags: Any) -> int:
    """The first month with a flag, counted from 1; 0 where there is none."""
    return int(np.argmax(flags)) + 1 if np.any(flags) else 0


def judge(
    parts: list[Part],
    contract_end: int,
    kept: Any,
    for_balloon: Any,
    tested_from: int,
    tolerance: float,
    cover: float = 1.0,
) -> Rows:
    """T1, T2, T3 and the ratios, from the cash of contracts and the rows of loans (RULES 2, 8, 9, 17, section 6).

    Each loan has service periods of its own: what it is served with on a date came in since its own last date.
    """
    months = len(kept)
    cash, service, balloon = (sum(getattr(p, name) for p in parts) for name in ("cash", "service", "balloon"))
    gathered = [p.since(p.cash) for p in parts]
    tested = sum(so_far * p.releases for so_far, p in zip(gathered, parts, strict=True))
    exposure = sum(p.opening + p.drawn[::-1].cumsum()[::-1] for p in parts)
    owing = exposure > tolerance
    before = np.concatenate([[0.0], kept[:-1]])
    shortfall = np.maximum(0.0, service - tested - before)
    served = service > tolerance
    dscr = np.full(months, np.nan)
    dscr[served] = tested[served] / service[served]

    # T2: what falls due in one amount must be met by cash kept for it; at contract end so must all that is still owed,
    # by cash kept or by what waits for the next payment date of its own loan
    unmet = np.array([max(0.0, balloon[t] - for_balloon[t]) if t < contract_end else 0.0 for t in range(months)])
    if contract_end:
        end = contract_end - 1
        waits = sum(so_far[end] for so_far, p in zip(gathered, parts, strict=True) if not p.releases[end])
        left = max(0.0, sum(p.closing[end] for p in parts) - kept[end] - max(0.0, waits))
    else:
        left = sum(p.opening[0] for p in parts)
    uncovered = unmet.sum() + left
    examined = min(contract_end, max(p.matures for p in parts))

    contracted = sum(p.present_value(p.contract_end) for p in parts)
    over_life = sum(p.present_value(months) for p in parts)
    deficit = np.where(owing, np.maximum(0.0, cover * exposure - contracted), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        clcr, llcr = (np.where(owing, value / exposure, np.nan) for value in (contracted, over_life))
    return {
        "cash": cash,
        "tested_cash": tested,
        "service": service,
        "dscr": dscr,
        "pv_contract": contracted,
        "pv_life": over_life,
        "exposure": exposure,
        "clcr": clcr,
        "shortfall": shortfall,
        "deficit": deficit,
        "uncovered_balance": uncovered,
        "total_shortfall": shortfall.sum(),
        "with_balloon": np.maximum(0.0, service + balloon - tested - before).sum(),
        "min_dscr": np.nanmin(dscr) if np.any(~np.isnan(dscr)) else np.nan,
        "avg_dscr": tested[served].sum() / service.sum() if service.sum() > tolerance else np.nan,
        "min_clcr": np.nanmin(clcr) if owing.any() else np.nan,
        "llcr": llcr[tested_from - 1],
        "tail_months": contract_end - owing.sum(),
        "t1": float(not np.any(shortfall > tolerance)),
        "t2": float(uncovered <= tolerance),
        "t3": float(not np.any(deficit > tolerance)),
        "t1_month": first(shortfall > tolerance),
        "leaned_month": first((tested < service - tolerance) & (shortfall <= tolerance)),
        "t2_month": first((unmet > tolerance) | (np.arange(1, months + 1) == examined)),
        "t3_month": first(deficit > tolerance),  # seen from its start: dated by the end of the month before
        "min_clcr_month": first(clcr <= np.nanmin(clcr) + 1e-9) if owing.any() else 0,
    }


def cash_kept_pooled(parts: list[Part]) -> tuple[Any, Any]:
    """Cash of all contracts together after service, balloons and sweeps; nothing is distributed (H3)."""
    months = len(parts[0].pays)
    kept, for_balloon = np.zeros(months), np.zeros(months)
    gathered, have = [p.since(p.cash) for p in parts], 0.0
    for t in range(months):
        comes_in = sum(so_far[t] for so_far, p in zip(gathered, parts, strict=True) if p.releases[t])
        for_balloon[t] = max(0.0, have + comes_in - sum(p.service[t] for p in parts))
        have = kept[t] = max(0.0, for_balloon[t] - sum(p.balloon[t] + p.swept[t] for p in parts))
    return kept, for_balloon


# ---- 7 the whole stack ----------------------------------------------------------------------------------------------


def months_of(case: Rows) -> int:
    """What the case says, else up to its last date and a year (or the longest delay of a scenario) on top."""
    if case["case"].get("months"):
        return int(case["case"]["months"])
    as_of = case["case"]["as_of"]
    last = [*last_days_of_contracts(case)]
    last += [
        max(loan["maturity"]["value"], interest_periods(loan, as_of)[-1].pay) for loan in case["debt"]["instruments"]
    ]
    last += [loan["extension"]["to"] for loan in case["debt"]["instruments"] if loan.get("extension")]
    last += [f["date"] for b in case["debt"]["boxes"] for f in (b.get("reserve") or {}).get("funding") or []]
    scenarios = [{}, *(s["overrides"] for s in ((case.get("scenarios") or {}).get("scenarios") or {}).values())]
    moves = [AS_SIGNED | {key.removeprefix("drivers."): value for key, value in told_.items()} for told_ in scenarios]
    delay = max(max(lateness(Grid(as_of, 1), case, move).values()) for move in moves)
    end = max(last)
    return max(24, (end.year - as_of.year) * 12 + end.month - as_of.month + max(12, -int(-delay // 30.4)))


def last_days_of_contracts(case: Rows) -> Iterator[date]:
    """The days on which something of a contract may come last."""
    markets = {h["id"]: int(told(h, "sale_days", 30)) for h in case.get("hardware") or []}
    for contract in case["contracts"]:
        for lot in contract["tranches"]:
            used = [lot[name]["value"] for name in ("end", "renewal_to", "redeployed_to") if lot.get(name)]
            yield from (*used, *([lot["rent_end"]["value"]] if lot.get("rent_end") else []))
            for bought in lot.get("fleet") or []:
                yield max(used) + DAY * markets[bought["hardware"]]
                yield from (payment["date"] for payment in bought.get("payments") or [])
        yield max(lot["end"]["value"] for lot in contract["tranches"]) + DAY * int(told(contract, "payment_days"))
        yield from (flow["date"] for name in ("receivables", "taxes") for flow in contract.get(name) or [])


days_of = cache(Grid)


def lent(case: Rows, move: Rows) -> tuple[Grid, Rows, dict[str, Loan]]:
    """The days of a case, its contracts and its loans with what they repay."""
    grid, allocation = days_of(case["case"]["as_of"], months_of(case)), case["debt"]["allocation"]
    base = contracts_by_hand(grid, case, AS_SIGNED)
    contracts = base if move == AS_SIGNED else contracts_by_hand(grid, case, move)
    as_signed, late = as_they_were_signed(grid, case, base), lateness(grid, case, move)

    def cash_share(contract: str, loan: str) -> float:
        return float(allocation["cash_share"].get(contract, {}).get(loan, 0.0))

    def pledged(loan: str, every: Rows, name: str) -> Any:
        return sum(cash_share(c, loan) * rows[name] for c, rows in every.items())

    loans = {}
    for file in case["debt"]["instruments"]:
        pledge = {
            "signed_cfads": pledged(file["id"], as_signed, "cfads"),
            "signed_receipts": pledged(file["id"], as_signed, "receipts"),
            "receipts": pledged(file["id"], contracts, "receipts"),
        }
        mapped = [c for c, share in allocation["debt_share"].get(file["id"], {}).items() if c != "none" and share > 0]
        waits = max((late[c] for c in mapped), default=0)
        loans[file["id"]] = Loan(grid, case, file, move, pledged(file["id"], base, "cfads"), pledge, waits)
    infer(case, loans)
    return grid, contracts, loans


def box_of(case: Rows, grid: Grid, contracts: Rows, loans: dict[str, Loan], file: Rows, move: Rows) -> Box:
    """A box with its loans and what its contracts bring in, as far as they are pledged."""
    shares = case["debt"]["allocation"]["cash_share"]
    inside = [loan for loan in loans.values() if loan.file.get("box") == file["id"]]

    def pledged(name: str, only: Any = lambda said: True) -> dict[str, Any]:
        mine = [said["id"] for said in case["contracts"] if only(said)]
        none = np.zeros(grid.months)
        return {loan.id: sum((contracts[c][name] * shares.get(c, {}).get(loan.id, 0.0) for c in mine), none) for loan in inside}

    flows: Rows = {name: pledged(name) for name in ("receipts", "cost")}
    flows |= {"power": sum(pledged("power").values()),
              "signed": sum(loan.pledge["signed_receipts"] for loan in inside),
              "weak": sum(pledged("receipts", lambda said: not told(said, "investment_grade", True)).values())}
    ahead = any("months_of_service" in said for said in file.get("accounts") or [])
    ahead = ahead or any(said.get("look") == "forward" or said["test"] == "clcr" for said in file.get("covenants") or [])
    papers = {loan.id: loan.by_papers() for loan in inside} if ahead else {}
    flows["worth"] = np.zeros(grid.months)
    for loan in inside if ahead else []:
        for contract, rows in contracts.items():
            cash, end = rows["cfads"] * shares.get(contract, {}).get(loan.id, 0.0), rows["last_period"]
            alone = Part(papers[loan.id].rows, loan.matures + 1, 1.0, cash, end, flows["worth"])
            flows["worth"] = flows["worth"] + alone.present_value(end)
    return Box(file, inside, papers, flows, grid.months, move)


def work_out(case: Rows, changes: Rows | None = None) -> Worked:
    """Every row of a case under the changes of a scenario."""
    move = AS_SIGNED | {key.removeprefix("drivers."): value for key, value in (changes or {}).items()}
    grid, contracts, loans = lent(case, move)
    allocation = case["debt"]["allocation"]
    boxes = {file["id"]: box_of(case, grid, contracts, loans, file, move) for file in case["debt"]["boxes"]}
    for t in range(grid.months):
        for loan in loans.values():
            loan.service(t)
        for box in boxes.values():
            box.run(t)
        for loan in loans.values():
            loan.close(t)
    for loan in loans.values():
        loan.print_statement()

    answer: Rows = {f"{c}.{name}": value for c, rows in contracts.items() for name, value in rows.items() if name != "power"}
    answer |= {f"{key}.{name}": value for key, loan in loans.items() for name, value in loan.rows.items()}
    for box in boxes.values():
        answer |= box.statement()
    found = pairs_and_pools(grid, contracts, loans, boxes, allocation, move)
    worked = Worked(answer | found | stack(case, grid, contracts, loans, move))
    for key, told_of in found.books.items():
        worked.books[key] = Book(case=case, move=move, grid=grid, key=key, loans=loans, **told_of)
    return worked


class Worked(dict[str, Any]):
    """Rows by address; `books` holds what the tests with support look at."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self.books: Rows = {}


BESIDE = ("renewal", "merchant", "residual", "support")  # cash that enters no test


def cash_beside(parts: list[Part], tolerance: float) -> Rows:
    """Cash of the contracts that no test counts, and cover on recognised revenue."""
    months = len(parts[0].pays)
    found = {name: sum((p.beside[name] for p in parts if p.beside), np.zeros(months)) for name in BESIDE}
    earned = sum((p.since(p.beside["earned"]) * p.releases for p in parts if p.beside), np.zeros(months))
    service = sum(p.service for p in parts)
    ratio = np.full(months, np.nan)
    ratio[service > tolerance] = earned[service > tolerance] / service[service > tolerance]
    lowest = np.nanmin(ratio) if np.any(service > tolerance) else np.nan
    return found | {"tested_revenue": earned, "dscr_on_revenue": ratio, "min_dscr_on_revenue": lowest}


def pairs_and_pools(
    grid: Grid, contracts: Rows, loans: dict[str, Loan], boxes: dict[str, Box], allocation: Rows, move: Rows
) -> Worked:
    """Each contract with its debt; then all of it together."""
    nothing, answer = np.zeros(grid.months), Worked({})
    grouped: dict[str, list[tuple[str, Part, float]]] = {}
    for loan_id, shares in allocation["debt_share"].items():
        loan = loans[loan_id]
        inside = [m for m in loans.values() if m.file.get("box") == loan.file.get("box")]
        box_pays = np.any([m.rows["pays"] for m in inside], axis=0)
        box_pays |= np.arange(len(box_pays)) > max(m.matures for m in inside)
        for contract, rows in contracts.items():
            debt, cash = shares.get(contract, 0.0), allocation["cash_share"].get(contract, {}).get(loan_id, 0.0)
            if debt > 0 or cash > 0:
                beside = {name: rows[name] * cash for name in BESIDE} | {"earned": (rows["revenue"] - rows["cost"]) * cash}
                part = Part(loan.rows, loan.matures + 1, debt, rows["cfads"] * cash, rows["last_period"], box_pays, beside)
                grouped.setdefault(contract, []).append((loan_id, part, debt))
        if shares.get("none", 0.0) > 0:
            part = Part(loan.rows, loan.matures + 1, shares["none"], nothing, 0, box_pays)
            grouped.setdefault(f"{loan_id}.unmapped", []).append((loan_id, part, shares["none"]))
    pairs = {key: parts for key, parts in grouped.items() if any(debt > 0 for _, _, debt in parts)}
    for contract, rows in contracts.items():
        for loan_id, part, _ in grouped.get(contract, []):
            share, where = allocation["cash_share"].get(contract, {}).get(loan_id, 0.0), f"{contract}.{loan_id}"
            answer |= {f"{where}.{name}_since": part.since(rows[name] * share) for name in ("receipts", "cost")}
            answer[f"{where}.cash_since"] = part.since(part.cash)
            answer |= {f"{where}.{name}": rows[name] * share for name in BESIDE}

    def after_last_draw(ids: list[str]) -> int:
        drawn = [grid.month(day) + 1 for i in ids for day, _, _ in loans[i].planned()]
        return min(max(drawn, default=0) + 1, grid.months)

    surplus = {
        key: np.maximum(0, sum(p.cash - p.service for _, p, _ in parts).cumsum()) for key, parts in pairs.items()
    }
    for key, parts in pairs.items():
        box_id = next(loans[i].file["box"] for i, _, _ in parts)
        together = sum(surplus[other] for other, rest in pairs.items() if loans[rest[0][0]].file["box"] == box_id)
        claim = np.where(together > move["tolerance"], surplus[key] / np.where(together > 0, together, 1), 0)
        box = boxes[box_id].rows
        found = judge(
            [p for _, p, _ in parts],
            contracts[key]["last_period"] if key in contracts else 0,
            box["account.kept"] * claim,
            box["account.for_balloon"] * claim,
            after_last_draw([i for i, _, _ in parts]),
            move["tolerance"],
            move["cover"],
        )
        found |= cash_beside([p for _, p, _ in parts], move["tolerance"])
        answer |= {f"pair.{key}.{name}": value for name, value in found.items()}
        answer[f"pair.{key}.kept"] = box["account.kept"] * claim
        answer.books[key] = {
            "parts": parts, "kept": box["account.kept"] * claim, "for_balloon": box["account.for_balloon"] * claim,
            "contract_end": contracts[key]["last_period"] if key in contracts else 0, "pays_out": boxes[box_id].pays_out,
            "shares": {i: allocation["cash_share"].get(key, {}).get(i, 0.0) for i, _, _ in parts}}
    for key, parts in pairs.items():  # T4 only: the reserve of the box pays what is missing, pro rata
        box_id = loans[parts[0][0]].file["box"]
        missing = answer[f"pair.{key}.shortfall"]
        of_all = sum(
            answer[f"pair.{other}.shortfall"]
            for other, rest in pairs.items()
            if loans[rest[0][0]].file["box"] == box_id
        )
        relief = (
            np.where(of_all > move["tolerance"], missing / np.where(of_all > 0, of_all, 1), 0)
            * boxes[box_id].rows["payout.relieved"]
        )
        answer[f"pair.{key}.t1_with_reserve"] = float(not np.any(missing - relief > move["tolerance"]))

    hidden = {f"{key}.unmapped" for key, loan in loans.items() if loan.file.get("unmapped") == "undisclosed"}
    in_boxes = [(loan_id, part) for key, parts in grouped.items() if key not in hidden for loan_id, part, _ in parts]
    other = [
        (key, Part(loan.rows, loan.matures + 1, 1.0, nothing, 0, loan.rows["pays"]))
        for key, loan in loans.items()
        if loan.file.get("box") is None
    ]
    for name, pool in (("gpu", in_boxes), ("all", in_boxes + other)):
        if not pool:
            continue
        parts = [part for _, part in pool]
        ends = [contracts[c]["last_period"] for c in contracts if c in grouped]
        kept, for_balloon = cash_kept_pooled(parts)
        found = judge(
            parts,
            max(ends, default=0),
            kept,
            for_balloon,
            after_last_draw([i for i, _ in pool]),
            move["tolerance"],
            move["cover"],
        )
        found |= cash_beside(parts, move["tolerance"])
        answer |= {f"pool.{name}.{row}": value for row, value in found.items()}
    return answer


def stack(case: Rows, grid: Grid, contracts: Rows, loans: dict[str, Loan], move: Rows) -> Rows:
    """Totals, and the bridge from the as-of balance to the pro-forma one."""
    bridge_end = case["case"].get("pro_forma_date") or grid.as_of
    near = months_later(grid.as_of, 24, 31)
    principal, cost, due = 0.0, 0.0, 0.0
    for loan in loans.values():
        pro_forma = loan.term("balance") * loan.size + sum(
            loan.rows["drawn"][t] - loan.rows["from_proceeds"][t]
            for t in range(grid.months)
            if grid.ends[t] <= bridge_end
        )
        principal += pro_forma
        cost += loan.term("unamortised_cost") * loan.size * (pro_forma > 0)
        due += sum(
            loan.rows["scheduled"][t] + loan.rows["balloon"][t] for t in range(grid.months) if grid.ends[t] <= near
        )

    def in_all(rows: list[Rows], *names: str) -> Any:
        return sum(r[name] for r in rows for name in names)

    ours, theirs = [loan.rows for loan in loans.values()], list(contracts.values())
    return {
        "stack.principal": principal,
        "stack.cost": cost,
        "stack.net": principal - cost,
        "stack.due_24_months": due,
        "stack.closing": in_all(ours, "closing"),
        "stack.interest": in_all(ours, "interest"),
        "stack.principal_due": in_all(ours, "scheduled", "balloon"),
        "stack.from_proceeds": in_all(ours, "from_proceeds"),
        "stack.due_on_as_of_stack": in_all(ours, "due_on_as_of_stack"),
        "stack.backlog": in_all(theirs, "backlog"),
        "stack.cash_to_come": in_all(theirs, "cash_to_come"),
        "stack.billed": in_all(theirs, "revenue"),
        "stack.receipts": in_all(theirs, "receipts"),
        "stack.deferred_revenue": in_all(theirs, "deferred_revenue"),
    }


# ---- 8 grades and claims --------------------------------------------------------------------------------------------


def hidden_debt(case: Rows) -> list[str]:
    """Loans of which a part has no contract, and nobody says why."""
    shares = case["debt"]["allocation"]["debt_share"]
    files = case["debt"]["instruments"]
    return [
        f["id"] for f in files if f.get("unmapped") == "undisclosed" and shares.get(f["id"], {}).get("none", 0.0) > 0
    ]


def is_stress(moderate: list[Rows]) -> bool:
    """The moderate set delays, lowers prices and raises rates, each somewhere and by enough."""
    return (
        any(m.get("drivers.delay_days", 0) > 0 for m in moderate)
        and any(m.get("drivers.price_change", 0) <= -0.1 for m in moderate)
        and any(m.get("drivers.rate_shift", 0) >= 0.01 for m in moderate)
    )


def grade(case: Rows, hand: dict[str, Any], pair: str, scenario: str) -> str:
    """N, A, B, C with its letters or D, the first that applies (RULES 6); `hand` holds the rows of every scenario."""
    if pair.removesuffix(".unmapped") in hidden_debt(case) and pair.endswith(".unmapped"):
        return "N"
    rows, names = hand[scenario], case["scenarios"].get("moderate") or []
    if all(rows[f"pair.{pair}.{t}"] for t in ("t1", "t2", "t3")):
        stands = all(hand[n][f"pair.{pair}.{t}"] for n in names for t in ("t1_with_reserve", "t2", "t3"))
        stress = is_stress([case["scenarios"]["scenarios"][n]["overrides"] for n in names])
        return "A" if stress and stands else "B"
    letters = smallest(rows.books[pair])
    return f"C-{letters}" if letters else "D"


def cause(rows: Rows, pair: str, grades: str) -> int:
    """Which reason is given: 1 not testable, 2 T1, 3 T2, 4 T3, 5 covered with cash kept, 6 covered."""
    failed = [n for n, t in enumerate(("t1", "t2", "t3"), start=2) if not rows[f"pair.{pair}.{t}"]]
    return 1 if grades == "N" else failed[0] if failed else 5 if rows[f"pair.{pair}.leaned_month"] else 6


def rests_on_assumptions(case: Rows, pairs: list[str]) -> bool:
    """The allocation, or a number, date or repayment of a contract or loan of a pair, is assumed."""
    allocation = case["debt"]["allocation"]
    loans = set(allocation["debt_share"])

    def assumed(said: Any) -> bool:
        if isinstance(said, dict):
            itself = said.get("grade") == "assumed" and ("value" in said or "profile" in said)
            return itself or any(assumed(x) for x in said.values())
        return isinstance(said, list) and any(assumed(x) for x in said)

    return (
        allocation["basis"] != "disclosed"
        or allocation["grade"] == "assumed"
        or any(assumed(c) for c in case["contracts"] if c["id"] in pairs)
        or any(assumed(i) for i in case["debt"]["instruments"] if i["id"] in loans)
    )


def claims(case: Rows, rows: Rows, grades: dict[str, str]) -> dict[str, str]:
    """H1, H3a and H3b of one scenario."""
    if_so = "holds_if_assumed" if rests_on_assumptions(case, list(grades)) else "holds"
    found = set(grades.values())
    h1 = if_so if found <= {"A", "B"} else "not_proven" if found <= {"A", "B", "N"} else "fails"
    held = "not_proven" if hidden_debt(case) else if_so

    def pooled(name: str) -> str:
        return held if all(rows[f"pool.{name}.{t}"] for t in ("t1", "t2", "t3")) else "fails"

    return {"h1": h1, "h3a": pooled("gpu"), "h3b": pooled("all")}
