"""The part of Stress that turns the question round: at which level of a driver, or of two, or of all, a pair fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter

from model.report import stamped, styles
from model.report.behind import LEFT_OUT, Behind, Curve, curves_over
from model.report.layout import INPUTS
from model.report.months import Cell, column
from model.report.tables import LABEL, LAST, WIDTH, Tables

if TYPE_CHECKING:
    from model.sheet import Row

Json = Any
TESTS = ("T1", "T2", "T3", "covered", "A")
TURNS = ("Unit", "Looked at from", "to", "At the run", "T1 turns at", "T2 turns at", "T3 turns at", "Cover turns at",
         "Grade A turns at", "Standard units away", "Live now", "Room, live", "Foretold there",
         "Covered, live", "Live check")
COVER, LIVE, ROOM, FORETOLD, COVERED, CHECK = 8, 11, 12, 13, 14, 15  # columns of the table
AGREES = '"agrees";"agrees";"differs"'
NOTE = ("A test turns at the level where it begins to fail, the nearest one to where the run has the driver; fails or passes: "
        "everywhere in the range. Live check: what the engine foretold for the live level of this driver, against the live "
        "verdict of this workbook; type a level into Inputs to see it turn. It speaks of one driver moved alone.")
FAR = ("Covered", "First single driver", "", "at", "Standard units", "All together, standard units", "In words", *[""] * 9)
ENDS, STRETCHES = LAST + 1, (LEFT_OUT - 1) // 2  # where the ends of stretches that fail stand, and how many find room
RIGHT_OF, CHART_LINES = 6, 16  # pairs beside which a chart still finds room, lines that it takes at least


class Reverse:
    """Writes the tables of a record of break-evens, distances and frontiers."""

    def __init__(self, tables: Tables, behind: Behind, told: Json, reverse: Json) -> None:
        self.tables, self.behind, self.page, self.reverse = tables, behind, tables.page, reverse
        self.drivers = {one["name"]: one for one in reverse["drivers"]}
        self.titles = {pair["id"]: f"{n}  {pair['title']}" for n, pair in enumerate(told["pairs"], start=1)}
        self.places = {pair["id"]: str(n) for n, pair in enumerate(told["pairs"], start=1)}

    def write(self) -> None:
        """Break-evens of each pair, distances of all, a frontier for each couple of drivers."""
        found: dict[str, dict[str, dict[str, Json]]] = {}
        for one in self.reverse["break_evens"]:
            found.setdefault(one["pair"], {}).setdefault(one["driver"], {})[one["test"]] = one
        for pair, by_driver in found.items():
            self._turns(pair, by_driver)
        self._distances()
        couples: dict[tuple[str, str], list[Json]] = {}
        for one in self.reverse["frontiers"]:
            couples.setdefault((one["first"], one["second"]), []).append(one)
        for (first, second), lines in couples.items():
            self._frontier(first, second, lines)

    # ---- one driver --------------------------------------------------------------------------------------------------

    def _turns(self, pair: str, by_driver: dict[str, dict[str, Json]]) -> None:
        """Where each test of a pair turns, beside the live level of the driver and the live verdict."""
        tables = self.tables
        tables.band(f"Break-evens of {self.titles[pair]}")
        tables.heads(TURNS, "Driver, moved alone")
        top = tables.line
        for name, tests in by_driver.items():
            self._turn(pair, self.drivers[name], tests)
        area = f"{column(CHECK)}{top}:{column(CHECK)}{tables.line - 1}"
        stamped.paint(self.page, area, [(f"{column(CHECK)}{top}=0", stamped.AMBER), (f"{column(CHECK)}{top}=1", stamped.GOOD)])
        for words in [one["words"] for tests in by_driver.values() for one in tests.values() if len(one["crossings"]) > 1]:
            tables.note(f"Several turns. {words}")
            tables.line -= 1
        if pair == self.reverse["break_evens"][0]["pair"]:
            tables.note(NOTE)
        else:
            tables.line += 1
        tables.end()

    def _turn(self, pair: str, driver: Json, tests: dict[str, Json]) -> None:
        tables, line, fmt = self.tables, self.tables.line, level_format(driver["unit"])
        tables.label(driver["label"])
        self.page.text(f"{column(1)}{line}", driver["unit"], "unit_right")
        for number, name in ((2, "low"), (3, "high"), (4, "now")):
            self.page.number(f"{column(number)}{line}", float(driver[name]), "given", fmt)
        for number, name in enumerate(TESTS, start=5):
            if name in tests:
                self._level(number, nearest(tests[name], driver["now"]), tests[name], fmt)
        covered = tests.get("covered")
        if covered is None:
            tables.line += 1
            return
        turn = nearest(covered, driver["now"])
        if turn is not None:
            self.page.number(f"{column(10)}{line}", abs(turn - driver["now"]) / driver["deviation"], "given", "0.0_)")
        self._live(pair, driver, covered, turn, fmt)
        tables.line += 1

    def _level(self, number: int, turn: float | None, found: Json, fmt: str) -> None:
        """A turn, or what holds everywhere."""
        cell = f"{column(number)}{self.tables.line}"
        if turn is None:
            self.page.text(cell, "fails" if found["failing"] else "passes", "unit_right")
        else:
            self.page.number(cell, turn, "given", fmt)

    def _live(self, pair: str, driver: Json, found: Json, turn: float | None, fmt: str) -> None:
        """The live level of the driver, what was foretold for it, and the live verdict."""
        tables, line = self.tables, self.tables.line
        row: Row = tables.deal.book.movable(driver["key"])
        if tables.issue.layout.places[row].sheet != INPUTS:
            return
        level = tables.at(row)
        tables.put(LIVE, level, "link", fmt)
        if turn is not None:
            tables.put(ROOM, (f"={column(COVER)}{line}-{column(LIVE)}{line}", turn - level[1]), "calc", fmt)
        live = tables.at(tables.deal.pairs[pair].row("covered"))
        if len(found["failing"]) > STRETCHES:
            return
        foretold = self._foretold(f"{column(LIVE)}{line}", level[1], found["failing"])
        tables.put(FORETOLD, foretold, "calc", stamped.PASS)
        tables.put(COVERED, live, "link", stamped.PASS)
        same = f"=({column(FORETOLD)}{line}={column(COVERED)}{line})*1", float(foretold[1] == live[1])
        tables.put(CHECK, same, "calc", AGREES)

    def _foretold(self, cell: str, level: float, failing: Sequence[Sequence[float]]) -> Cell:
        """Whether the level is outside every stretch that fails; the ends of the stretches stand right of the page."""
        terms, inside = [], 0.0
        for n, (low, high) in enumerate(failing):
            left, right = (f"{get_column_letter(ENDS + 2 * n + k)}{self.tables.line}" for k in (0, 1))
            for end, value in ((left, low), (right, high)):
                self.page.number(end, float(value), "unit_right", "General")
            terms.append(f"({cell}>={left})*({cell}<={right})")
            inside += (level >= low) * (level <= high)
        return f"=1-({'+'.join(terms) or '0'})", 1.0 - inside

    # ---- all drivers -------------------------------------------------------------------------------------------------

    def _distances(self) -> None:
        """How far every pair is from the turn of its verdict."""
        tables, found = self.tables, self.reverse["distances"]
        if not found:
            return
        tables.band("Distance to failure, or to being covered")
        tables.heads(FAR, "Contract / debt", [(2, 3), (7, 16)])
        for one in found:
            tables.label(self.titles[one["pair"]])
            line, joint = tables.line, one["joint"]
            self.page.text(f"{column(1)}{line}", "yes" if one["passes_now"] else "no", "right")
            if one["nearest_alone"] is not None:
                driver = self.drivers[one["nearest_alone"]]
                tables.words(2, 3, driver["title"], "source")
                self.page.number(f"{column(4)}{line}", one["level_alone"], "given", level_format(driver["unit"]))
                self.page.number(f"{column(5)}{line}", one["distance_alone"], "given", "0.00_)")
            words = one["words"]
            if joint:
                self.page.number(f"{column(6)}{line}", joint["distance"], "given", "0.00_)")
                words += f". All together: {joint['words']}"
            tables.words(7, 16, words, "source")
            self.page.height(line, (self.titles[one["pair"]], LABEL), (words, 10 * WIDTH))
            tables.line += 1
        tables.line += 1
        tables.end()

    # ---- two drivers -------------------------------------------------------------------------------------------------

    def _frontier(self, first: str, second: str, found: Sequence[Json]) -> None:
        """Where cover turns in the second driver at each level of the first, by pair."""
        tables, one, two = self.tables, self.drivers[first], self.drivers[second]
        tables.band(f"Frontier: level of {two['title']} at which cover turns, by {one['title']}")
        turning = [line for line in found if any(point["break_even"] is not None for point in line["points"])]
        if not turning:
            tables.note("No pair turns at any of these levels.")
            tables.end()
            return
        tables.heads([one["title"], *(f"Pair {self.places[line['pair']]}" for line in turning)], "Level of the first driver")
        top = tables.line
        for n, point in enumerate(turning[0]["points"]):
            self.page.number(f"{column(1)}{tables.line}", point["level"], "given", level_format(one["unit"]))
            for number, line in enumerate(turning[: LAST - 3], start=2):
                at = line["points"][n]
                self._level(number, at["break_even"], at, level_format(two["unit"]))
            tables.line += 1
        self._frontier_chart(one, two, turning, top)
        tables.note(f"The level of {two['title']} from which a pair is no longer covered, or from which it is; fails or passes: "
                    "at every level. Pairs that turn nowhere are left out.")
        tables.end()

    def _frontier_chart(self, one: Json, two: Json, turning: Sequence[Json], top: int) -> None:
        """Lines beside the table, below it where it is wide."""
        levels = self.behind.put(one["title"], [point["level"] for point in turning[0]["points"]])
        curves = [Curve(self.behind.put(f"Pair {self.places[line['pair']]}", [point["break_even"] for point in line["points"]]),
                        styles.SERIES[n % len(styles.SERIES)]) for n, line in enumerate(turning)]
        chart = curves_over(f"{two['title']} at which cover turns, by {one['title']}", levels, curves,
                            axis_format(two["unit"]), axis_format(one["unit"]))
        if len(turning) <= RIGHT_OF:
            self.behind.draw(chart, (5 + len(turning), top, LAST, max(self.tables.line - 1, top + CHART_LINES)))
            return
        self.behind.draw(chart, (2, self.tables.line + 1, 12, self.tables.line + CHART_LINES))
        self.tables.line += CHART_LINES + 2




def nearest(found: Json, now: float) -> float | None:
    """The turn next to where the run has the driver."""
    return min((crossing["level"] for crossing in found["crossings"]), key=lambda level: abs(level - now), default=None)


def level_format(unit: str) -> str:
    """Levels of drivers as the table shows them."""
    return {"share": "0.00%_);-0.00%_)", "rate": "0.00%_);-0.00%_)", "days": "0_)"}.get(unit, "0.00_)")


def axis_format(unit: str) -> str:
    """Levels of drivers along an axis."""
    return {"share": "0%", "rate": "0.0%", "days": "0"}.get(unit, "0.00")
