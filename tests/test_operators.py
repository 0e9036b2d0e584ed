"""Every operator means the same in numpy and in a spreadsheet: random formulas, recalculated by two other programs.

The formulas are drawn from the table of operators itself, so a new line of the table is picked up without a word here.
Two values are compared by a formula only where they are exactly equal or clearly apart: spreadsheets take 0.1+0.2 for
0.3 (and LibreOffice takes 1-0.9-0.1 for 0), numpy does not, and a model that is right compares with a tolerance. Rows
that would rest on that difference are thrown away, and so is a text that would round a calculated half.
"""

from __future__ import annotations

import inspect
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from model.sheet import (
    DEAL,
    OPERATORS,
    PERIOD,
    TEXT,
    Block,
    Book,
    Place,
    Row,
    Sourced,
    Values,
    evaluate,
    formula,
    given,
)
from model.sheet.block import Declared, Per
from model.sheet.evaluate import cells
from model.sheet.excel import OPENING_COLUMN, PERIOD_ROW
from model.sheet.formula import ATOM, TABLE, Apply, Expr, Group, Literally, Operator, apply, postfix, term
from tests.judges import Cells, Formualizer, formualizer_values, is_blank, libreoffice, libreoffice_values, same

pytestmark = pytest.mark.slow

PERIODS, ROWS, SEED = 8, 480, 20260
SHEETS = ("Calc", "Cash flow's 2")
FIRST_LINE = 8
BASE, OTHER = 0, 1
CLEARLY_APART = 1e-9
LARGEST = 1e6

TIES = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 2.5, 3.0, -1.0, -0.3, -2.5, 100.25, 1e-8)
# No 1.005: FIXED(1.005) is 1.00 for both programs, which round the binary number, and 1.01 here as ROUND has it.
HALVES = (0.05, 0.125, 0.15, 0.25, 0.5, 1.5, 2.5, 2.675, -0.05, -0.04, -2.5, 1234.565, 1234567.5, 0.0)
WORDS = ("plain", 'he said "no"', "a & b = {c}", "1,5 %")

# What an argument must be where the table cannot tell; everything else follows from the table's own flags.
ROLES = {
    ("/", 1): "divisor", ("^", 0): "base", ("^", 1): "small", ("share", 2): "limit", ("ratio", 2): "limit",
    ("prev n", 1): "lag", ("following n", 1): "lag", ("at", 1): "period", ("first_when", 0): "flag",
    ("step_lookup", 1): "keys", ("step_lookup", 2): "results",
    ("&", 0): "text", ("&", 1): "text", ("choose", 0): "code", ("pick", 0): "code", ("pick", 1): "texts", ("on_date", 0): "date",
}  # fmt: skip
DECIMALS = {"amount": 1, "times": 2, "count": 0}
COMPARED = {">=": (0, 1), "<=": (0, 1), ">": (0, 1), "<": (0, 1), "share": (1, 2), "ratio": (1, 2)}


# ---- a book of random rows ------------------------------------------------------------------------------------------


class Named(Declared):
    """A row that no class declares."""

    def __init__(self, name: str, per: Per, opening: bool = False) -> None:
        self.name, self.unit, self.label, self.per, self.opening = name, "u", name, per, opening or None


class Page(Block):
    """A block whose rows are added one by one."""

    def rows(self) -> Iterator[Row]:
        return iter(self.own_rows.values())

    def told(self, name: str, per: Per, value: Any) -> Row:
        """An input; all numbers above 0 may divide."""
        above = 0.0 if per == DEAL and value > 0 else None
        declared = given("u", name, per=per, above=above)
        declared.name = name
        self.own_rows[name] = Row(self, declared, None, Sourced(value))
        return self.own_rows[name]

    def line(self, name: str, per: Per, write: Callable[[], Expr], opening: Row | bool = False) -> Row:
        """A row with a formula."""
        row = Row(self, Named(name, per, opening is True), write, None)
        row.opening_expr = opening if isinstance(opening, Row) else None
        self.own_rows[name] = row
        return row


class Generator:
    """Draws rows until every operator and every pairing of operators has been seen, and `ROWS` rows over time stand."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.pages = [Page(f"page {number}") for number in range(len(SHEETS))]
        self.pool: dict[str, list[Any]] = {}
        self.changes: dict[str, list[float]] = {}
        self.drawn = 0
        for page in self.pages:
            self._inputs(page)
        self._scenario("number", "half", "base", "flag", "lag", "period", "code", "date")
        self._knots(*self.pages)
        self.halves = cycle(self.pool["one half"][: len(HALVES)])
        waiting = self.wanted()
        for _ in range(60):
            waiting = self._batch(waiting)
            missing = ROWS - self._count()
            if not waiting and missing <= 0:
                break
            waiting += [(self.rng.choice(TABLE), None, None) for _ in range(missing)]
        assert not waiting, [(outer.name, position, inner and inner.name) for outer, position, inner in waiting]
        self.book = Book(self.pages, PERIODS)

    def _count(self) -> int:
        return sum(row.per == PERIOD and row.input is None for page in self.pages for row in page.rows())

    def _inputs(self, page: Page) -> None:
        rng, size = self.rng, PERIODS + 1

        def curves(role: str, *values: list[Any]) -> list[Row]:
            made = [page.told(f"{role}_{n}", PERIOD, value) for n, value in enumerate(values, 1)]
            self.pool.setdefault(role, []).extend(made)
            return made

        def singles(role: str, *values: Any, per: Per = DEAL) -> list[Row]:
            made = [page.told(f"one_{role}_{n}", per, value) for n, value in enumerate(values, 1)]
            self.pool.setdefault(f"one {role}", []).extend(made)
            return made

        drawn = [[rng.choice(TIES) for _ in range(size)] for _ in range(8)]
        numbers = curves("number", *drawn, [0.0] * size, [0.3] * size)
        curves("base", [rng.choice((0.5, 0.9, 1.0, 1.1, 2.0)) for _ in range(size)])
        curves("flag", *([rng.choice((0.0, 0.0, 0.5, 1.0, 2.0)) for _ in range(size)] for _ in range(6)), [0.0] * size)
        curves("lag", [rng.randint(1, PERIODS + 4) for _ in range(size)])
        curves("period", [rng.randint(0, PERIODS) for _ in range(size)])
        curves("clock", [45000 + 91 * period for period in range(size)])
        singles("number", *TIES)
        singles("half", *HALVES)
        curves("small", [rng.choice((-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0)) for _ in range(size)])
        singles("small", -2.0, 0.0, 0.5, 2.0, 3.0)
        singles("limit", 1e-6, 0.3, 1.0)
        singles("base", 0.5, 1.1, 2.0)
        singles("flag", 0.0, 1.0)
        singles("lag", 1, 2, 3, PERIODS - 1, PERIODS, PERIODS + 1, 50)
        singles("period", 0, 1, 5, PERIODS)
        singles("code", 1, 2, 3)
        singles("date", 61, 45000, 46022, 46081, 47542)
        texts = singles("text", *WORDS, per=TEXT)
        keys = singles("key", -1e9, 0.0, 0.3, 2.5)
        results = singles("result", 7.0, -1.0, 0.25, 40.0)
        self._groups(page, numbers, keys, results, texts)

    def _groups(self, page: Page, numbers: list[Row], keys: list[Row], results: list[Row], texts: list[Row]) -> None:
        """Rows that stand one under the other; the links are wide where the scenarios differ and narrow where not."""
        of = self.pool
        ones = [row for row in of["one number"] if row.block is page]
        linked = [self.rng.choice(of["number"] + of["one number"]) for _ in range(6)]
        links = [page.line(f"link_{n}", PERIOD, partial(term, row)) for n, row in enumerate([*ones[:2], *linked])]
        below = [numbers[0], numbers[8], numbers[3], ones[1], ones[7], *of["flag"][-3:]]  # numbers[8] is 0 throughout
        ratios = [page.line(f"ratio_{n}", PERIOD, partial(apply, "ratio", of["base"][0], b, of["one limit"][0]))
                  for n, b in enumerate(below)]
        none = [page.line(f"one_ratio_{n}", DEAL, partial(apply, "ratio", ones[4], b, of["one limit"][0]))
                for n, b in enumerate((ones[0], ones[9], ones[1], ones[6]))]
        dates = [page.line(f"date_{n}", DEAL, partial(apply, "first_when", flag, of["clock"][0]))
                 for n, flag in enumerate(of["flag"][-3:])]
        for role, rows in (("blank", ratios), ("one blank", none), ("one date", dates)):
            of.setdefault(role, []).extend(rows)
        for role, groups in (("group", (numbers[:3], numbers[2:10], links)), ("blank group", (ratios, ratios[1:2])),
                             ("one group", (ones[:4], ones[5:6], ones[9:12], results)),
                             ("one blank group", (none, none[:1])), ("keys", (keys,)), ("results", (results,)),
                             ("texts", (texts, texts[:3]))):
            of.setdefault(role, []).extend(Group(tuple(rows)) for rows in groups)

    def _scenario(self, *roles: str) -> None:
        """In the other scenario every single input takes the value of the one before it."""
        for role in roles:
            rows = [row for row in self.pool[f"one {role}"] if row.input is not None]
            told = [float(row.input.value) for row in rows]
            for row, value, other in zip(rows, told, [told[-1], *told[:-1]], strict=True):
                if other > 0 or value <= 0:  # a number above 0 may divide and stays above it
                    self.changes[row.key] = [value, other]

    def _knots(self, one: Page, two: Page) -> None:
        """Rows that need one another across time, over both sheets, forward and backward."""
        flow, rate = one.own_rows["number_1"], two.own_rows["one_base_1"]
        start = two.own_rows["one_number_8"]
        balance = one.line("balance", PERIOD, lambda: apply("-", apply("prev", balance), paid), start)
        link = two.line("link", PERIOD, lambda: balance, True)
        paid = two.line("paid", PERIOD, lambda: apply("*", apply("prev", link), rate))
        shadow = one.line("shadow", PERIOD, lambda: apply("+", link, one.own_rows["number_2"]), True)
        value = two.line("value", PERIOD, lambda: apply("*", apply("+", ahead, flow), rate), True)
        ahead = one.line("ahead", PERIOD, lambda: apply("following", value), True)
        self.pool["number"] += [balance, link, paid, shadow, value, ahead]

    # ---- what is to be drawn

    @staticmethod
    def wanted() -> list[Wanted]:
        """Each operator some times, and each sign inside each place where a formula may stand."""
        alone = [(operator, None, None) for operator in TABLE for _ in range(20)]
        signs = [operator for operator in TABLE if operator.binds != ATOM and not operator.text]
        return alone + [(outer, position, inner) for outer in TABLE for position in range(arity(outer))
                        if role(outer, position) in ("number", "base", "small", "limit")
                        and not is_named(outer, position) for inner in signs
                        for _ in range(3 if outer.rows_only else 1)]

    def _batch(self, waiting: list[Wanted]) -> list[Wanted]:
        """Draws a row for each wish; gives back the wishes whose row rests on a comparison that is too close."""
        drawn = [(wish, self._draw(*wish)) for wish in waiting]
        book = Book(self.pages, PERIODS)
        values = evaluate(book, self.changes)
        bad = {row for (_, position, _), row in drawn
               if not is_safe(book, values, row) or (position is not None and shows_nothing(values, row))}
        for row in bad:
            del row.block.own_rows[row.declared.name]
        for row in (row for _, row in drawn if row not in bad):
            kind = "text" if row.per == TEXT else "blank" if row in book.blank else "number"
            self.pool.setdefault(kind if row.per == PERIOD else f"one {kind}", []).append(row)
        return [wish for wish, row in drawn if row in bad]

    def _draw(self, outer: Operator, position: int | None, inner: Operator | None) -> Row:
        page = self.rng.choice(self.pages)
        single = {"all": 0.7, "now": 0.0 if position is not None else 0.1}.get(outer.reads, 0.0)
        per = TEXT if outer.text else DEAL if self.rng.random() < single else PERIOD
        expr = self._apply(outer, per, depth=2, position=position, inner=inner)
        looks_back = any(isinstance(n, Apply) and n.operator.reads == "earlier" for n in postfix(expr))
        opening = self.rng.choice([False, self.rng.choice(self.pool["one number"][: len(TIES)]), not looks_back])
        self.drawn += 1
        return page.line(f"row_{self.drawn}", per, lambda: expr, opening if per == PERIOD else False)

    def _apply(self, operator: Operator, per: Per, depth: int, position: int | None = None,
               inner: Operator | None = None, choice: bool = False) -> Expr:
        """An operator on random arguments; `inner` stands at `position` if told. No choice stands inside a choice."""
        choice = choice or "IF(" in operator.excel
        args = [self._apply(inner, per, 0, choice=choice) if n == position and inner is not None
                else self._argument(operator, n, per, depth, choice) for n in range(arity(operator))]
        return apply(operator.name, *args)

    def _argument(self, operator: Operator, position: int, per: Per, depth: int, choice: bool) -> Expr:
        wanted = role(operator, position)
        if operator.name in DECIMALS and self.rng.random() < 0.6:
            half: Expr = next(self.halves)
            return half
        if is_named(operator, position) or wanted not in ("number", "base", "small", "limit"):
            return self._row(operator, wanted, per)
        if depth and wanted == "number" and self.rng.random() < 0.4:
            return self._apply(self.rng.choice(self._nestable(per, choice)), per, depth - 1, choice=choice)
        if wanted == "number" and self.rng.random() < 0.1:
            return Literally(self.rng.choice((0, 1)))
        return self._row(operator, wanted, per)

    def _row(self, operator: Operator, wanted: str, per: Per) -> Expr:
        """A row that may stand in that role: over time where it is read so, else as wide as the row that reads it."""
        if wanted in ("keys", "results", "texts", "text") or wanted == "divisor":
            return self._any({"divisor": "one base", "text": "one text"}.get(wanted, wanted))
        may_be_blank = operator.takes_blank and wanted in ("number", "group")
        blanks = [f"blank {wanted}".removesuffix(" number")] if may_be_blank else []
        over_time = operator.reads != "now" and wanted in ("number", "flag", "clock")
        single = not over_time and (per != PERIOD or self.rng.random() < 0.3)
        roles = [f"one {role}" if single or role not in self.pool else role for role in (wanted, *blanks)]
        return self._any(*roles)

    def _any(self, *roles: str) -> Expr:
        """A row of one of these roles; the later ones rest on longer formulas and are as likely as all others."""
        rows = self.pool[self.rng.choice(roles)]
        found: Expr = self.rng.choice(rows if self.rng.random() < 0.5 else rows[-40:])
        return found

    @staticmethod
    def _nestable(per: Per, choice: bool) -> list[Operator]:
        return [operator for operator in TABLE if not operator.text and not operator.blank and not operator.takes_blank
                and (per == PERIOD or operator.reads in ("now", "all")) and not (choice and "IF(" in operator.excel)]


Wanted = tuple[Operator, int | None, Operator | None]


def arity(operator: Operator) -> int:
    """How many arguments the Excel template names; a list of any length gets three after the first."""
    named = [int(n) for n in re.findall(r"\{(\d)", operator.excel)]
    return 4 if "{*}" in operator.excel else max(named) + 1


def role(operator: Operator, position: int) -> str:
    """What may stand at that place of the operator."""
    if (operator.name, position) in ROLES:
        return ROLES[operator.name, position]
    if "{*}" in operator.excel:
        return "text"
    if f"{{{position}.range}}" in operator.excel and position > 0:
        return "clock"
    return "group" if takes_group(operator) else "number"


def takes_group(operator: Operator) -> bool:
    """Whether the meaning in numpy is a function of any number of rows."""
    try:
        parameters = inspect.signature(operator.numpy).parameters.values()
    except ValueError:  # a function of numpy itself
        return False
    return [p.kind for p in parameters] == [inspect.Parameter.VAR_POSITIONAL]


def is_named(operator: Operator, position: int) -> bool:
    """Whether only a row may stand there, not a longer formula."""
    return position in operator.rows_only or (operator.reads != "now" and position == 0)


# ---- which rows may be judged ---------------------------------------------------------------------------------------


def is_safe(book: Book, values: Values, row: Row) -> bool:
    """Whether the row is a number of modest size and compares nothing that is nearly equal, in every scenario."""
    assert row.expr is not None
    if row.per != TEXT:
        found = values[row].astype(float)
        if (np.isnan(found).any() and row not in book.blank) or np.nanmax(abs(found), initial=0) > LARGEST:
            return False
    lo = 0 if row.declared.opening is True else 1
    return all(_node_is_safe(values, node, lo) for node in operators_of(row))


def shows_nothing(values: Values, row: Row) -> bool:
    """Whether the row is 0 or blank throughout, so that its brackets would not be missed."""
    return row.per != TEXT and bool((np.nan_to_num(values[row].astype(float)) == 0).all())


def _node_is_safe(values: Values, node: Apply, lo: int) -> bool:
    name, args = node.operator.name, node.args

    def value(position: int) -> Any:
        return cells(values, args[position], lo, PERIODS + 1)

    if name in COMPARED:
        limit = value(COMPARED[name][1])
        return apart(value(COMPARED[name][0]), limit) and (name[0] in "<>" or bool((np.asarray(limit) >= 0).all()))
    if name == "where":
        return apart(value(0), 0.0)
    if name == "step_lookup":
        return all(apart(value(0), key) for key in value(1))
    if name == "first_when":
        return apart(value(0), 1.0)
    if name == "which_lowest":
        group = np.array(np.broadcast_arrays(*value(0)))
        return apart(group[:, None], group[None, :])
    if name == "^":
        return bool((np.asarray(value(0)) > CLEARLY_APART).all())
    if name in DECIMALS and not (isinstance(args[0], Row) and args[0].input is not None):
        scaled = np.asarray(value(0), dtype=float) * 10 ** DECIMALS[name]
        return not (abs(scaled % 1 - 0.5) < 1e-6).any()
    return True


def apart(a: Any, b: Any) -> bool:
    """Whether the numbers are exactly equal or clearly apart, everywhere."""
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    near = abs(a - b) <= CLEARLY_APART * np.maximum(1.0, np.maximum(abs(a), abs(b)))
    return not (near & (a != b)).any()


# ---- the same rows in a workbook ------------------------------------------------------------------------------------


@dataclass
class Trial:
    """A random book, its workbook, and what the judges say of it."""

    book: Book
    changes: dict[str, list[float]]
    path: Path

    @cached_property
    def places(self) -> dict[Row, Place]:
        return {row: Place(sheet, line) for sheet, block in zip(SHEETS, self.book.blocks, strict=True)
                for line, row in enumerate(block.rows(), FIRST_LINE)}

    @cached_property
    def uses(self) -> dict[str, list[Row]]:
        """The rows in which each operator stands."""
        found: dict[str, list[Row]] = {name: [] for name in OPERATORS}
        for row in self.book.rows:
            for name in {node.operator.name for node in operators_of(row)}:
                found[name].append(row)
        return found

    def read(self, node: Apply, position: int) -> Any:
        """What an argument is worth in periods 1 to T."""
        return cells(self.values, node.args[position], 1, PERIODS + 1)

    @cached_property
    def values(self) -> Values:
        return evaluate(self.book)

    @cached_property
    def knotted(self) -> set[Row]:
        """Rows that need themselves: a wrong shift there would be a circle, not a wrong number."""
        return {row for knot in self.book.order if knot.step for row in knot.rows}

    @cached_property
    def opened(self) -> Formualizer:
        return Formualizer(self.path)

    @cached_property
    def judged(self) -> Cells:
        return formualizer_values(self.path)

    @cached_property
    def expected(self) -> Cells:
        return self.meant(BASE)

    def meant(self, scenario: int, rows: Sequence[Row] | None = None) -> Cells:
        """What numpy says of every cell that holds a formula, or of those of some rows."""
        values = evaluate(self.book, {key: both[scenario] for key, both in self.changes.items()})
        return {cell: values.one(row)[period] if period is not None else values.one(row)
                for row in (rows or self.book.rows) if row.expr is not None for cell, period in self.cells(row)}

    def cells(self, row: Row) -> Iterator[tuple[tuple[str, str], int | None]]:
        """The cells of a row's formulas, with their periods."""
        place = self.places[row]
        if row.per != PERIOD:
            yield (place.sheet, f"{place.column}{place.line}"), None
            return
        opens = row.declared.opening is True or row.opening_expr is not None
        for period in range(0 if opens else 1, PERIODS + 1):
            yield (place.sheet, f"{get_column_letter(OPENING_COLUMN + period)}{place.line}"), period

    def formulas(self, row: Row) -> Iterator[tuple[tuple[str, str], str]]:
        for cell, period in self.cells(row):
            yield cell, formula(row, self.places, period or 0, PERIODS, opening=period == 0)

    def nodes(self) -> Iterator[Apply]:
        """Every operator in every formula."""
        for row in self.book.rows:
            yield from operators_of(row)

    def scenario(self) -> Cells:
        """The cells to change for the other scenario."""
        rows = {row.key: row for row in self.book.inputs}
        return {(self.places[rows[key]].sheet, f"D{self.places[rows[key]].line}"): both[OTHER]
                for key, both in self.changes.items()}

    def write(self) -> None:
        """The workbook: formulas without stored values, 0 in every pad, period numbers in their row."""
        workbook = Workbook()
        del workbook["Sheet"]
        for sheet in SHEETS:
            page = workbook.create_sheet(sheet)
            for period in range(PERIODS + 1):
                page.cell(PERIOD_ROW, OPENING_COLUMN + period, period)
        for row, place in self.places.items():
            page = workbook[place.sheet]
            if row.per == PERIOD:
                curve = np.zeros(PERIODS + 2)
                if row.input is not None:
                    curve[:-1] = row.input.value
                for period, value in enumerate(curve):
                    page.cell(place.line, OPENING_COLUMN + period, float(value))
            elif row.input is not None:
                single: Any = row.input.value
                page[f"D{place.line}"] = single
            for (_, cell), text in self.formulas(row) if row.expr is not None else ():
                page[cell] = text
        workbook.save(self.path)


def operators_of(row: Row) -> list[Apply]:
    return [node for node in postfix(row.expr) if isinstance(node, Apply)] if row.expr is not None else []


def differences(expected: Cells, found: Cells) -> list[str]:
    """Every cell that two programs see differently."""
    return [f"{sheet}!{cell}: {value!r} here, {found.get((sheet, cell))!r} there"
            for (sheet, cell), value in expected.items() if not same(value, found.get((sheet, cell)))]


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    made = Generator(SEED)
    trial = Trial(made.book, made.changes, tmp_path_factory.mktemp("trial") / "random.xlsx")
    trial.write()
    return trial


@dataclass
class Second:
    """What LibreOffice says of the random workbook, its other scenario, and a copy full of wrong stored values."""

    base: Cells
    other: Cells
    lied_to: Cells


@pytest.fixture(scope="module")
def second(trial: Trial) -> Second:
    other = trial.path.with_name("other.xlsx")
    workbook = load_workbook(trial.path)
    for (sheet, cell), value in trial.scenario().items():
        workbook[sheet][cell] = value
    workbook.save(other)
    return Second(*libreoffice_values(trial.path, other, with_wrong_values(trial.path)))


def with_wrong_values(path: Path) -> Path:
    """A copy of the workbook in which 999 is stored beside every formula."""
    copy = path.with_name("lies.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            new.writestr(name, re.sub(rb"(</f>)<v ?/>|(</f>)<v></v>", rb"</f><v>999</v>", old.read(name)))
    return copy


# ---- the judges -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "b"), [(1.0, 1), (1e9, 1e9 + 0.1), (0.0, 5e-7), (True, 1.0), ("", None), ("x", "x"),
                                      (float("nan"), ""), (np.float64("nan"), None)])
def test_same(a: Any, b: Any) -> None:
    assert same(a, b)
    assert same(b, a)


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.00001), (0.0, None), (0.0, ""), ("1", 1.0), ("x", "X"),
                                      ("#DIV/0!", 0.0), ("#DIV/0!", None), ("#VALUE!", float("nan"))])
def test_not_same(a: Any, b: Any) -> None:
    assert not same(a, b)
    assert not same(b, a)


def test_formualizer_ignores_stored_values(trial: Trial) -> None:
    lies = with_wrong_values(trial.path)
    assert set(stored(lies)) == {999}
    assert differences(trial.judged, formualizer_values(lies)) == []


@libreoffice
def test_libreoffice_ignores_stored_values(second: Second) -> None:
    assert second.lied_to == second.base


def stored(path: Path) -> Iterator[Any]:
    """The values beside the formulas of a workbook."""
    shown, written = load_workbook(path, data_only=True), load_workbook(path)
    return (shown[sheet.title][cell.coordinate].value for sheet in written.worksheets
            for line in sheet.iter_rows() for cell in line if cell.data_type == "f")


def test_the_workbook_holds_no_stored_values(trial: Trial) -> None:
    assert set(stored(trial.path)) == {None}


def test_errors_are_seen(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.worksheets[0]["A1"] = "=1/0"
    workbook.save(tmp_path / "error.xlsx")
    assert formualizer_values(tmp_path / "error.xlsx") == {("Sheet", "A1"): "#DIV/0!"}


# ---- what the random rows cover -------------------------------------------------------------------------------------


def test_every_operator_is_exercised(trial: Trial) -> None:
    assert {name for name, rows in trial.uses.items() if len(rows) >= 5} == set(OPERATORS)


def test_there_are_enough_rows(trial: Trial) -> None:
    over_time = [row for row in trial.book.rows if row.per == PERIOD and row.input is None]
    assert len(over_time) >= 400
    assert len(trial.expected) >= 400 * PERIODS


def test_every_sign_stands_inside_every_place(trial: Trial) -> None:
    seen = {(node.operator.name, position, arg.operator.name) for node in trial.nodes()
            for position, arg in enumerate(node.args) if isinstance(arg, Apply)}
    wanted = {(outer.name, position, inner.name) for outer, position, inner in Generator.wanted() if inner is not None}
    assert wanted - seen == set()
    assert len(wanted) > 200


def test_formulas_reach_across_sheets(trial: Trial) -> None:
    texts = [text for row in trial.book.rows if row.expr is not None for _, text in trial.formulas(row)]
    assert sum("'Cash flow''s 2'!" in text for text in texts) > 500
    assert sum("Calc!" in text for text in texts) > 500


def test_ties_occur(trial: Trial) -> None:
    pairs = [np.broadcast_arrays(*(trial.read(node, position) for position in (0, 1))) for node in trial.nodes()
             if node.operator.name in (">=", "<=", ">", "<")]
    assert sum(bool((a == b).any() and (a != b).any()) for a, b in pairs) > 30


@pytest.mark.parametrize("name", ["prev n", "following n"])
def test_shifts_reach_beyond_the_periods(trial: Trial, name: str) -> None:
    shifts = [np.max(trial.read(node, 1)) for node in trial.nodes() if node.operator.name == name]
    assert min(shifts) < PERIODS < max(shifts)


def test_blanks_occur_and_are_taken(trial: Trial) -> None:
    assert sum(is_blank(value) for value in trial.expected.values()) > 100
    takers = {node.operator.name for node in trial.nodes() for one in members(node.args[0]) if one in trial.book.blank}
    assert takers == {operator.name for operator in TABLE if operator.takes_blank}


def members(expr: Expr) -> tuple[Expr, ...]:
    return expr.rows if isinstance(expr, Group) else (expr,)


# ---- agreement ------------------------------------------------------------------------------------------------------


def test_formualizer_agrees(trial: Trial) -> None:
    assert differences(trial.expected, trial.judged) == []


def test_formualizer_agrees_in_another_scenario(trial: Trial) -> None:
    other = trial.meant(OTHER)
    assert len(differences(trial.expected, other)) > 1000
    assert differences(other, formualizer_values(trial.path, trial.scenario())) == []


@libreoffice
def test_libreoffice_agrees(trial: Trial, second: Second) -> None:
    assert differences(trial.expected, second.base) == []


@libreoffice
def test_libreoffice_agrees_in_another_scenario(trial: Trial, second: Second) -> None:
    assert differences(trial.meant(OTHER), second.other) == []


# ---- mutations: what must not go unnoticed --------------------------------------------------------------------------

NAN = float("nan")


def shifted(column: Any, steps: int) -> Any:
    return np.roll(column, steps, axis=0)


def per_text(change: Callable[[str], str]) -> Callable[[Any], Any]:
    return np.vectorize(change, otypes=[object])


def broken(name: str, change: Callable[[Any], Any]) -> Callable[..., Any]:
    """The operator's own meaning, changed afterwards."""
    return lambda *args: change(OPERATORS[name].numpy(*args))


def fed(name: str, change: Callable[..., tuple[Any, ...]]) -> Callable[..., Any]:
    """The operator's own meaning on changed arguments."""
    return lambda *args: OPERATORS[name].numpy(*change(*args))


def half_even(decimals: int, ending: str = "") -> Callable[[Any], Any]:
    return np.vectorize(lambda x: f"{abs(x) if round(x, decimals) == 0 else x:,.{decimals}f}{ending}", otypes=[object])


# Wrong meanings in numpy, by operator: what is wrong, and the wrong function.
NUMPY_MUTATIONS: dict[str, dict[str, Callable[..., Any]]] = {
    "+": {"-": lambda a, b: a - b, "first only": lambda a, b: a + b * 0},
    "-": {"swapped": lambda a, b: b - a, "+": lambda a, b: a + b},
    "*": {"+": lambda a, b: a + b, "0 if negative": lambda a, b: np.maximum(a * b, 0)},
    "/": {"swapped": lambda a, b: np.asarray(b) / np.where(a == 0, 1, a), "*": lambda a, b: a * b},
    "^": {"*": lambda a, b: a * b, "swapped": lambda a, b: np.power(abs(b), a)},
    ">=": {">": lambda a, b: (a > b) * 1.0, "<=": lambda a, b: (a <= b) * 1.0},
    "<=": {"<": lambda a, b: (a < b) * 1.0, ">=": lambda a, b: (a >= b) * 1.0},
    ">": {">=": lambda a, b: (a >= b) * 1.0, "<": lambda a, b: (a < b) * 1.0},
    "<": {"<=": lambda a, b: (a <= b) * 1.0, ">": lambda a, b: (a > b) * 1.0},
    "minimum": {"maximum": np.maximum, "not below 0": lambda a, b: np.maximum(np.minimum(a, b), 0)},
    "maximum": {"minimum": np.minimum, "not below 0": lambda a, b: np.maximum(np.maximum(a, b), 0)},
    "where": {"swapped": lambda c, a, b: np.where(c != 0, b, a), "> 0 for not 0": lambda c, a, b: np.where(c > 0, a, b),
              "1 for not 0": lambda c, a, b: np.where(c == 1, a, b)},
    "share": {">= tol": fed("share", lambda a, b, tol: (a, b, np.asarray(tol) - 1e-12)),
              "no tolerance": fed("share", lambda a, b, tol: (a, b, np.asarray(tol) * 0)),
              "1 if none": lambda a, b, tol: np.where(b > tol, a / np.where(b > tol, b, 1.0), 1.0),
              "also below 0": lambda a, b, tol: np.where(abs(b) > tol, a / np.where(abs(b) > tol, b, 1.0), 0.0)},
    "ratio": {">= tol": fed("ratio", lambda a, b, tol: (a, b, np.asarray(tol) - 1e-12)),
              "0 for blank": broken("ratio", np.nan_to_num),
              "also below 0": lambda a, b, tol: np.where(abs(b) > tol, a / np.where(abs(b) > tol, b, 1.0), NAN)},
    "prev": {"no shift": lambda c, lo, hi: c[lo:hi], "no opening": lambda c, lo, hi: np.where(
        np.arange(lo, hi)[:, None] == 1, 0.0, c[lo - 1 : hi - 1])},
    "prev n": {"one too few": fed("prev n", lambda c, n, lo, hi: (c, n - 1, lo, hi)),
               "no opening": fed("prev n", lambda c, n, lo, hi: (np.vstack([c[:1] * 0, c[1:]]), n, lo, hi)),
               "opening before period 1": lambda c, n, lo, hi: OPERATORS["prev n"].numpy(c, np.minimum(
                   n, np.arange(lo, hi)[:, None]), lo, hi)},
    "following": {"no shift": lambda c, lo, hi: c[lo:hi], "last repeats": lambda c, lo, hi: np.vstack(
        [c[:-1], c[-2:-1]])[lo + 1 : hi + 1]},
    "following n": {"one too few": fed("following n", lambda c, n, lo, hi: (c, n - 1, lo, hi)),
                    "last repeats": lambda c, n, lo, hi: OPERATORS["following n"].numpy(c, np.minimum(
                        n, PERIODS - np.arange(lo, hi)[:, None]), lo, hi)},
    "total": {"with opening": lambda c: c[:-1].sum(axis=0), "without the last": lambda c: c[1:-2].sum(axis=0)},
    "lowest": {"with opening": fed("lowest", lambda c: (np.vstack([c[:1], c]),)), "blank is 0": fed(
        "lowest", lambda c: (np.nan_to_num(c),)), "highest": lambda c: -OPERATORS["lowest"].numpy(-c)},
    "highest": {"with pads": lambda c: c.max(axis=0), "lowest": lambda c: c[1:-1].min(axis=0)},
    "first_when": {"last": fed("first_when", lambda c, t: (c[::-1], t[::-1])),
                   "not 0 for 1": fed("first_when", lambda c, t: ((c != 0) * 1.0, t)),
                   "0 for never": broken("first_when", np.nan_to_num)},
    "at": {"one later": fed("at", lambda c, n: (shifted(c, -1), n)), "no opening": fed(
        "at", lambda c, n: (np.vstack([c[:1] * 0, c[1:]]), n))},
    "sum_of": {"without the last": lambda *rows: sum(rows[:-1]) + 0 * rows[-1],
               "highest": lambda *rows: np.maximum.reduce(np.broadcast_arrays(*rows))},
    "highest_of": {"lowest": lambda *rows: np.minimum.reduce(np.broadcast_arrays(*rows)), "not below 0": broken(
        "highest_of", lambda found: np.maximum(found, 0))},
    "lowest_of": {"highest": lambda *rows: np.maximum.reduce(np.broadcast_arrays(*rows)), "not above 0": broken(
        "lowest_of", lambda found: np.minimum(found, 0))},
    "which_lowest": {"highest": fed("which_lowest", lambda *rows: tuple(-row for row in rows)), "blank is 0": fed(
        "which_lowest", lambda *rows: tuple(map(np.nan_to_num, rows))), "last of equals": lambda *rows: (
            len(rows) + 1 - OPERATORS["which_lowest"].numpy(*rows[::-1]))},
    "step_lookup": {"> for >=": fed("step_lookup", lambda x, *table: (np.asarray(x) - 1e-12, *table)),
                    "one further": fed("step_lookup", lambda x, *table: (
                        x, *table[: len(table) // 2], *table[len(table) // 2 + 1 :], table[-1]))},
    "&": {"swapped": fed("&", lambda a, b: (b, a)), "first only": fed("&", lambda a, b: (a, ""))},
    "amount": {"half to even": half_even(1), "two decimals": broken("amount", per_text(lambda text: text + "0")),
               "no commas": broken("amount", per_text(lambda text: text.replace(",", ""))),
               "0 for negative": fed("amount", lambda x: (np.maximum(x, 0),))},
    "times": {"half to even": np.vectorize(lambda x: "n.a." if np.isnan(x) else f"{x:,.2f}x", otypes=[object]),
              "0 for blank": fed("times", lambda x: (np.nan_to_num(x),)),
              "no sign": broken("times", per_text(lambda text: text.replace("x", "")))},
    "count": {"half to even": half_even(0), "no commas": broken("count", per_text(lambda text: text.replace(",", ""))),
              "down": fed("count", lambda x: (np.floor(x),))},
    "on_date": {"next day": fed("on_date", lambda x: (x + 1,)),
                "0 for never": fed("on_date", lambda x: (np.nan_to_num(x),)),
                "two digits": broken("on_date", per_text(lambda text: text.zfill(11)))},
    "choose": {"next": fed("choose", lambda code, *texts: (code, *texts[1:], texts[0])),
               "first": fed("choose", lambda code, *texts: (code * 0 + 1, *texts))},
    "pick": {"next": fed("pick", lambda code, *texts: (code, *texts[1:], texts[0])),
             "first": fed("pick", lambda code, *texts: (code * 0 + 1, *texts))},
}  # fmt: skip

# Wrong templates for Excel, by operator; None stands for "never in brackets".
EXCEL_MUTATIONS: dict[str, tuple[str | None, ...]] = {
    "+": ("{0}-{1}", "{0}", None),
    "-": ("{1}-{0}", "{0}+{1}", None),
    "*": ("{0}+{1}", "{0}*ABS({1})", None),
    "/": ("{0}*{1}", "{1}/{0}", None),
    "^": ("{0}*{1}", "{1}^{0}", None),
    ">=": ("({0}>{1})*1", "({0}<={1})*1", "({0}>={1})"),
    "<=": ("({0}<{1})*1", "({0}>={1})*1", "({0}<={1})"),
    ">": ("({0}>={1})*1", "({0}<{1})*1", "({0}>{1})"),
    "<": ("({0}<={1})*1", "({0}>{1})*1", "({0}<{1})"),
    "minimum": ("MAX({0},{1})", "MIN({0},{1},0)"),
    "maximum": ("MIN({0},{1})", "MAX({0},{1},0)"),
    "where": ("IF({0},{2},{1})", "IF(({0})>0,{1},{2})", "IF(({0})=1,{1},{2})"),
    "share": ("IF({1}>={2},{0}/{1},0)", "IF({1}>0,{0}/{1},0)", "IF({1}>{2},{0}/{1},1)", "IF({1}>{2},{0} /{1},0)"),
    "ratio": ('IF({1}>={2},{0}/{1},"")', "IF({1}>{2},{0}/{1},0)", 'IF({1}>{2},{0} /{1},"")'),
    "prev": ("{0}", "{0.next}", "IF({period}=1,0,{0.prev})"),
    "prev n": ("IF({period}>{1},INDEX({0.past},{period}-{1}+1),0)", "IF({period}>{1},INDEX({0.past},{period}-{1}),0)",
               "INDEX({0.past},MAX({period}-{1},0)+1)"),
    "following": ("{0}", "{0.prev}"),
    "following n": ("IF(COLUMNS({0.future})>{1},INDEX({0.future},{1}+1),0)",
                    "INDEX({0.future},MIN(COLUMNS({0.future})-1,{1}))",
                    "IF({1}=1,{0.next},0)"),
    "total": ("SUM({0.all})", "MAX({0.range})"),
    "lowest": ('IF(COUNT({0.range})=0,"",MIN({0.all}))', "MIN({0.range})", 'IF(COUNT({0.range})=0,"",MAX({0.range}))'),
    "highest": ("MAX({0.all})", "MIN({0.range})"),
    "first_when": ('IF(COUNTIF({0.range},1)=0,"",INDEX({1.all},MATCH(1,{0.range},0)))',
                   "INDEX({1.range},MATCH(1,{0.range},0))",
                   'IF(COUNTIF({0.range},1)=0,"",INDEX({1.range},MATCH(1,{0.all},0)))'),
    "at": ("INDEX({0.range},MAX({1},1))", "INDEX({0.all},MIN({1}+2,9))"),
    "sum_of": ("MAX({0})", "AVERAGE({0})"),
    "highest_of": ("MIN({0})", "MAX({0},0)"),
    "lowest_of": ("MAX({0})", "MIN({0},0)"),
    "which_lowest": ("IF(COUNT({0})=0,1,MATCH(MAX({0}),{0},0))", "MATCH(MIN({0}),{0},0)",
                     "IF(COUNT({0})=0,2,MATCH(MIN({0}),{0},0))"),
    "step_lookup": ("INDEX({2},MATCH({0},{1},0))", "INDEX({2},MATCH(({0})-0.000000000001,{1},1))"),
    "&": ("{1}&{0}", "{0}"),
    "amount": ("FIXED({0},2)", "FIXED({0},1,TRUE)", "FIXED(ABS({0}),1)"),
    "times": ('FIXED({0})&"x"', 'IF({0}="","n.a.",FIXED({0},1)&"x")', 'IF({0}="","n.a.",FIXED({0}))'),
    "count": ("FIXED({0},1)", "FIXED(INT({0}),0)", "FIXED({0},0,TRUE)"),
    "on_date": (OPERATORS["on_date"].excel.replace("DAY({0})", "DAY({0}+1)"),
                OPERATORS["on_date"].excel.replace("MONTH({0})", "MONTH({0}+31)"),
                OPERATORS["on_date"].excel.replace('{0}=""', "FALSE")),
    "choose": ("CHOOSE(4-{*})", "{1}"),
    "pick": ("INDEX({1},4-{0})", "INDEX({1},1)"),
}  # fmt: skip

# What no formula can show: brackets around a comparison or a text, because `(a>b)*1` is already in brackets and stands
# as a factor, a base or a term as well as `((a>b)*1)` does, and because `a&(b&c)` is `a&b&c`.


def one_more(operator: Operator) -> Callable[..., Any]:
    """The bluntest mutation, tried on every operator: one more, or a mark at the end of a text."""
    return broken(operator.name, per_text(lambda text: text + "!") if operator.text else lambda found: found + 1)


def one_more_in_excel(operator: Operator) -> str:
    return f'CONCATENATE({operator.excel},"!")' if operator.text else f"SUM({operator.excel},1)"


@contextmanager
def swapped(trial: Trial, name: str, **changes: Any) -> Iterator[None]:
    """The book with another operator in the place of the one called `name`."""
    nodes = [node for node in trial.nodes() if node.operator.name == name]
    for node in nodes:
        node.operator = replace(OPERATORS[name], **changes)
    try:
        yield
    finally:
        for node in nodes:
            node.operator = OPERATORS[name]


def numpy_mutations() -> Iterator[Any]:
    for operator in TABLE:
        for wrong, function in {"one more": one_more(operator), **NUMPY_MUTATIONS.get(operator.name, {})}.items():
            yield pytest.param(operator.name, function, id=f"{operator.name}: {wrong}")


def excel_mutations() -> Iterator[Any]:
    for operator in TABLE:
        for template in (one_more_in_excel(operator), *EXCEL_MUTATIONS.get(operator.name, ())):
            yield pytest.param(operator.name, template, id=f"{operator.name}: {template}")


def test_mutations_name_operators() -> None:
    assert set(NUMPY_MUTATIONS) <= set(OPERATORS)
    assert set(EXCEL_MUTATIONS) <= set(OPERATORS)


@pytest.mark.parametrize(("name", "function"), list(numpy_mutations()))
def test_wrong_meaning_in_numpy_is_noticed(trial: Trial, name: str, function: Callable[..., Any]) -> None:
    with swapped(trial, name, numpy=function):
        assert differences(trial.meant(BASE, trial.uses[name]), trial.judged) != []


@pytest.mark.parametrize(("name", "template"), list(excel_mutations()))
def test_wrong_template_for_excel_is_noticed(trial: Trial, name: str, template: str | None) -> None:
    with swapped(trial, name, **({"binds": ATOM} if template is None else {"excel": template})):
        wrong = [dict(trial.formulas(row)) for row in trial.uses[name] if row not in trial.knotted]
    assert any(is_noticed(trial, formulas) for formulas in wrong)


def is_noticed(trial: Trial, formulas: Cells) -> bool:
    """Whether a row with these formulas shows other values; the row is put right again."""
    right = {cell: trial.opened.formula(*cell) for cell in formulas}
    trial.opened.change(formulas)
    found = {cell: trial.opened.one(*cell) for cell in formulas}
    trial.opened.change(right)
    return differences({cell: trial.expected[cell] for cell in formulas}, found) != []
