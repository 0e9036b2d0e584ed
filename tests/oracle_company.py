"""The company by hand: its cash month by month, who pays what boxes lack, and K1 to K6, with nothing of `model/`.

It starts from what `work_out` of `tests/oracle.py` says of contracts, loans and boxes, and walks through the months as a
treasurer would: what comes in, what must be paid, which guarantee is called and whether the cash is there for it.
`company_by_hand(case, hand, changes)` gives rows by their address in the model, month 1 first. `case["company"]` is the
content of company.yaml.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from tests.oracle_days import DAY, Grid, Rows, straight_line, told

IN_KIND_OF_GOODS = ("vendor", "finance_lease")  # a draw is a delivery: no cash
TOL = 1e-6


def company_by_hand(case: Rows, hand: Rows, changes: Rows | None = None) -> Rows:
    """Every row of the company of a case under the changes of a scenario."""
    return Company(case, hand, changes or {}).work_out()


class Company:
    """One company while its months are worked out."""

    def __init__(self, case: Rows, hand: Rows, changes: Rows) -> None:
        self.case, self.hand, self.changes = case, hand, changes
        self.said: Rows = case["company"]
        self.months = len(hand["stack.closing"])
        self.grid = Grid(case["case"]["as_of"], self.months)
        self.loans = {one["id"]: one for one in case["debt"]["instruments"]}
        self.own = [key for key, one in self.loans.items() if not one.get("box")]
        self.rows: Rows = {}

    # ---- what the papers say -----------------------------------------------------------------------------------------

    def number(self, part: str, name: str, default: float = 0.0) -> float:
        """A number of company.yaml, or what the scenario says of it."""
        key = f"company.{part.replace('_', '-')}.{name}"
        return float(self.changes.get(key, told(self.said.get(part) or {}, name, default)))

    def nothing(self) -> Any:
        return np.zeros(self.months)

    def stream(self, said: Rows | None) -> Any:
        """Amounts on dates; a year is shared by its months that are still to come."""
        row = self.nothing()
        for flow in (said or {}).get("flows") or []:
            if 0 <= (t := self.grid.month(flow["date"])) < self.months:
                row[t] += flow["amount"]["value"]
        for year, number in ((said or {}).get("by_year") or {}).items():
            ahead = [t for t in range(12) if date(year, t + 1, 1) > self.grid.as_of]
            for t, end in enumerate(self.grid.ends):
                if end.year == year:
                    row[t] += number["value"] / len(ahead)
        return row

    def compound(self, level: float, growth: float) -> Any:
        """A level that rises once a year, on the anniversary of the start."""
        return np.array([level * (1 + growth) ** (t // 12) for t in range(self.months)])

    def sum_of(self, name: str, keys: Any) -> Any:
        return sum((self.hand[f"{key}.{name}"] for key in keys if f"{key}.{name}" in self.hand), self.nothing())

    # ---- income and cost ---------------------------------------------------------------------------------------------

    def income(self) -> tuple[Any, Any, Any]:
        """Contracted and pledged to nobody; prepaid; not contracted."""
        shares = self.case["debt"]["allocation"]["cash_share"]
        contracts = [one["id"] for one in self.case["contracts"]]
        free = {key: 1 - sum(shares.get(key, {}).values()) for key in contracts}
        contracted = sum((free[key] * self.hand[f"{key}.cfads"] for key in contracts if free[key] > 1e-12), self.nothing())
        prepaid = self.sum_of("prepayment_received", contracts)
        said = self.said.get("business") or {}
        other = self.stream(said.get("plan")) + self.compound(self.number("business", "level"), self.number("business", "growth"))
        other = other * (1 + self.number("business", "change"))
        for name in ("renewal", "merchant", "residual", "support"):
            other = other + self.sum_of(name, contracts)
        return contracted, prepaid, other

    def premises(self) -> Any:
        """Leases less what contracts carry of them, and power."""
        said = self.said.get("premises") or {}
        if not said:
            return self.nothing()
        carried = self.sum_of("rent", [one["id"] for one in self.case["contracts"]])
        moved = 1 + self.number("premises", "change")
        rent = np.maximum(0, self.stream(said.get("rent")) * moved - self.number("premises", "covers_contracts") * carried)
        signed = self.stream(said.get("signed")) * self.number("premises", "signed_share")
        return rent + signed + self.stream(said.get("power")) * moved

    def purchases(self) -> tuple[Any, Any]:
        """The company's share of what is bought, and what is committed."""
        equity, committed = self.nothing(), self.nothing()
        for one in self.said.get("capex") or []:
            advance = told(one, "advance", None)
            if advance is None:
                advance = told(self.loans[one["loan"]], "advance_rate") if one.get("loan") else 0.0
            equity += self.stream(one["plan"]) * (1 - advance)
            committed += self.stream(one["plan"]) * told(one, "committed", 1.0)
        return equity, committed

    def claims(self) -> Any:
        """The deposit on its day; the put at the first month end below the strike, unless the share stood too high before."""
        row = self.nothing()
        if deposit := self.said.get("deposit"):
            t = self.grid.month(deposit["repaid_on"]["value"])
            if 0 <= t < self.months:
                row[t] += told(deposit, "amount") * (1 + told(deposit, "fee"))
        if put := self.said.get("put"):
            points, moved = self.case["curves"][put["share_prices"]], 1 + self.changes.get("drivers.share_change", 0.0)
            for t, end in enumerate(self.grid.ends):
                price = straight_line(points, end) * moved
                if price >= told(put, "lapse_above", 1e9):
                    break
                if end >= put["exercisable_from"]["value"] and price < put["strike"]["value"]:
                    row[t] += put["shares"]["value"] * put["strike"]["value"]
                    break
        return row

    # ---- debt --------------------------------------------------------------------------------------------------------

    def promised(self, key: str) -> Rows | None:
        promise: Rows | None = self.loans[key].get("guarantee")
        return promise if promise and promise["provider"] == self.said.get("name") else None

    def limit(self, keys: list[str]) -> float:
        amounts = [told(promise, "amount", None) for key in keys if (promise := self.promised(key))]
        return 1e9 if None in amounts else float(sum(amounts))

    def raised(self) -> Any:
        """What draws of the company's own debt bring in."""
        row = self.nothing()
        for key in self.own:
            if self.loans[key]["kind"] not in IN_KIND_OF_GOODS:
                row += self.hand.get(f"{key}.funds", self.hand[f"{key}.drawn"])
        return row

    def event_month(self) -> int:
        """Month of the cross-default, the first being 0; far where there is none."""
        if month := self.changes.get("drivers.cross_default", 0.0):
            return int(month) - 1
        said = (self.said.get("events") or {}).get("cross_default")
        return self.grid.month(said["date"]) if said else self.months + 1

    # ---- month by month ----------------------------------------------------------------------------------------------

    def work_out(self) -> Rows:
        said, hand, rows = self.said, self.hand, self.rows
        boxes = self.case["debt"]["boxes"]
        inside = {box["id"]: [k for k, one in self.loans.items() if one.get("box") == box["id"]] for box in boxes}
        contracted, prepaid, other = self.income()
        business = contracted + prepaid + other
        overhead = self.nothing()
        if said.get("overhead"):
            overhead = self.compound(self.number("overhead", "monthly"), self.number("overhead", "rise")) * (
                1 + self.number("overhead", "change"))
        premises, (equity, committed), claims = self.premises(), self.purchases(), self.claims()
        plan_in, plan_out = (self.stream({"flows": said["liquidity"].get(name)}) for name in ("receipts", "payments"))
        distributed = self.sum_of("payout.distribution", inside)
        interest = self.sum_of("service", self.own) - self.sum_of("scheduled", self.own)
        principal = self.sum_of("scheduled", self.own) + self.sum_of("balloon", self.own)
        early = sum((self.sum_of(name, self.own) for name in ("from_proceeds", "from_events", "call_cost")), self.nothing())
        raised, event = self.raised(), self.event_month()
        lines = [key for key in self.own if self.loans[key]["kind"] == "revolver"]

        names = ("cash", "received", "called", "paid", "accelerated", "tax", "frozen", "lines", "due_at_once", "untouched")
        row = {name: self.nothing() for name in names}
        by_box = {box["id"]: {name: self.nothing() for name in ("called", "paid", "without_recourse")} for box in boxes}
        called_so_far = dict.fromkeys(inside, 0.0)
        cash = frozen = told(said["liquidity"], "opening_cash")
        so_far = 0.0
        for t, end in enumerate(self.grid.ends):
            live = t < event
            row["received"][t] = distributed[t] if live else 0.0
            usable = [key for key in lines if live and self.open_line(key, t)]
            at_hand = max(0.0, cash + sum(self.undrawn_before(key, t) for key in usable))
            for box in boxes:
                keys, got = inside[box["id"]], by_box[box["id"]]
                missing = hand[f"{box['id']}.payout.called"][t] + hand[f"{box['id']}.balloon.shortfall"][t]
                owed = [hand[f"{key}.opening"][t] + hand[f"{key}.drawn"][t] for key in keys]
                promised = sum(o for o, key in zip(owed, keys, strict=True) if self.promised(key))
                share = 1.0 if not box["ring_fenced"] else promised / sum(owed) if sum(owed) > TOL else 0.0
                room = (1e9 if not box["ring_fenced"] else self.limit(keys)) - called_so_far[box["id"]]
                call = min(max(0.0, room), missing * share) if live else 0.0
                called_so_far[box["id"]] += call
                got["called"][t], got["paid"][t] = call, min(call, at_hand)
                got["without_recourse"][t] = missing - call if live else 0.0
                at_hand -= got["paid"][t]
                row["called"][t] += call
                row["paid"][t] += got["paid"][t]
            at_once = self.at_once(inside, t) if t == event else 0.0
            row["due_at_once"][t], row["accelerated"][t] = at_once, min(at_once, max(0.0, cash))
            held = {name: flow[t] if live else 0.0 for name, flow in (
                ("interest", interest), ("principal", principal), ("early", early), ("raised", raised))}
            reserves = sum(f["amount"]["value"] for box in boxes for held_by in box.get("accounts") or []
                           for f in held_by.get("funding") or [] if self.grid.month(f["date"]) == t)
            so_far += row["received"][t] + contracted[t] + other[t] - overhead[t] - premises[t]
            so_far -= held["interest"] + row["paid"][t]
            if end.month == 12:
                row["tax"][t] = self.number("tax", "rate") * max(0.0, so_far) if said.get("tax") else 0.0
                so_far = 0.0
            row["tax"][t] += self.stream((said.get("tax") or {}).get("plan"))[t]
            flow = (row["received"][t] + business[t] + plan_in[t] - plan_out[t] - overhead[t] - premises[t] - row["tax"][t]
                    - equity[t] - claims[t] - held["interest"] - held["principal"] - held["early"])
            cash += flow + held["raised"] - row["paid"][t] - reserves - row["accelerated"][t]
            frozen += flow - reserves - row["called"][t] - at_once + (
                sum(self.lent_later(key, t) for key in lines) if live else 0.0)
            row["cash"][t], row["frozen"][t] = cash, frozen
            row["lines"][t] = sum(hand[f"{key}.undrawn"][t] for key in usable)
            row["untouched"][t] = sum(self.undrawn_at_start(key) for key in usable)
            interest[t], principal[t] = held["interest"], held["principal"]
        rows |= {f"company.recourse.{key}.{name}": values for key, got in by_box.items() for name, values in got.items()}
        rows |= {"treasury.cash": row["cash"], "treasury.received": row["received"], "treasury.business": business,
                 "treasury.overhead": overhead, "treasury.premises": premises, "treasury.tax": row["tax"],
                 "treasury.capex": equity, "treasury.claims": claims,
                 "treasury.unsecured_interest": interest, "treasury.unsecured_principal": principal,
                 "company.cross-default.called": row["due_at_once"], "company.cross-default.paid": row["accelerated"],
                 "company.liquidity.liquidity": row["cash"] + row["lines"], "company.runway.cash": row["frozen"],
                 "company.runway.with_lines": row["frozen"] + row["untouched"]}
        self.tests(row, committed, contracted + other, inside)
        return rows

    def open_line(self, key: str, t: int) -> bool:
        """A revolver may be drawn while it is available and before the month in which it falls due."""
        first = self.grid.as_of + DAY if t == 0 else self.grid.ends[t - 1] + DAY
        end = self.loans[key].get("availability_end")
        return end is not None and first <= end["value"] and t + 1 < self.hand[f"{key}.last_period"]

    def undrawn_at_start(self, key: str) -> float:
        one = self.loans[key]
        scale = self.changes.get("drivers.debt_scale", 1.0)
        return float(max(0.0, told(one, "undrawn_before") - told(one, "letters")) * scale)

    def undrawn_before(self, key: str, t: int) -> float:
        return self.undrawn_at_start(key) if t == 0 else float(self.hand[f"{key}.undrawn"][t - 1])

    def lent_later(self, key: str, t: int) -> float:
        """At maturity: what falls due on later draws."""
        if t + 1 != self.hand[f"{key}.last_period"]:
            return 0.0
        due = self.hand[f"{key}.scheduled"][t] + self.hand[f"{key}.balloon"][t]
        return float(due - self.closing_before(key, 0))

    def closing_before(self, key: str, t: int) -> float:
        return float(self.hand[f"{key}.opening"][t])

    def at_once(self, inside: dict[str, list[str]], t: int) -> float:
        """Balances of the month before: guaranteed, of boxes without ring fence, and the company's own with interest."""
        fenced = {box["id"]: box["ring_fenced"] for box in self.case["debt"]["boxes"]}
        total = 0.0
        for box, keys in inside.items():
            for key in keys:
                if not fenced[box]:
                    total += self.closing_before(key, t)
                elif self.promised(key):
                    total += min(self.limit([key]), self.closing_before(key, t))
        for key in self.own:
            accrued = self.hand[f"{key}.accrued"][t - 1] if t else told(self.loans[key], "accrued_before")
            total += self.closing_before(key, t) + float(accrued)
        return total

    # ---- K1, K3, K4, K6, DSCR* ---------------------------------------------------------------------------------------

    def tests(self, row: Rows, committed: Any, ebitda: Any, inside: dict[str, list[str]]) -> None:
        rows, opening = self.rows, told(self.said["liquidity"], "opening_cash")
        fixed = rows["treasury.overhead"] + rows["treasury.unsecured_interest"] + rows["treasury.premises"]
        lines = sum(self.undrawn_at_start(key) for key in self.own if self.loans[key]["kind"] == "revolver")
        at_start = opening + lines
        if self.said.get("overhead"):
            charged = fixed[:12].sum()
            rows["company.fixed-charges.first_year"] = row["received"][:12].sum() / charged if charged > TOL else np.nan
            own = sum((rows[f"company.recourse.{box['id']}.called"] for box in self.case["debt"]["boxes"]
                       if not box["ring_fenced"]), self.nothing())
            rows["company.two-years.due"] = (rows["treasury.unsecured_principal"] + own + row["due_at_once"])[:24].sum()
            rows["company.two-years.available"] = (at_start + row["received"][:24].sum()
                                                   - (fixed + rows["treasury.tax"])[:24].sum())
            rows["company.two-years.called_on"] = (row["called"] - own)[:24].sum()
            ring = {box["id"]: box["ring_fenced"] for box in self.case["debt"]["boxes"]}

            def earned_and_owed(fenced: bool) -> tuple[Any, Any]:
                inner = [key for box, keys in inside.items() for key in keys if ring[box] == fenced]
                shares_of = self.case["debt"]["allocation"]["cash_share"]
                return sum((share * self.hand[f"{c}.cfads"] for c, shares in shares_of.items()
                            for key, share in shares.items() if key in inner), self.nothing()), self.sum_of("service", inner)

            (cash, service), (own_cash, own_service) = earned_and_owed(True), earned_and_owed(False)
            for n in {n for n in (12, 24, self.months) if n <= self.months}:
                served = service[:n].sum()
                needed = served + (fixed + rows["treasury.tax"] + own_service - own_cash)[:n].sum()
                rows[f"company.required-{n}.required"] = needed / served if served > TOL else np.nan
                rows[f"company.required-{n}.actual"] = cash[:n].sum() / served if served > TOL else np.nan
        fenced = {box["id"]: box["ring_fenced"] for box in self.case["debt"]["boxes"]}
        promised = sum(min(self.limit([key]), self.closing_before(key, 0))
                       for box, keys in inside.items() if fenced[box] for key in keys if self.promised(key))
        rows["company.guarantees.to_liquidity"] = promised / at_start if at_start > TOL else np.nan
        if self.said.get("capex"):
            undrawn = sum(self.undrawn_at_start(key) for key in self.loans)
            rows["company.growth.unfunded"] = max(0.0, committed.sum() - undrawn - max(0.0, opening))
        out = np.flatnonzero(rows["company.runway.cash"] < -TOL)
        rows["company.runway.months"] = float(out[0]) if len(out) else np.nan
        out = np.flatnonzero(rows["company.runway.with_lines"] < -TOL)
        rows["company.runway.months_with_lines"] = float(out[0]) if len(out) else np.nan
        if said := self.said.get("loan_tests"):
            self.loan_tests(said, row["cash"])

    def loan_tests(self, said: Rows, cash: Any) -> None:
        """Twelve months of EBITDA month by month: those of the model, and of the history the flows that are not older."""
        contracts, rows = [one["id"] for one in self.case["contracts"]], self.rows
        _, _, other = self.income()
        earned = (self.sum_of("revenue", contracts) + other - self.sum_of("cost", contracts) - rows["treasury.overhead"]
                  - rows["treasury.premises"])
        year = self.nothing()
        for t, end in enumerate(self.grid.ends):
            year[t] = earned[max(0, t - 11) : t + 1].sum()
            for flow in said.get("history") or []:
                if (end.year - flow["date"].year) * 12 + end.month - flow["date"].month < 12:
                    year[t] += flow["amount"]["value"]
        debt = self.sum_of("closing", self.loans) - cash
        rows["company.loan-tests.ebitda_of_year"] = year
        rows["company.loan-tests.leverage_headroom"] = told(said, "leverage_limit", 6.0) * np.maximum(0, year) - debt
        rows["company.loan-tests.revenue_headroom"] = (told(said, "counted", 1.0) * self.sum_of("backlog", contracts)
                                                       - told(said, "revenue_floor", 1000.0))
