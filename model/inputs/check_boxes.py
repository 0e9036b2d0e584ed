"""Rules on boxes: which exist, the steps of their waterfalls, what their accounts and covenants may say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from model.covenants import KINDS as COVENANTS
from model.covenants import Ceiling
from model.debt import KINDS
from model.inputs.check_debt import flows_in_order, loans
from model.inputs.document import Path
from model.inputs.problem import DEBT, Problem, Problems, Rule
from model.inputs.schema import Case
from model.waterfall import ALLOWED, DUES, LEVELS, Order, read

TAKEN = ("account", "payout", "claims", "cures", "cash-for-cures", "swept", "operating-cost", *LEVELS, "sweep", "distribution")
FREE = f"a name without a dot that nothing else of this box has, nor {', '.join(TAKEN)}"
COUNTED = ("months_of_service", "months_of_cost", "months_of_power", "months", "clean_tests", "times")


def boxes_exist(case: Case) -> Problems:
    """An instrument stands in a box of the file, and every box has one."""
    known = [box.id for box in case.debt.boxes]
    for path, loan in loans(case):
        if loan.box is not None and loan.box not in known:
            allowed = f"a box of this file: {', '.join(known) or 'none is declared'}"
            yield Problem(DEBT, (*path, "box"), loan.box, allowed)
        if loan.box is None and KINDS[loan.kind].on_gpus:
            allowed = f"required: a {loan.kind} is debt on GPUs and stands in a box, that of the parent if nothing is ring-fenced"
            yield Problem(DEBT, (*path, "box"), None, allowed)
        if loan.box is not None and (loan.proceeds or getattr(loan, "events", None)):
            allowed = "repayment in a box from cash that the box does not have: say who brings it; it is support, not cover"
            yield Problem(DEBT, (*path, "proceeds" if loan.proceeds else "events"), "given", allowed, True)
    used = {loan.box for loan in case.debt.instruments}
    for n, box in enumerate(case.debt.boxes):
        if box.id not in used:
            yield Problem(DEBT, ("boxes", n, "id"), box.id, "a box that an instrument names", True)


def boxes(case: Case) -> Iterator[tuple[Path, Any]]:
    """The boxes with their places."""
    yield from ((("boxes", n), box) for n, box in enumerate(case.debt.boxes))


def steps(path: Path, box: Any) -> Iterator[tuple[Path, Order]]:
    """The steps of a box that can be read, with their places."""
    for n, (text, _) in enumerate(box.waterfall.told()):
        if order := read(text):
            yield (*path, "waterfall", "steps", n), order


def steps_are_read(case: Case) -> Problems:
    """A step is written in one of the known ways, and says nothing twice."""
    for path, box in boxes(case):
        seen: set[str] = set()
        for n, (text, _) in enumerate(box.waterfall.told()):
            here: Path = (*path, "waterfall", "steps", n)
            order = read(text)
            if order is None:
                yield Problem(DEBT, here, text, f"one of: {ALLOWED}")
            elif text in seen:
                yield Problem(DEBT, here, text, "a step that is written once")
            elif order.share > 1:
                yield Problem(DEBT, here, text, "at most 100 %; 0 % where only a scenario does it")
            seen.add(text)


def dues_are_paid_once(case: Case) -> Problems:
    """Each due of each loan is paid by one step; the balloon goes with the principal unless it has its own."""
    for path, box in boxes(case):
        inside = [loan.id for loan in case.debt.instruments if loan.box == box.id]
        paid: dict[tuple[str, str], int] = {}
        for here, order in steps(path, box):
            if order.verb != "pay":
                continue
            for loan in order.loans:
                if loan not in inside:
                    yield Problem(DEBT, here, order.text, f"loans of this box: {', '.join(inside)}")
            if order.what == "opex" and order.loans:
                yield Problem(DEBT, here, order.text, "pay opex: cost belongs to contracts, not to a loan")
            for loan in order.loans or inside:
                paid[order.what, loan] = paid.get((order.what, loan), 0) + 1
        yield from _unpaid(path, paid, inside)


def _unpaid(path: Path, paid: dict[tuple[str, str], int], inside: list[str]) -> Problems:
    own_balloon = any(what == "balloon" for what, _ in paid)
    for what in (*DUES, *(("balloon",) if own_balloon else ())):
        wrong = [loan for loan in inside if paid.get((what, loan), 0) != 1]
        if wrong:
            times = sorted({paid.get((what, loan), 0) for loan in wrong})
            seen = f"{what} of {', '.join(wrong)}: {' or '.join(map(str, times))} times"
            yield Problem(DEBT, (*path, "waterfall", "steps"), seen, f"one step that pays {what} of every loan of the box")


def accounts_fit(case: Case) -> Problems:
    """Accounts are filled by one step at most, and stand narrower before wider in what they serve."""
    for path, box in boxes(case):
        known, filled = [account.id for account in box.accounts], set[str]()
        for here, order in steps(path, box):
            if order.verb == "fill" and (order.what not in known or order.what in filled):
                yield Problem(DEBT, here, order.text, f"an account of this box, once: {', '.join(known) or 'none is declared'}")
            filled |= {order.what} if order.verb == "fill" else set()
        for n, account in enumerate(box.accounts):
            here = (*path, "accounts", n)
            yield from flows_in_order(case, (*here, "funding"), account.funding)
            if account.id in known[:n] or _taken(account.id):
                yield Problem(DEBT, (*here, "id"), account.id, FREE)
            for other in box.accounts[:n]:
                both = set(other.serves) & set(account.serves)
                if both and not set(other.serves) <= set(account.serves):
                    allowed = f"all that {other.id} before it serves ({', '.join(other.serves)}), or nothing of it"
                    yield Problem(DEBT, (*here, "serves"), ", ".join(account.serves), allowed)
            if account.id not in filled and not account.funding and account.held_before is None:
                yield Problem(DEBT, (*here, "id"), account.id, "an account that a step fills, or that holds or gets cash", True)


def _taken(name: str) -> bool:
    """The names of the steps of a box, and of what stands below another name."""
    return "." in name or name in TAKEN or bool(re.fullmatch(r"(sweep|distribution)-\d+", name))


def counts_are_whole(case: Case) -> Problems:
    """Months and tests are counted, not measured."""
    for path, box in boxes(case):
        parts = [((*path, name, n), said) for name in ("accounts", "covenants") for n, said in enumerate(getattr(box, name))]
        for here, said in (*parts, ((*path, "cures"), box.cures)):
            for name in COUNTED:
                number = getattr(said, name, None)
                if number is not None and number.value % 1:
                    yield Problem(DEBT, (*here, name, "value"), number.value, "a whole number")


def covenants_fit(case: Case) -> Problems:
    """A covenant has a level, and what it is measured on is in the case."""
    for path, box in boxes(case):
        names = [one.id for one in box.covenants]
        for n, said in enumerate(box.covenants):
            here: Path = (*path, "covenants", n)
            if said.id in (*names[:n], *(account.id for account in box.accounts)) or _taken(said.id):
                yield Problem(DEBT, (*here, "id"), said.id, FREE)
            if said.lock_up is None and said.default is None:
                yield Problem(DEBT, here, None, "lock_up or default: a test without a level tests nothing")
            last = max((x.maturity.value for x in case.debt.instruments if x.box == box.id), default=None)
            if said.first_test and last and said.first_test.value > last:
                yield Problem(DEBT, (*here, "first_test"), said.first_test.value, f"a date up to {last}: never tested", True)
            yield from _levels_fit(here, said)
            yield from _measurable(case, here, box, said)


def _levels_fit(here: Path, said: Any) -> Problems:
    if said.lock_up is not None and said.default is not None:
        ceiling = issubclass(COVENANTS[said.test], Ceiling)
        low, high = (said.lock_up, said.default) if ceiling else (said.default, said.lock_up)
        if low.value > high.value:
            side = "at most" if ceiling else "at least"
            allowed = f"{side} the default level, {said.default.value:g}"
            yield Problem(DEBT, (*here, "lock_up", "value"), said.lock_up.value, allowed)
    if said.look == "forward" and said.test != "dscr":
        yield Problem(DEBT, (*here, "look"), said.look, "back: only a dscr test looks forward")


def _measurable(case: Case, here: Path, box: Any, said: Any) -> Problems:
    inside = [loan for loan in case.debt.instruments if loan.box == box.id]
    bare = [loan.id for loan in inside if getattr(loan, "collateral", None) is None]
    if said.test in ("ltc", "ltv") and bare:
        yield Problem(DEBT, (*here, "test"), said.test, f"loans with collateral: {', '.join(bare)} state none")
    if said.test == "non_ig":
        served = {key for key, row in case.debt.allocation.cash_share.items() if any(row.get(x.id, 0) > 0 for x in inside)}
        silent = [c.id for c in case.contracts.contracts if c.id in served and c.investment_grade is None]
        if silent:
            yield Problem(DEBT, (*here, "test"), said.test,
                          f"contracts that say investment_grade: true or false; {', '.join(silent)} do not")


def conditions_fit(case: Case) -> Problems:
    """A condition names a covenant of the box, on the side on which it can be met; cures name a test of cover."""
    for path, box in boxes(case):
        known = {one.id: one for one in box.covenants}
        for here, order in steps(path, box):
            for condition in order.conditions:
                if condition.covenant not in known:
                    allowed = f"a covenant of this box: {', '.join(known) or 'none is declared'}"
                    yield Problem(DEBT, here, condition.covenant, allowed)
                    continue
                signs = ("<=", ">") if issubclass(COVENANTS[known[condition.covenant].test], Ceiling) else (">=", "<")
                if condition.sign not in signs:
                    yield Problem(DEBT, here, condition.words, f"{condition.covenant} {signs[0]} or {signs[1]} a level")
        if box.cures is not None and getattr(known.get(box.cures.on), "default", None) is None:
            yield Problem(DEBT, (*path, "cures", "on"), box.cures.on, "a covenant of this box with a default level")


RULES: tuple[Rule, ...] = (boxes_exist, steps_are_read, dues_are_paid_once, accounts_fit, counts_are_whole, covenants_fit,
                           conditions_fit)
