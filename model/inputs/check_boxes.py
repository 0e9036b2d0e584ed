"""Rules on boxes: which exist, their shares, what funds their reserves."""

from __future__ import annotations

from model.debt import KINDS
from model.inputs.check_debt import flows_in_order, loans
from model.inputs.problem import DEBT, Problem, Problems, Rule, unit_and_range
from model.inputs.schema import Case


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


def box_terms(case: Case) -> Problems:
    """Shares of a box lie in 0..1; what funds its reserve comes after the as-of date."""
    for b, box in enumerate(case.debt.boxes):
        yield from unit_and_range(DEBT, ("boxes", b, "sweep"), box.sweep, "share", high=1)
        yield from unit_and_range(DEBT, ("boxes", b, "payout"), box.payout, "share", high=1)
        if box.reserve is not None:
            yield from flows_in_order(case, ("boxes", b, "reserve", "funding"), box.reserve.funding)


RULES: tuple[Rule, ...] = (boxes_exist, box_terms)
