"""From figures to words that other programs read: tests, grades and the claim of one run, as plain data."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from model.coverage import Cover, Pair
from model.deal import Deal
from model.sheet import Row, Values
from model.timeline import from_serial

Json = Any
FAILS = {"T1": ("t1", "t1_date", "first_shortfall"), "T2": ("t2", "t2_date", "uncovered_balance"),
         "T3": ("t3", "t3_date", "first_deficit")}
"""By test: whether it passes, the first date on which it fails, and what is missing then."""


def number(value: Any) -> float | None:
    """A figure; None where it is blank or has no bound."""
    return None if value is None or not math.isfinite(float(value)) else float(value)


def day(value: Any) -> str | None:
    """A serial date as ISO text; None where it is blank."""
    return None if value is None or math.isnan(float(value)) else from_serial(int(value)).isoformat()


class Reading:
    """The figures of one scenario of a run."""

    def __init__(self, values: Values, scenario: int) -> None:
        self.values, self.scenario = values, scenario

    def __call__(self, row: Row) -> Any:
        return self.values.one(row, self.scenario)

    def number(self, row: Row) -> float | None:
        """A figure."""
        return number(self(row))

    def day(self, row: Row) -> str | None:
        """A date."""
        return day(self(row))


def test(passed: bool | None, value: Any, limit: Any, when: str | None, reason: str) -> Json:
    """One test as data."""
    return {"pass": passed, "value": value, "limit": limit, "date": when, "reason": reason}


def tests_t0_to_t3(read: Reading, pair: Pair) -> dict[str, Json]:
    """T0 to T3 of a pair (`RULES.md` section 6)."""
    testable = bool(read(pair.row("testable")))
    t1, t2, t3 = (bool(read(pair.row(name))) for name in ("t1", "t2", "t3"))
    missing, left = read.number(pair.row("first_shortfall")), read.number(pair.row("uncovered_balance"))
    if not testable:
        hidden = test(None, None, None, None, "not testable")
        why = str(read(pair.row("not_testable")))
        return {"T0": test(False, None, None, None, why), "T1": hidden, "T2": hidden, "T3": hidden}
    with_balloon = read(pair.row("with_balloon"))
    balloon = "" if with_balloon <= 1e-6 else f" With balloons USD {with_balloon:,.1f}m is missing in all."
    return {
        "T0": test(True, None, None, None, "every needed item is disclosed, bounded or assumed"),
        "T1": test(t1, missing, 0.0, read.day(pair.row("t1_date")),
                   ("cash covers service on every payment date." if t1 else read(pair.row("fails_t1"))) + balloon),
        "T2": test(t2, left, 0.0, read.day(pair.row("t2_date")),
                   "nothing is left when the contract or the loan ends" if t2 else read(pair.row("fails_t2"))),
        "T3": test(t3, read.number(pair.row("min_clcr")), read.number(pair.row("required")),
                   read.day(pair.row("min_clcr_date")),
                   "present value covers the balance at every date" if t3 else read(pair.row("fails_t3"))),
    }


def first_failure(of: Callable[[str], Any]) -> Json:
    """The test that fails on the earliest date, of one date T1 before T2 before T3; USD missing then; None if none does."""
    failing = [{"test": name, "date": day(of(when)), "missing": number(of(missing))}
               for name, (flag, when, missing) in FAILS.items() if not of(flag)]
    return min(failing, key=lambda one: one["date"] or "9999", default=None)


def cover_figures(read: Reading, cover: Cover) -> dict[str, Json]:
    """The ratios of a pair or a pool; `headroom` tells whether T3 would pass with more cover asked for."""
    clcr = read.number(cover.row("min_clcr"))
    return {
        "min_dscr": read.number(cover.row("min_dscr")), "min_dscr_date": read.day(cover.row("min_dscr_date")),
        "avg_dscr": read.number(cover.row("avg_dscr")), "llcr": read.number(cover.row("llcr")),
        "min_clcr": read.number(cover.row("min_clcr")), "min_clcr_date": read.day(cover.row("min_clcr_date")),
        "tail_months": read.number(cover.row("tail_months")),
        "uncovered_balance": read.number(cover.row("uncovered_balance")),
        "has_balloon": bool(read(cover.row("has_balloon"))),
        "headroom": {x: None if clcr is None else clcr >= float(x) for x in ("1.10", "1.20")},
    }


def severe_enough(deal: Deal) -> bool:
    """Whether the declared moderate set holds what T4 asks for at least: a delay, price -10 % and +100 bp (RULES 6)."""
    told = [deal.scenarios[name] for name in deal.case.scenarios.moderate]
    return (any(case.get("drivers.delay_days", 0) > 0 for case in told)
            and any(case.get("drivers.price_change", 0) <= -0.1 for case in told)
            and any(case.get("drivers.rate_shift", 0) >= 0.01 for case in told))
