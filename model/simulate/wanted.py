"""What is kept of a path: some ten figures a pair, the loss of each loan, the company's need; and what a fan chart takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from operator import itemgetter
from typing import Literal

import numpy as np

from model.coverage import Pair
from model.deal import Deal
from model.sheet.block import Row
from model.sheet.formula import Array
from model.timeline import to_serial

Kind = Literal["flag", "month", "number", "count"]
OF_PAIR: tuple[tuple[str, str, Kind], ...] = (  # name in the results, row of the pair, kind
    ("covered", "stands", "flag"), ("t1", "t1", "flag"), ("t2", "t2", "flag"), ("t3", "t3", "flag"),
    ("min_dscr", "dscr_floor", "number"), ("min_clcr", "clcr_floor", "number"), ("missing", "total_shortfall", "number"),
    ("uncovered_balance", "uncovered_balance", "number"), ("loss_if_failed", "worst_loss", "number"))
DATED = (("t1", "t1_date"), ("t2", "t2_date"), ("t3", "t3_date"))


Found = Mapping[Row, Array]
Make = Callable[[Found], Array]


@dataclass(frozen=True)
class Column:
    """One figure of every path; a month counts from the as-of date and is not a number where there is none."""

    name: str
    kind: Kind


@dataclass(frozen=True)
class Wanted:
    """The rows that are asked for, and the columns made of them; `untested` are the pairs that cannot be tested."""

    deal: Deal
    company: bool
    untested: frozenset[str] = frozenset()

    @property
    def pairs(self) -> Mapping[str, Pair]:
        """The pairs that can be tested, by id."""
        return {key: pair for key, pair in self.deal.pairs.items() if key not in self.untested}

    @property
    def every_loss(self) -> dict[str, Row]:
        """Of each loan in a box, what its lender loses."""
        return {key: loss.row("lost") for lenders in self.deal.lenders.values() for key, loss in lenders.losses.items()}

    @cached_property
    def losses(self) -> dict[str, Row]:
        """The same of loans with a pair that can be tested: of others nobody knows the cash that pays them."""
        pairs = {loan: {m.pair for m in self.deal.mapped if m.loan == loan} for loan in self.every_loss}
        return {key: row for key, row in self.every_loss.items() if not pairs[key] or pairs[key] - self.untested}

    @property
    def liquidity(self) -> dict[str, Row]:
        """Of the company, where it is described and asked for."""
        if not self.company or self.deal.parent is None:
            return {}
        block = self.deal.parent.outlook.liquidity
        return {name: block.row(name) for name in ("lowest_liquidity", "needed", "short_from")}

    def rows(self) -> list[Row]:
        """The figures of the book that are asked for."""
        names = [row for _, row, _ in OF_PAIR] + [row for _, row in DATED]
        of_pairs = [pair.row(name) for pair in self.pairs.values() for name in names]
        return [*of_pairs, *self.losses.values(), *self.liquidity.values()]

    def fan_rows(self) -> list[Row]:
        """Over time: cash of the service period against the service that falls due."""
        return [pair.row(name) for pair in self.pairs.values() for name in ("tested_cash", "service")]

    def columns(self) -> list[Column]:
        """In the order of a block's array."""
        return [column for column, _ in self.made]

    def array(self, found: Found, failed: Array) -> Array:
        """`(columns, paths)`; `failed` is the number of groups that failed."""
        array = np.empty((len(self.made), failed.size))
        for row, (_, make) in zip(array, self.made, strict=True):
            row[:] = failed if make is None else make(found)
        return array

    @cached_property
    def made(self) -> list[tuple[Column, Make | None]]:
        """Each column with what makes it of the rows; None is the number of groups that failed."""
        stands, losses = [pair.row("stands") for pair in self.pairs.values()], self.losses
        made: list[tuple[Column, Make | None]] = [(Column("groups_failed", "count"), None)]
        if stands:
            made.append((Column("all_covered", "flag"), lambda found: np.minimum.reduce([found[row] for row in stands])))
        for key, pair in self.pairs.items():
            made += [(Column(f"{key}.{name}", kind), itemgetter(pair.row(row))) for name, row, kind in OF_PAIR]
            made.append((Column(f"{key}.first_failure", "month"), partial(self._first_failure, dated(pair))))
        if losses:
            made.append((Column("loss", "number"), lambda found: np.add.reduce([found[row] for row in losses.values()])))
        made += [(Column(f"{key}.loss", "number"), itemgetter(row)) for key, row in losses.items()]
        for name, row in self.liquidity.items():
            made.append((Column("company.short_from", "month"), partial(self._month_of, row)) if name == "short_from"
                        else (Column(f"company.{name}", "number"), itemgetter(row)))
        return made

    def _first_failure(self, tests: Sequence[tuple[Row, Row]], found: Found) -> Array:
        """The month of the first of T1 to T3 that fails."""
        return self._month(np.fmin.reduce([np.where(found[test] == 0, found[day], np.nan) for test, day in tests]))

    def _month_of(self, row: Row, found: Found) -> Array:
        """The month of a date of the book."""
        return self._month(found[row])

    def _month(self, dates: Array) -> Array:
        """Month ends after the as-of date, up to this one."""
        last = len(self.months) - 1
        days = np.clip(dates - to_serial(self.deal.timeline.as_of), 0, last - 1)
        return self.months[np.where(np.isnan(days), last, days).astype(np.int64)]

    @cached_property
    def months(self) -> Array:
        """By days after the as-of date the months ended up to then, the one that runs counted; not a number comes last."""
        timeline = self.deal.timeline
        ends = [(end - timeline.as_of).days for end in (timeline.as_of, *timeline.ends)]
        return np.append(np.searchsorted(ends, np.arange(ends[-1] + 2)), np.nan)


def dated(pair: Pair) -> list[tuple[Row, Row]]:
    """Each test of a pair with the date on which it fails."""
    return [(pair.row(test), pair.row(day)) for test, day in DATED]
