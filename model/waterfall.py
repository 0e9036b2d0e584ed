"""The order in which a box pays, in the words of its case file: `pay interest`, `sweep 50 % if dscr < lock_up`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LEVELS = {"opex": "operating cost", "fees": "fees", "interest": "interest", "principal": "principal", "balloon": "balloon"}
"""What a step may pay, and how it is called on the sheet."""
DUES = tuple(what for what in LEVELS if what != "balloon")  # a balloon is refinanced where it cannot be paid

_NAME = r"[a-z0-9][a-z0-9.-]*"
_IF = rf"(?: if (?P<conditions>{_NAME} (?:>=|<=|<|>) (?:lock_up|default)(?: and {_NAME} (?:>=|<=|<|>) (?:lock_up|default))*))?"
_SHARE = r"(?P<share>\d+(?:\.\d+)?) ?%"
GRAMMAR = {
    "pay": (rf"pay (?P<what>{'|'.join(LEVELS)})(?: of (?P<loans>{_NAME}(?:, {_NAME})*))?",
            f"pay {' | '.join(LEVELS)} [of LOAN, LOAN]"),
    "fill": (rf"fill (?P<what>{_NAME})", "fill ACCOUNT"),
    "sweep": (rf"sweep {_SHARE}{_IF}", "sweep 50 % [if COVENANT >= lock_up]"),
    "distribute": (rf"distribute(?: {_SHARE})?{_IF}", "distribute [50 %] [if COVENANT >= lock_up and COVENANT <= default]"),
}
ALLOWED = "; ".join(words for _, words in GRAMMAR.values())


@dataclass(frozen=True)
class Condition:
    """A covenant that must be on one side of a level."""

    covenant: str
    sign: str
    level: str

    @property
    def words(self) -> str:
        """As the file writes it."""
        return f"{self.covenant} {self.sign} {self.level}"


@dataclass(frozen=True)
class Order:
    """One step: what is done, for which loans, with which share of the cash, and when."""

    text: str
    verb: str
    what: str = ""
    loans: tuple[str, ...] = ()
    share: float = 1.0
    conditions: tuple[Condition, ...] = ()


def read(text: str) -> Order | None:
    """A step of a waterfall; None where the words say nothing that is known."""
    for verb, (pattern, _) in GRAMMAR.items():
        if found := re.fullmatch(pattern, " ".join(text.split())):
            said = found.groupdict()
            share = float(said["share"]) / 100 if said.get("share") else 1.0
            return Order(text, verb, said.get("what") or verb, tuple((said.get("loans") or "").split(", ")) if said.get("loans")
                         else (), share, tuple(_conditions(said.get("conditions"))))
    return None


def _conditions(text: str | None) -> Iterator[Condition]:
    for one in (text or "").split(" and ") if text else ():
        yield Condition(*one.split(" "))


def orders(steps: Iterable[str]) -> list[Order]:
    """The steps of a box; instalments and the balloon are paid in one go unless the balloon has a step of its own."""
    found = [order for text in steps if (order := read(text))]
    if any(order.verb == "pay" and order.what == "balloon" for order in found):
        return found
    return [one for order in found for one in (
        (order, Order(order.text, "pay", "balloon", order.loans)) if order.verb == "pay" and order.what == "principal"
        else (order,))]
