"""Covers that covenants ask for: a promise and no fact, so a reading beside what is disclosed, not part of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from model.bounds.disclosures import Disclosure, Facts, Source, What
from model.bounds.reading import document, of_loan
from model.cases import Run
from model.inputs.problem import DEBT
from model.timeline.rolls import months_between

TESTS: dict[str, What] = {"clcr": "cover", "dscr": "dscr"}


def covenants(run: Run, facts: Facts) -> Iterator[Disclosure]:
    """Covenants on present value or on cash over service with a disclosed floor and first date, of boxes that owe something.

    Asked of windows after the first date and before the last maturity, whose balloon the floor leaves out."""
    case, said_in = run.deal.case, document(run.deal.case, DEBT)
    for n, box in enumerate(case.debt.boxes):
        keys = {file.id for file in case.debt.instruments if file.box == box.id}
        loans = [loan for loan in facts.loans if of_loan(loan.id) in keys]
        for k, said in enumerate(box.covenants if loans else ()):
            floor, first = getattr(said, "default", None), said.first_test
            if said.test not in TESTS or not floor or not first or "assumed" in (floor.grade, first.grade):
                continue
            if said.test == "dscr" and not _fits(said, facts):
                continue
            words = f"{box.name}: {said.test.upper()} of {floor.value:.2f}x or more after {first.value}"
            yield Disclosure(TESTS[said.test], words, tuple(c.id for c in facts.contracts), tuple(loan.id for loan in loans),
                             max(0, after(facts, first.value)), max(loan.last for loan in loans) - 1, low=floor.value,
                             told=Source(floor.source, floor.grade, said_in.file,
                                         said_in.line(("boxes", n, "covenants", k, "default"))))


def _fits(said: Any, facts: Facts) -> bool:
    """It looks back over whole parts of a window."""
    months = getattr(said, "months", None)
    return said.look == "back" and months is not None and facts.months % int(months.value) == 0


def after(facts: Facts, day: date) -> int:
    """The first window that begins on or after a day."""
    return -(-months_between(facts.start, day) // facts.months)
