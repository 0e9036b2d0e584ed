"""The generated program gives what the numpy fold gives, bit for bit: as plain Python, and compiled for lanes."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from model.cases import Run
from model.errors import BuildError, CheckError
from model.sheet import (
    PERIOD,
    TEXT,
    Block,
    Book,
    Expr,
    Figures,
    Row,
    evaluate,
    figure,
    following,
    highest,
    line,
    maximum,
    minimum,
    prev,
    total,
)
from model.sheet import given as told_by
from model.sheet.kernel import COMPILER, Program, native
from model.sheet.kernel.lanes import _wide as lanes_of
from model.sheet.kernel.native import Compiler
from tests.delivered import the_run
from tests.strategies import deals, run_deal
from tests.test_operators import SEED, Generator

pytestmark = pytest.mark.slow

CASES = sorted(p.name for p in Path("inputs").iterdir() if (p / "case.yaml").exists())
CURVES = ("base_rate", "spot_price", "market_price", "power_price", "share_price")
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "4"))
Moves = dict[str, np.ndarray[Any, Any]]


def differences(values: Any, told: Mapping[str, Any], targets: list[Row]) -> list[str]:
    """Rows of which a bit differs between the numpy fold and the two that are generated."""
    expected = Figures(values, told, targets, engine="numpy")(told)
    figures = Figures(values, told, targets)
    assert any((array != array[..., :1]).any() for array in expected.values()), "nothing moved"
    found = []
    for engine in ("scalar", "lanes"):
        figures.engine = engine
        here = figures(told)
        found += [f"{engine}: {row.key}" for row in targets if not np.array_equal(expected[row], here[row], equal_nan=True)]
    return found


def single_figures(book: Book) -> list[Row]:
    """Every number that is one for the whole deal."""
    return [row for row in book.rows if row.per not in (PERIOD, TEXT) and row.input is None]


def moves(done: Run, width: int, seed: int) -> Moves:
    """Every driver, the loss of every contract and every curve, at random."""
    rng, deal, told = np.random.default_rng(seed), done.deal, Moves()
    for row in deal.drivers.rows():
        if row.input is not None and row.declared.name not in ("tolerance", "cover"):
            here, low, high = (float(x) for x in (done.values.one(row), row.declared.low or 0.0, row.declared.high or 1.0))
            told[row.key] = np.clip(here + rng.uniform(-0.2, 0.2, width), low, high)
    told["drivers.delay_days"] = rng.integers(0, 200, width) * rng.integers(0, 2, width) * 1.0
    told["drivers.cross_default"] = rng.integers(0, 40, width) * rng.integers(0, 2, width) * 1.0
    for contract in deal.contracts.values():
        told[f"{contract.key}.lost_after"] = rng.integers(0, 2000, width) * (rng.random(width) < 0.4) * 1.0
    for row in deal.book.inputs:
        if row.per == PERIOD and row.declared.name in CURVES:
            column = np.asarray(done.values.one(row))
            told[row.key] = column[:, None] * rng.uniform(0.8, 1.2, (len(column), width))
    return told


def test_random_formulas() -> None:
    """Every operator of the table, alone and inside others, over ties and blanks and against the edges of the sheet."""
    drawn = Generator(SEED)
    values = evaluate(drawn.book)
    told = {key: np.array(two) for key, two in drawn.changes.items()}
    for row in drawn.book.inputs:  # curves that might move, and so must be calculated, but stay where the book is safe
        if row.per == PERIOD and row.declared.name.split("_")[0] in ("number", "flag", "lag", "period"):
            told[row.key] = np.repeat(values[row], 2, axis=1)
    assert differences(values, told, [row for row in drawn.book.rows if row.per != TEXT]) == []


@pytest.mark.parametrize("case", CASES)
def test_every_figure_of_every_case(case: str) -> None:
    """Pairs, boxes, claim and company under everything that can move, all at once."""
    done = the_run(case)
    over_time = [pair.row(name) for pair in done.deal.pairs.values() for name in ("cash", "kept")]
    targets = [*single_figures(done.deal.book), *over_time]
    assert differences(done.values, moves(done, 3, 5), targets) == []


@given(deals(any_box=True))
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_random_deals(deal: Any) -> None:
    """Deals of every kind of contract and loan, with boxes of every term."""
    done = run_deal(deal)
    told = moves(done, 5, 3)
    assert differences(done.values, told, single_figures(done.deal.book)) == []


# ---- small books -----------------------------------------------------------------------------------------------------


class Edges(Block):
    """Rows that read other periods in every way, with opening columns and without."""

    base = told_by("USD m", "Base", default=1)
    lag = told_by("no.", "Lag", default=1)
    flow = told_by("USD m", "Flow", per=PERIOD)

    @line("USD m")
    def plain(self) -> Expr:
        """Without opening column"""
        return self.flow * self.base - 1

    @line("USD m", opening=True)
    def later(self) -> Expr:
        """The next period, from the opening column on"""
        return following(self.plain)

    @line("USD m", opening=True)
    def all_of_it(self) -> Expr:
        """Its total, in every column"""
        return total(self.plain)

    @line("USD m")
    def lagged(self) -> Expr:
        """So many periods earlier and later"""
        return prev(self.plain, self.lag) - following(self.later, self.lag)

    @line("USD m")
    def own_past(self) -> Expr:
        """Its own past; 0 where the lag is none"""
        return self.plain + prev(self.own_past, self.lag) * self.base

    @line("USD m", opening=True)
    def own_future(self) -> Expr:
        """Its own future"""
        return self.flow + following(self.own_future, self.lag) * self.base

    @figure("USD m")
    def all_ways(self) -> Expr:
        """What is read in other periods and by nobody else"""
        return total(self.lagged) + total(self.own_past) + total(self.own_future)

    @figure("USD m")
    def most(self) -> Expr:
        """Highest of a row that may lie below 0"""
        return highest(self.plain)


@pytest.mark.parametrize("curve", [False, True])
def test_other_periods_and_opening_columns(curve: bool) -> None:
    """Whole and broken lags, none at all, and rows of which only the opening column differs."""
    flow = [-3.0, 1.0, 2.5, -0.5, 4.0, 0.0, 2.0]
    book = Book([Edges("E", flow=flow)], len(flow))
    told = {"e.base": np.linspace(-2, 2, 70), "e.lag": np.array([0, 1, 2, 1.5, 3, 0.5, 9] * 10, dtype=float)}
    if curve:
        told["e.flow"] = np.random.default_rng(2).uniform(-3, 3, (len(flow) + 2, 70)) * [[1]] * np.r_[[1] * 8, 0][:, None]
    targets = [row for row in book.rows if row.input is None]
    for moved in (told, {key: array for key, array in told.items() if key != "e.lag"}):
        assert differences(evaluate(book), moved, targets) == []
        assert differences(evaluate(book), moved, [book.blocks[0].row("all_ways")]) == []


class Chained(Block):
    """A stock that takes from the block before what it holds now, what it held a period ago, and a flow of this period."""

    rate = told_by("rate", "Rate", default=0.1)
    before = told_by("USD m", "Stock of the block before", per=PERIOD)
    handed_on = told_by("USD m", "Flow of the block before", per=PERIOD)

    @line("USD m", opening="rate")
    def stock(self) -> Expr:
        """Stock"""
        return prev(self.stock) * self.rate + self.before - prev(self.before) * self.rate + self.handed_on

    @line("USD m")
    def flow(self) -> Expr:
        """Flow"""
        return self.stock * self.rate

    @line("USD m")
    def rise(self) -> Expr:
        """Rise of the stock"""
        return self.stock - prev(self.stock)

    @figure("USD m")
    def whole(self) -> Expr:
        """All of it"""
        return total(self.rise)


class Watched(Block):
    """Another block's stock a period ago."""

    stock = told_by("USD m", "Stock", per=PERIOD)

    @line("USD m")
    def seen(self) -> Expr:
        """Stock a period ago, doubled"""
        return prev(self.stock) + prev(self.stock)

    @figure("USD m")
    def whole(self) -> Expr:
        """All of it"""
        return total(self.seen)


def test_blocks_read_one_another_now_and_a_period_ago() -> None:
    """Equal blocks have a piece each: whoever comes earlier or later in a period finds what stood there a period ago."""
    blocks: list[Any] = [Chained("0", key="chained-0", before=[3.0, 1.0, 4.0, 1.0, 5.0], handed_on=[0.0] * 5)]
    for n in range(1, 12):
        blocks.append(Chained(str(n), key=f"chained-{n}", before=blocks[-1].row("stock"), handed_on=blocks[-1].row("flow")))
    watching = [Watched(f"Watching {n}", key=f"watching-{n}", stock=blocks[n].row("stock")) for n in (0, 5, 11)]
    book = Book([*blocks, *watching], 5)
    told = {f"{block.key}.rate": np.linspace(-0.5, 0.5, 70) * (n + 1) for n, block in enumerate(blocks)}
    figures = [block.row("whole") for block in (*watching, *blocks)]
    for targets in (figures, figures[::-1], [blocks[-1].row("whole")]):
        assert differences(evaluate(book), told, targets) == []


class NowAndBefore(Block):
    """What a row holds now and a period ago, read in one breath."""

    rate = told_by("share", "Rate", low=0, high=10)
    amount = told_by("USD m", "Amount", per=PERIOD)

    @line("USD m")
    def first(self) -> Expr:
        """Amount at the rate"""
        return self.amount * self.rate

    @line("USD m")
    def second(self) -> Expr:
        """That of this period and of the one before"""
        return self.first + prev(self.first)

    @figure("USD m")
    def whole(self) -> Expr:
        """All of it"""
        return total(self.second)


def test_a_place_is_not_written_over_before_it_was_read() -> None:
    """1, 2, 4, 8: 1 + 3 + 6 + 12 = 22 at a rate of one."""
    block = NowAndBefore("NowAndBefore", key="now-and-before", rate=1.0, amount=[1.0, 2.0, 4.0, 8.0])
    values = evaluate(Book([block], 4))
    told = {"now-and-before.rate": np.array([1.0, 2.0, 3.0])}
    found = Figures(values, told, [block.row("whole")], engine="lanes")(told)
    assert found[block.row("whole")].tolist() == [22, 44, 66]


def test_lanes_beyond_the_last_column_are_like_it() -> None:
    """They work on numbers that the case has, and nobody reads what they find."""
    wide = lanes_of(np.array([[1.0, 2.0], [3.0, 4.0]]), 5)
    assert wide.tolist() == [[1.0, 2.0, 2.0, 2.0, 2.0], [3.0, 4.0, 4.0, 4.0, 4.0]]
    assert lanes_of(np.array([7.0]), 3).tolist() == [7.0, 7.0, 7.0]


def test_what_is_told_has_the_shape_that_every_engine_counts_on() -> None:
    """A wrong shape would be read beyond its end."""
    book = Book([Edges("E", flow=[1.0, 2.0])], 2)
    figures = Figures(evaluate(book), ["e.base", "e.flow"], [book.blocks[0].row("most")])
    wrong = [{"e.flow": np.ones((50, 100))}, {"e.flow": np.ones(100)}, {"e.flow": np.ones((4, 100))}, {"e.lag": np.ones(3)},
             {"e.base": np.ones((2, 3))}, {"e.base": np.ones(3), "e.flow": np.zeros((4, 5))}, {"e.base": np.ones(0)}]
    for told in wrong:
        with pytest.raises(BuildError):
            figures(told)


class Quotient(Block):
    """A number that moves over one that does not."""

    above = told_by("USD m", "Above", default=1)
    below = told_by("USD m", "Below", per=PERIOD, above=0)

    @line("x")
    def quotient(self) -> Expr:
        """Quotient"""
        return self.above / self.below

    @figure("x")
    def whole(self) -> Expr:
        """Whole"""
        return total(self.quotient)


def test_division_by_an_inverse_is_exact() -> None:
    """A correctly rounded inverse, put right once, gives the rounded quotient: a quarter of a million of all sizes."""
    rng, periods = np.random.default_rng(11), 50
    book = Book([Quotient("Q", below=(rng.uniform(1, 2, periods) * 10.0 ** rng.integers(-9, 9, periods)).tolist())], periods)
    above = rng.uniform(-2, 2, 5000) * 10.0 ** rng.integers(-12, 12, 5000)
    above[:6] = (0.0, 1.0, -1.0, 3.0, 1e290, 1e-290)  # only a quotient that overflows is not the same
    row = book.blocks[0].row("quotient")
    told = {"q.above": above}
    exact, lanes = (Figures(evaluate(book), told, [row], engine=engine)(told)[row] for engine in ("numpy", "lanes"))
    assert np.array_equal(exact, lanes)


class Account(Block):
    """Money in and out, a total, and a row that must stay above 0."""

    start = told_by("USD m", "Start", default=10)
    rate = told_by("rate", "Rate", default=0.1)
    out = told_by("USD m", "Out", default=1)
    flow = told_by("USD m", "Flow", per=PERIOD)

    @line("USD m", opening="start")
    def balance(self) -> Expr:
        """Balance"""
        return maximum(0, prev(self.balance) * self.growth + self.flow - minimum(self.out, prev(self.balance)))

    @line("x", above=0)
    def growth(self) -> Expr:
        """Growth"""
        return 1 + self.rate

    @figure("USD m")
    def whole(self) -> Expr:
        """Whole"""
        return total(self.balance) / self.growth_now

    @figure("x")
    def growth_now(self) -> Expr:
        """Growth of the whole deal"""
        return 1 + self.rate

    growth_now.above = 0.0


def accounts(count: int, periods: int = 30) -> Book:
    flow = [float(n % 7) for n in range(periods)]
    return Book([Account(f"Account {n}", key=f"account-{n}", flow=flow) for n in range(count)], periods)


def program(count: int) -> Program:
    book = accounts(count)
    return Program(evaluate(book), [f"account-{n}.rate" for n in range(count)], [b.row("whole") for b in book.blocks])


def test_thirty_equal_blocks_compile_no_more_than_ten() -> None:
    """A shape is compiled once, however many blocks have it."""
    pieces = [{s.piece(16).name for part in program(n).lanes.parts for s in part.segments} for n in (10, 30)]
    assert pieces[0] == pieces[1]
    assert len(program(30).lanes.parts) < 6
    calls = sum(len(part.segments) for part in program(30).lanes.parts)
    assert calls >= 30 * len(pieces[1]) / 2, "equal blocks share their pieces"


def test_loops_are_vectors() -> None:
    """Lost vectors cost three times the time and say nothing: every sum and product is one of packed doubles."""
    done = the_run("coreweave-ipo")
    targets = [pair.row("covered") for pair in done.deal.pairs.values()]
    lanes = Program(done.values, ["drivers.price_change", "drivers.rate_shift"], targets).lanes
    sizes = {"x86": r"\bv?(add|sub|mul|div|min|max)(pd|sd)\b", "aarch64": r"\bf(add|sub|mul|div|min|max)\w*\s+(v|d)\d"}
    form = sizes["x86" if "x86" in str(COMPILER.machine.triple) else "aarch64"]
    seen: list[tuple[str, str]] = []
    for part in lanes.parts:
        for segment in part.segments:
            seen += re.findall(form, COMPILER.assembly(segment.piece(lanes.lanes)))
    assert len(seen) > 200
    assert {one for one in seen if one[1] not in ("pd", "v")} <= {("div", "sd"), ("div", "d")}, "inverses, once a call"


def test_compiled_pieces_are_kept_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next process compiles nothing; a file that was cut off or changed is not run but made again."""
    monkeypatch.setenv("DEBTCOVER_CACHE", str(tmp_path))
    pieces = [s.piece(16) for part in program(3).lanes.parts for s in part.segments]
    first, second, third = Compiler(), Compiler(), Compiler()
    told: list[str] = []
    first.told = told.append
    first.address_of(pieces)
    second.address_of(pieces)
    assert (first.compiled, second.compiled) == (len({p.name for p in pieces}), 0)
    assert "compiling" in told[0]
    assert str(tmp_path) in told[0]
    spoilt = next(tmp_path.rglob("piece_*.o"))
    spoilt.write_bytes(spoilt.read_bytes()[:-1])
    third.address_of(pieces)
    assert third.compiled == 1


def test_pieces_that_were_not_used_for_longest_are_thrown_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever program they are of; one that is read counts as used, and other files are left alone."""
    monkeypatch.setenv("DEBTCOVER_CACHE", str(tmp_path))
    pieces = {piece.name: piece for part in program(3).lanes.parts for piece in [s.piece(16) for s in part.segments]}
    one, two, three = list(pieces.values())[:3]
    Compiler().address_of([one, two])
    (tmp_path / "pieces-of-before").mkdir()
    for name in ("piece_x.o", "notes.txt"):
        (tmp_path / "pieces-of-before" / name).write_text("")
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (1000, 1000))
    monkeypatch.setattr(native, "KEPT", 2)
    later = Compiler()
    later.address_of([one])
    later.address_of([three])
    assert {path.name for path in tmp_path.rglob("*.*")} == {f"{one.name}.o", f"{three.name}.o", "notes.txt"}


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the next process compiles again."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DEBTCOVER_CACHE", str(tmp_path / "file"))
    compiler = Compiler()
    compiler.address_of([s.piece(16) for part in program(2).lanes.parts for s in part.segments])
    assert compiler.compiled > 0


def test_without_the_compiler_numpy_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is optional."""
    book = accounts(3)
    told = {"account-1.rate": np.linspace(-0.2, 0.3, 200)}
    figures = Figures(evaluate(book), told, [b.row("whole") for b in book.blocks])
    with_lanes = figures(told)
    monkeypatch.setattr(native, "find_spec", lambda name: None)
    assert figures._engine(200) == "numpy"
    without = figures(told)
    assert all(np.array_equal(with_lanes[row], without[row]) for row in with_lanes)


@pytest.mark.parametrize("engine", ["numpy", "scalar", "lanes"])
def test_a_row_that_breaks_its_promise_is_refused(engine: Any) -> None:
    """What is divided by may not fall to 0, in any lane."""
    book = accounts(1)
    told = {"account-0.rate": np.array([0.1] * 40 + [-1.0])}
    with pytest.raises(CheckError, match="above 0"):
        Figures(evaluate(book), told, [book.blocks[0].row("whole")], engine=engine)(told)


def test_threads_do_not_disturb_one_another() -> None:
    """Each has a workspace of its own."""
    book = accounts(4)
    figures = Figures(evaluate(book), ["account-2.rate"], [b.row("whole") for b in book.blocks], engine="lanes")
    parts = [{"account-2.rate": np.linspace(0, 0.01 * n, 400)} for n in range(1, 17)]
    alone = [figures(part) for part in parts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(figures, parts))
    assert all(np.array_equal(a[row], b[row]) for a, b in zip(alone, together, strict=True) for row in a)


def test_columns_do_not_depend_on_their_neighbours() -> None:
    """Any number of columns gives each of them the same, whatever the block of lanes."""
    book = accounts(2)
    rates = np.linspace(-0.5, 0.5, 101)
    figures = Figures(evaluate(book), ["account-0.rate"], [book.blocks[0].row("whole")], engine="lanes")
    row = book.blocks[0].row("whole")
    whole = figures({"account-0.rate": rates})[row]
    for first, last in ((0, 1), (3, 10), (50, 101), (7, 71)):
        assert np.array_equal(figures({"account-0.rate": rates[first:last]})[row], whole[first:last])
