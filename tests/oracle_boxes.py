"""The boxes by hand: cash that runs down the steps which the papers list, accounts, covenants and cures.

Plain Python with nothing of `model/`: on a payment date one goes down the list with the cash in hand, as a paying agent
does. Months count from 0. What is seen ahead comes from the loans by their papers (`papers`), worked out beforehand.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.oracle_days import Rows, told

LEVELS = {"opex": "operating-cost", "fees": "fees", "interest": "interest", "principal": "principal", "balloon": "balloon"}
CEILINGS = ("ltc", "ltv", "non_ig")  # these must not be above their level
SERVED = ("opex", "fees", "interest", "principal")


class Step:
    """One step as it is written: `pay interest of a, b`, `fill dsra`, `sweep 50 % if dscr >= lock_up`, `distribute`."""

    def __init__(self, text: str) -> None:
        done, _, conditions = text.partition(" if ")
        self.verb, _, rest = done.strip().partition(" ")
        self.what, _, whose = rest.partition(" of ")
        self.what = self.what.strip()
        self.loans = [key.strip() for key in whose.split(",")] if whose else []
        self.share = float(self.what.split("%")[0]) / 100 if "%" in self.what else 1.0
        self.conditions = [tuple(part.split()) for part in conditions.split(" and ")] if conditions else []
        self.name = self.verb

    def answers_for(self, key: str) -> bool:
        return not self.loans or key in self.loans


def steps_of(file: Rows) -> list[Step]:
    """The list, with the balloon right after its principal where it has no step, and the names of what is done twice."""
    written = [said if isinstance(said, str) else said["step"] for said in file["waterfall"]["steps"]]
    has_balloon = any(text.split()[:2] == ["pay", "balloon"] for text in written)
    found: list[Step] = []
    for text in written:
        found.append(Step(text))
        if found[-1].what == "principal" and not has_balloon:
            found.append(Step(text.replace("principal", "balloon", 1)))
    times: Rows = {}
    for step in found:
        if step.verb == "pay":
            step.name = ".".join([LEVELS[step.what], *step.loans])
        elif step.verb == "fill":
            step.name = step.what
        else:
            step.name = {"sweep": "sweep", "distribute": "distribution"}[step.verb]
        times[step.name] = times.get(step.name, 0) + 1
        step.name += f"-{times[step.name]}" if times[step.name] > 1 else ""
    return found


class Papers:
    """A loan by its papers: what it owes and pays where nothing is swept, tested or repaid early."""

    def __init__(self, loan: Any) -> None:
        owed = np.concatenate([[loan.rows["opening"][0]], loan.rows["closing"]])
        self.closing, self.principal = loan.rows["closing"], loan.rows["scheduled"]
        self.interest = (loan.rows["growth"] - 1) * owed[:-1]
        self.rows = loan.rows

    def service_ahead(self, t: int, months: int, owed: float, tolerance: float) -> float:
        """Of the months after t, on what is owed now: instalments as far as it lasts, no balloon, and interest in proportion."""
        ahead = slice(t + 1, t + 1 + months)
        part = owed / self.closing[t] if self.closing[t] > tolerance else 0.0
        return float(min(owed, self.principal[ahead].sum()) + self.interest[ahead].sum() * part)


class Pot:
    """An account of the box."""

    def __init__(self, box: Box, file: Rows) -> None:
        self.box, self.file, self.id = box, file, file["id"]
        self.serves = file.get("serves") or SERVED
        self.balance = self.term("held_before")
        self.rows = {name: np.zeros(box.months) for name in ("opening", "target", "filled", "drawn", "released", "closing")}

    def term(self, name: str, default: float = 0.0) -> float:
        return float(self.box.move.get(f"{self.box.id}.{self.id}.{name}", told(self.file, name, default)))

    def open(self, t: int) -> None:
        """What is in it once it is funded from outside, and what should be."""
        box = self.box
        funded = sum(flow["amount"]["value"] for flow in self.file.get("funding") or [] if box.grid.month(flow["date"]) == t)
        self.rows["opening"][t] = self.balance + funded
        wanted = [self.term("fixed_target"), self.term("balance_target") * box.owed(t)]
        if "months_of_service" in self.file:
            wanted.append(box.service_ahead(t, int(self.term("months_of_service"))))
        for name, row in (("months_of_cost", box.cost), ("months_of_power", box.power)):
            if name in self.file:
                wanted.append(row[t + 1 : t + 1 + int(self.term(name))].sum())
        in_letters = self.term("letters") * (1 - self.term("letters_cash"))
        self.rows["target"][t] = max(0.0, min(self.term("target_cap", 1e9), max(wanted)) - in_letters)

    def fill(self, t: int, cash: float) -> float:
        self.rows["filled"][t] = max(0.0, min(cash, self.rows["target"][t] - self.rows["opening"][t]))
        return float(self.rows["filled"][t])

    def settle(self, t: int, missing: float, gives_back: bool) -> float:
        """Pays what is missing; gives back what it does not need."""
        rows = self.rows
        held = rows["opening"][t] + rows["filled"][t]
        drawn = rows["drawn"][t] = min(held, max(0.0, missing))
        if gives_back and self.term("releases"):
            rows["released"][t] = max(0.0, rows["opening"][t] - drawn - rows["target"][t])
        self.balance = rows["closing"][t] = held - drawn - rows["released"][t]
        return float(drawn)


class Covenant:
    """What is tested, and how it stands since its last test."""

    def __init__(self, box: Box, file: Rows) -> None:
        self.box, self.file, self.id, self.is_ceiling = box, file, file["id"], file["test"] in CEILINGS
        self.needed = int(self.term("clean_tests", 1))
        self.passed_in_a_row, self.to_cure = self.needed, 0.0
        self.in_default, self.default_now, self.binds = False, False, True
        self.rows = {name: np.zeros(box.months) for name in ("tested", "locked", "breached", "in_default", "to_cure")}

    def term(self, name: str, default: float = 0.0) -> float:
        return float(self.box.move.get(f"{self.box.id}.{self.id}.{name}", told(self.file, name, default)))

    def look(self, t: int, paying: bool) -> None:
        """Test it on a payment date, from the first test on, once there are so many months to look back on."""
        box, months = self.box, int(self.term("months", 12))
        first = told(self.file, "first_test", box.grid.ends[0])
        back = self.file["test"] in ("dscr", "realisation", "non_ig") and self.file.get("look", "back") == "back"
        begun = box.grid.ends[t] >= first and (t + 1 >= months or not back)
        measured, against = self.measured(t, months)
        self.default_now, self.to_cure, self.binds = False, 0.0, box.owed(t) > box.tolerance
        says_something = against > box.tolerance or self.file["test"] in ("ltc", "ltv")
        if paying and begun and self.binds and says_something:
            self.rows["tested"][t] = 1.0
            none = 10.0 if self.is_ceiling else 0.0
            default = self.term("default", none)  # which locks up as well, where no other level does
            room = {"default": self.room(default, measured, against),
                    "lock_up": self.room(self.term("lock_up", default), measured, against)}
            self.passed_in_a_row = self.passed_in_a_row + 1 if room["lock_up"] >= -box.tolerance else 0
            self.in_default = self.default_now = "default" in self.file and room["default"] < -box.tolerance
            self.to_cure = max(0.0, -room["default"])
        self.in_default = self.in_default and self.binds
        for name, value in (("locked", not self.clear()), ("breached", self.default_now),
                            ("in_default", self.in_default), ("to_cure", self.to_cure if self.default_now else 0.0)):
            self.rows[name][t] = value

    def clear(self) -> bool:
        """Out of lock-up; without debt no covenant binds."""
        return self.passed_in_a_row >= self.needed or not self.binds

    def room(self, level: float, measured: float, against: float) -> float:
        """How far it is on the good side, in dollars."""
        return (level * against - measured) if self.is_ceiling else measured - level * against

    def measured(self, t: int, months: int) -> tuple[float, float]:
        """What, against what."""
        box, gone, ahead = self.box, slice(max(0, t + 1 - months), t + 1), slice(t + 1, t + 1 + months)
        test = self.file["test"]
        if test == "dscr" and self.file.get("look") == "forward":
            return float(box.cfads[ahead].sum()), box.service_ahead(t, months)
        if test == "clcr":
            return float(box.worth[t]), box.owed(t) + sum(papers.rows["drawn"][t:].sum() for papers in box.papers.values())
        if test == "liquidity":
            return box.cash + sum(pot.rows["opening"][t] for pot in box.pots), 1.0
        if test in ("ltc", "ltv"):
            worth = {"ltc": "book_cost", "ltv": "market_value"}[test]
            return (box.owed(t),
                    sum(loan.rows[worth][t] for loan in box.loans if worth in loan.rows))
        over, under = {"dscr": (box.rows["account.tested_cash"], box.rows["account.service"]),
                       "realisation": (box.receipts, box.signed), "non_ig": (box.weak, box.receipts)}[test]
        return float(over[gone].sum()), float(under[gone].sum())

    def meets(self, sign: str, level: str) -> bool:
        """`dscr >= lock_up`: out of lock-up; `dscr < lock_up`: in it. For a ceiling the other way round."""
        good = self.clear() if level == "lock_up" else not self.in_default
        return good == (sign.startswith("<") if self.is_ceiling else sign.startswith(">"))


class Cures:
    """What the parent pays in to end a default: within limits, apart from everything that is tested."""

    def __init__(self, box: Box, file: Rows) -> None:
        self.box, self.file = box, file
        self.left, self.times = told(file, "at_most", 1e6), told(file, "times", 1000)
        self.balance = 0.0
        self.rows = {name: np.zeros(box.months) for name in ("cured", "opening", "drawn", "released", "closing")}

    def pay_in(self, t: int) -> None:
        on = next(c for c in self.box.covenants if c.id == self.file["on"])
        open_still = self.box.grid.ends[t] <= self.file["until"]["value"] and self.times >= 1
        amount = min(self.left, on.to_cure) if open_still and on.default_now else 0.0
        self.rows["cured"][t], self.rows["opening"][t] = amount, self.balance
        self.left, self.times = self.left - amount, self.times - (amount > self.box.tolerance)

    def settle(self, t: int, missing: float) -> float:
        """Pays what nothing else could; goes back once no debt is left."""
        held = self.balance + self.rows["cured"][t]
        drawn = self.rows["drawn"][t] = min(held, max(0.0, missing))
        if self.box.owed(t) <= self.box.tolerance:
            self.rows["released"][t] = held - drawn
        self.balance = self.rows["closing"][t] = held - drawn - self.rows["released"][t]
        return float(drawn)


class Box:
    """The account of a borrower: cash gathers by loan, and on the dates of a loan its cash runs down the steps.

    `flows` holds by loan what contracts bring in and cost for it (RULES 19), and by month in all: `power` bills, receipts
    as `signed` and of customers without an investment grade (`weak`), and what contracted cash is `worth` at the loans'
    own rates. `papers` are its loans by their papers.
    """

    def __init__(self, file: Rows, loans: list[Any], papers: dict[str, Papers], flows: Rows, months: int, move: Rows) -> None:
        self.file, self.id, self.loans, self.papers, self.months, self.move = file, file["id"], loans, papers, months, move
        self.grid, self.tolerance, self.cash = loans[0].grid, move["tolerance"], 0.0
        self.comes_in = {name: flows[name] for name in ("receipts", "cost")}
        self.aside = {(name, loan.id): 0.0 for name in self.comes_in for loan in loans}
        self.receipts, self.cost = (sum(flows[name].values()) for name in ("receipts", "cost"))
        self.cfads = self.receipts - self.cost
        self.power, self.signed, self.weak, self.worth = (flows[name] for name in ("power", "signed", "weak", "worth"))
        self.steps = steps_of(file)
        self.pots = [Pot(self, said) for said in file.get("accounts") or []]
        self.covenants = [Covenant(self, said) for said in file.get("covenants") or []]
        self.cures = Cures(self, file["cures"]) if file.get("cures") else None
        self.pays_out = np.zeros(months)
        account = ("available", "kept", "for_balloon", "tested_cash", "service")
        payout = ("distribution", "called", "relieved")
        self.rows = {f"account.{name}": np.zeros(months) for name in account}
        self.rows |= {f"payout.{name}": np.zeros(months) for name in payout}
        for step in self.steps:
            for name in ROWS_OF[step.verb]:
                self.rows[f"{step.name}.{name}"] = np.zeros(months)

    def owed(self, t: int) -> float:
        """When the month begins."""
        return float(sum(loan.rows["opening"][t] for loan in self.loans))

    def service_ahead(self, t: int, months: int) -> float:
        """As contracted, on what is owed after the service of this date."""
        return sum(self.papers[loan.id].service_ahead(t, months, loan.after_service(t), self.tolerance) for loan in self.loans)

    def run(self, t: int) -> None:
        """A month: what comes in and what is tested; on a payment date cash runs down the steps."""
        rows = self.rows
        for name, loan_id in self.aside:
            self.aside[name, loan_id] += self.comes_in[name][loan_id][t]
        paying = any(t in loan.paid_in for loan in self.loans) or all(t > loan.matures for loan in self.loans)
        # cash of a loan that is repaid waits for nobody: it comes in on the dates of the box
        ready = [loan.id for loan in self.loans if paying and (t in loan.paid_in or t > loan.matures)]
        received, spent = (sum(self.aside[name, i] for i in ready) for name in ("receipts", "cost"))
        for i in ready:
            self.aside["receipts", i] = self.aside["cost", i] = 0.0
        rows["account.tested_cash"][t] = received - spent
        rows["account.service"][t] = sum(loan.rows["service"][t] for loan in self.loans)
        for pot in self.pots:
            pot.open(t)
        for covenant in self.covenants:
            covenant.look(t, paying)
        if self.cures:
            self.cures.pay_in(t)
        if paying:
            self.pay_out(t, received, spent)
        else:
            for pot in self.pots:
                pot.settle(t, 0.0, gives_back=False)
            if self.cures:  # go back at once when nothing is owed any more
                self.cures.settle(t, 0.0)
                rows["payout.distribution"][t] = self.cures.rows["released"][t]
            rows["account.for_balloon"][t] = self.cash
        rows["account.kept"][t] = self.cash

    def pay_out(self, t: int, received: float, spent: float) -> None:
        """Down the list."""
        rows = self.rows
        cash = rows["account.available"][t] = received + self.cash
        missing: dict[str, float] = dict.fromkeys(LEVELS, 0.0)
        swept: dict[str, float] = {loan.id: 0.0 for loan in self.loans}
        up, allowed, reaches_balloon, balloons, stays = 0.0, [], 0.0, 0.0, 1.0
        for step in self.steps:
            may = all(self.covenant(name).meets(sign, level) for name, sign, level in step.conditions)
            if step.verb == "pay":
                due = self.due(step, t, spent)
                paid = max(0.0, min(cash, due))
                missing[step.what] += due - paid
                if step.what == "balloon":  # what reaches the last one, and what has paid others before
                    reaches_balloon, balloons = cash + balloons, balloons + paid
                self.note(step, t, available=cash, due=due, paid=paid, shortfall=due - paid, remaining=cash - paid)
                cash -= paid
            elif step.verb == "fill":
                cash -= next(pot for pot in self.pots if pot.id == step.what).fill(t, cash)
            elif step.verb == "sweep":
                cash -= self.sweep(step, t, cash * self.portion(step) * may, swept)
            else:
                goes, stays = cash * self.portion(step) * may, stays * (1 - self.portion(step) * may)
                held_back = cash * self.portion(step) * (not may)
                self.note(step, t, surplus_out=goes, remaining=cash - goes, withheld=held_back)
                up, cash, allowed = up + goes, cash - goes, [*allowed, may]
        for loan in self.loans:
            loan.sweep(t, swept[loan.id])
        self.cash, self.pays_out[t] = cash, 1 - stays
        rows["account.for_balloon"][t] = reaches_balloon
        self.make_good(t, missing, up, allowed[0] if allowed else True)

    def make_good(self, t: int, missing: dict[str, float], up: float, allowed: bool) -> None:
        """Accounts pay what is missing in their order, then cures; a balloon is no call on them (T2 judges it)."""
        relieved, back = 0.0, 0.0
        for n, pot in enumerate(self.pots):
            before = sum(other.rows["drawn"][t] for other in self.pots[:n] if set(other.serves) & set(pot.serves))
            relieved += pot.settle(t, sum(missing[level] for level in pot.serves) - before, gives_back=allowed)
            back += pot.rows["released"][t]
        called = sum(missing[level] for level in SERVED) - relieved
        if self.cures:
            called -= self.cures.settle(t, called)
            back += self.cures.rows["released"][t]
        for name, value in (("distribution", up + back), ("called", called), ("relieved", relieved)):
            self.rows[f"payout.{name}"][t] = value

    def covenant(self, key: str) -> Covenant:
        return next(c for c in self.covenants if c.id == key)

    def due(self, step: Step, t: int, spent: float) -> float:
        """What a level asks for, of the loans that it names."""
        if step.what == "opex":
            return spent
        row = {"interest": "interest", "principal": "scheduled", "balloon": "balloon"}.get(step.what)
        mine = [loan for loan in self.loans if step.answers_for(loan.id)]
        return float(sum(loan.rows[row][t] if row else loan.inside["fees"][t] for loan in mine))

    def portion(self, step: Step) -> float:
        """The share of the step, unless a scenario says another."""
        return float(self.move.get(f"{self.id}.{step.name}.portion", step.share))

    def sweep(self, step: Step, t: int, cash: float, swept: dict[str, float]) -> float:
        """Repays early, pro rata to what each loan still owes."""
        after = {loan.id: loan.after_service(t) - swept[loan.id] for loan in self.loans}
        owed = sum(after.values())
        amount = min(owed, cash)
        for key, left in after.items():
            swept[key] += amount * left / owed if owed > self.tolerance else 0.0
        self.note(step, t, swept=amount)
        return amount

    def note(self, step: Step, t: int, **values: float) -> None:
        for name, value in values.items():
            self.rows[f"{step.name}.{name}"][t] = value

    def statement(self) -> Rows:
        """Every row by its address."""
        found = {f"{self.id}.{name}": row for name, row in self.rows.items()}
        for part in (*self.pots, *self.covenants):
            found |= {f"{self.id}.{part.id}.{name}": row for name, row in part.rows.items()}
        return found | ({f"{self.id}.cures.{name}": row for name, row in self.cures.rows.items()} if self.cures else {})


ROWS_OF = {"pay": ("available", "due", "paid", "shortfall", "remaining"), "fill": (), "sweep": ("swept",),
           "distribute": ("surplus_out", "remaining", "withheld")}
