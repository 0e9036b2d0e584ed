"""Charts: the second printed page. What is not on Summary stands below the print area, quarter by quarter, as live links."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum
from typing import TYPE_CHECKING, Any

from openpyxl.chart.legend import LegendEntry
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter

from model.report import styles
from model.report.behind import Behind
from model.report.charts import Drawn, Place, by_column, placed, small
from model.report.front import link, reference
from model.report.layout import CHARTS, CLOCK_LINES, TIME
from model.report.paths_charts import draw_fan, service_months
from model.report.quarters import AS_OF, Cell, Quarter, Quarters, Read
from model.report.stamped import STALE
from model.report.summary import HEAD, Summary
from model.sheet import Block, Row, period_column

if TYPE_CHECKING:
    from model.report.workbook import Issue

WIDTHS = (2.5, 46, 10.4, *[9.4] * 12)
RIGHT, ACROSS = 15, 169.0
TOPS, HIGH = (5, 27), 21  # where the two rows of charts begin, and the lines that a chart takes
COLUMNS = ((2, 3), (4, 9), (10, 15))
BELOW = TOPS[1] + HIGH + 1  # the line of the small print, the last that is printed
CAP = 3.0
NOTHING: Cell = ("=0", 0.0)
RED, PALE = "DC2626", "94A3B8"
NOTE = ("Charts follow the scenario that is chosen on Inputs. The numbers behind them stand below this line and on Summary, each "
        "linked to the row that computes it.")
BRIDGE = ("quoted", "gap", "net", "cost", "principal", "outside", "in pairs")
STEPS = ("Amount", "Below the step", "More", "Less")


def charts_page(issue: Issue, summary: Summary) -> None:
    """Six charts, and the numbers behind those that Summary does not hold."""
    Charts(issue, summary).write()


class Charts:
    """Draws the page."""

    def __init__(self, issue: Issue, summary: Summary) -> None:
        self.issue, self.page, self.deal, self.summary = issue, issue.page(CHARTS), issue.run.deal, summary
        self.page.widths(*WIDTHS)
        self.lines = Quarters(issue, self.page, BELOW + 2)
        self.fan_of = self._simulated()

    def write(self) -> None:
        """The head, the charts, the small print."""
        page, verdict = self.page, self.issue.claim.row("in_short")
        page.heading(f"Charts: {self.deal.case.general.title}", RIGHT)
        link(page, self.issue, "B3", verdict, "calc_wrap")
        page.sheet.merge_cells(f"B3:{get_column_letter(RIGHT)}3")
        page.height(3, (self.issue.value(verdict) + " " * 40, ACROSS))
        places = [(left, top, right, top + HIGH) for top in TOPS for left, right in COLUMNS]
        last = self._fan if self.fan_of else self._bridge
        for draw, place in zip((self._debt, self._cover, self._wall, self._liquidity, self._run_off, last), places, strict=True):
            draw(place)
        said, stale = self.issue.called.part("Words below the charts", NOTE), f"{STALE}: the fan. " if self.fan_of else ""
        page.formula(f"B{BELOW}", f'=IF(Run_Stale>0,"{stale}","")&{said}' if stale else f"={said}",
                     (stale if self.issue.moved else "") + NOTE, "note")
        page.sheet.merge_cells(f"B{BELOW}:{get_column_letter(RIGHT)}{BELOW}")
        page.sheet.print_area = f"A1:{get_column_letter(RIGHT)}{BELOW}"
        page.printed(fit_height=1)

    def _put(self, chart: Any, place: Place) -> None:
        self.page.sheet.add_chart(placed(chart, place))

    # ---- from the years of Summary -----------------------------------------------------------------------------------

    def _debt(self, place: Place) -> None:
        """Debt by instrument with what stands against it."""
        at, count = self.summary.at, len(self.deal.instruments)
        against = [Drawn(at["backlog"], styles.GOLD, name="Backlog"),
                   Drawn(at["cash_to_come"], styles.GREEN, dashed=True, name="Cash to come")]
        chart = by_column(self.summary.page, "Debt (colours as right), backlog and cash to come, USD m", HEAD,
                          range(at["closing"], at["closing"] + count), (6, 6 + len(self.issue.years)), against)
        chart.legend.txPr = small(700)
        chart.legend.legendEntry = [LegendEntry(idx=n, delete=True) for n in range(count)]
        self._put(chart, place)

    def _wall(self, place: Place) -> None:
        """What falls due, year by year."""
        first, count = self.summary.at["principal"], len(self.deal.instruments)
        self._put(by_column(self.summary.page, "Maturity wall: principal due by year, USD m", HEAD,
                            range(first, first + count), (7, 6 + len(self.issue.years))), place)

    # ---- cover -------------------------------------------------------------------------------------------------------

    def _cover(self, place: Place) -> None:
        """DSCR of the weakest pair and of the pool, and what covenants ask of the pair."""
        lines, claim, pairs = self.lines, self.issue.claim, self.deal.pairs
        lines.band("DSCR: the lowest of the payment dates of a quarter, within a limit either way; 0 where nothing is due")
        self.page.text(f"B{lines.line}", "Limit", "plain")
        self.page.number(f"C{lines.line}", CAP, "given", styles.TIMES)
        cap, weakest = f"$C${lines.line}", claim.row("weakest")
        lines.line += 1
        every = [(pair.title, pair) for pair in pairs.values()] + [("Pooled GPU debt", self.deal.pool)]
        found = [lines.put(f"Lowest, without a limit: {title}", self._lowest(one), styles.TIMES) for title, one in every]
        first, *_, pool = [lines.put(title, self._limited(line, one, cap), styles.TIMES)
                           for line, (title, one) in zip(found, every, strict=True)]
        label = f'="Weakest: pair "&{reference(self.issue, weakest)}', f"Weakest: pair {int(self.issue.value(weakest))}"
        worst = lines.put(label, self._weakest(first), styles.TIMES)
        chart = by_column(self.page, f"DSCR by quarter, weakest pair and pool (within {CAP:.1f}x)", lines.head, [worst, pool],
                          lines.columns, self._levels(), stacked=False)
        chart.y_axis.number_format, chart.y_axis.scaling.max = '0.0"x"', CAP
        chart.y_axis.scaling.min = None  # cash below nothing is a cover below nothing
        self._put(chart, place)

    def _lowest(self, block: Block) -> Read:
        row = block.row("dscr_ranked")

        def read(quarter: Quarter) -> Cell:
            found = float(self.issue.value(row)[quarter.first : quarter.last + 1].min())
            return f"=MIN({self.lines.area(row, quarter)})", found

        return read

    def _limited(self, line: int, block: Block, cap: str) -> Read:
        """A line within the limit either way, and 0 where nothing is due."""
        limit, at = float(self.issue.value(block.row("far"))), reference(self.issue, block.row("far"))

        def read(quarter: Quarter) -> Cell:
            cell, found = f"{quarter.letter}{line}", self.lines.here(line, quarter)
            return f"=IF({cell}>={at},0,MAX(-{cap},MIN({cap},{cell})))", 0.0 if found >= limit else max(-CAP, min(CAP, found))

        return read

    def _weakest(self, first: int) -> Read:
        """Of a line for each pair, that of the weakest."""
        weakest, last = self.issue.claim.row("weakest"), first + len(self.deal.pairs) - 1
        chosen, at = reference(self.issue, weakest), first + int(self.issue.value(weakest)) - 1

        def read(quarter: Quarter) -> Cell:
            return f"=INDEX({quarter.letter}{first}:{quarter.letter}{last},{chosen})", self.lines.here(at, quarter)

        return read

    def _levels(self) -> list[Drawn]:
        """Covenant and lock-up of the weakest pair's box, where any box has them; and where cash equals service."""
        drawn = [Drawn(self.lines.put("Cash equals service", lambda _: ("=1", 1.0), styles.TIMES), PALE, 12700)]
        tests = {key: self._test(key) for key in self.deal.pairs}
        told = (("Covenant", "default", RED), ("Lock-up", "lock_up", styles.GOLD)) if any(tests.values()) else ()
        for label, name, colour in told:
            first = self.lines.line
            for key, pair in self.deal.pairs.items():
                self.lines.put(f"{label}: {pair.title}", self._level(tests[key], name), styles.TIMES)
            asked = self.lines.quarters[0].letter
            has, lacks = f"{label} of the weakest pair", f"{label}: the weakest pair has none"
            shown = lacks if self._asks(first) == 0 else has
            said = f'=IF({asked}{self.lines.line}>0,"{has}","{lacks}")', shown
            chosen = self.lines.put(said, self._weakest(first), styles.TIMES)
            drawn.append(Drawn(chosen, colour, 19050, dashed=name == "lock_up"))
        return drawn

    def _asks(self, first: int) -> Any:
        """What the covenant of the weakest pair asks for."""
        at = first + int(self.issue.value(self.issue.claim.row("weakest"))) - 1
        return self.lines.here(at, self.lines.quarters[0])

    def _level(self, covenant: Any, name: str) -> Read:
        """A level of a covenant, which is the same in every quarter."""
        level = NOTHING if covenant is None else _seen(self.issue, covenant.row(name))
        return lambda _: level

    def _test(self, key: str) -> Any:
        """The covenant on DSCR of the box of a pair; None where it has none."""
        loan = next(one.loan for one in self.deal.mapped if one.pair == key)
        file = next(file for file in self.deal.case.debt.boxes if file.id == self.deal.lending.files[loan].box)
        said = next((one for one in file.covenants if one.test == "dscr"), None)
        return self.deal.boxes[file.id].covenants[said.id] if said else None

    # ---- liquidity and run-off ---------------------------------------------------------------------------------------

    def _liquidity(self, place: Place) -> None:
        """Cash and undrawn lines of the company against the least that it must hold."""
        if self.deal.parent is None:
            self._words(place, "Liquidity: the case says nothing of the cash of a company above its borrowers.")
            return
        block, lines = self.deal.parent.outlook.liquidity, self.lines
        lines.band("Liquidity of the company at quarter end, USD m")
        rows = (("Company cash", self.deal.parent.treasury.row("cash")), ("Undrawn revolver", block.row("undrawn")))
        stacked = [lines.put(label, lines.ends(row), opening=True) for label, row in rows]
        least = _seen(self.issue, block.row("minimum"))
        aim = Drawn(lines.put("Liquidity that must be held", lambda _: least, opening=True), styles.GOLD)
        chart = by_column(self.page, "Liquidity against its minimum, USD m", lines.head, stacked,
                          lines.with_opening, [aim])
        chart.y_axis.scaling.min = None
        self._put(chart, place)

    def _words(self, place: Place, said: str) -> None:
        """What stands where a chart would."""
        left, top, right, _ = place
        cell = f"{get_column_letter(left)}{top + HIGH // 2}"
        self.page.text(cell, said, "note_mid")
        self.page.sheet.merge_cells(f"{cell}:{get_column_letter(right)}{top + HIGH // 2 + 1}")

    def _run_off(self, place: Place) -> None:
        """Debt contract by contract; what outlives its contract stands apart."""
        lines, pairs = self.lines, self.deal.pairs.values()
        lines.band("Debt by contract while the contract runs, and what is left of it afterwards, at quarter end, USD m")
        owed = [lines.put(f"Debt: {pair.title}", lines.ends(pair.row("left_after")), opening=True) for pair in pairs]
        running = [lines.put(self._until(n, pair), self._within(line, pair.row("contract_end")), opening=True)
                   for n, (line, pair) in enumerate(zip(owed, pairs, strict=True), start=1)]

        def over(quarter: Quarter) -> Cell:
            text = "-".join(f"SUM({quarter.letter}{some[0]}:{quarter.letter}{some[-1]})" for some in (owed, running))
            return f"={text}", fsum(sign * lines.here(one, quarter) for sign, some in ((1, owed), (-1, running)) for one in some)

        after = lines.put("Left after the contract has ended, or without one", over, opening=True)
        chart = by_column(self.page, "Debt run-off by contract (pairs of the Dashboard), USD m", lines.head, [*running, after],
                          lines.with_opening)
        chart.series[-1].graphicalProperties.solidFill = RED
        self._put(chart, place)

    def _within(self, line: int, ends: Row) -> Read:
        """A balance where its contract still runs."""
        at, last = reference(self.issue, ends), float(self.issue.value(ends))

        def read(quarter: Quarter) -> Cell:
            text = f"={quarter.letter}{line}*({self.lines.number(quarter)}<{at})"
            return text, float(self.lines.here(line, quarter) * (quarter.last < last))

        return read

    def _until(self, number: int, pair: Any) -> Cell:
        """The number that a pair has on the Dashboard, and the year in which its contract ends."""
        at, last = reference(self.issue, pair.row("contract_end")), int(self.issue.value(pair.row("contract_end")))
        clock = CLOCK_LINES["year"]
        year = f"INDEX({TIME}!$F${clock}:${period_column(self.deal.timeline.count)}${clock},{at}+1)"
        shown = f"contract to {self.deal.timeline.ends[last - 1].year}" if last else "no contract"
        return f'=IF({at}>0,"Pair {number}, contract to "&{year},"Pair {number}, no contract")', f"Pair {number}, {shown}"

    # ---- simulation, or the bridge -----------------------------------------------------------------------------------

    def _simulated(self) -> tuple[int, Any, Sequence[int]] | None:
        """The pair that was weakest, its fan and its months; None where nothing was simulated."""
        told, run = self.issue.records.get("simulation"), self.issue.run.first or self.issue.run
        weakest = int(run.read(self.issue.claim.row("weakest")))
        found = told["fan"]["pairs"].get(list(self.deal.pairs)[weakest - 1]) if told else None
        dates: Sequence[int] = service_months(found["service"]["p50"]) if found else []
        return (weakest, found, dates) if dates else None

    def _fan(self, place: Place) -> None:
        """Percentiles of the cash of the weakest pair against what falls due."""
        assert self.fan_of is not None
        (number, found, dates), behind = self.fan_of, Behind(self.page, self.lines.columns[1] + 3)
        draw_fan(behind, found, dates, self.issue.records["simulation"], place, f"Simulated cash of pair {number}, USD m")

    def _bridge(self, place: Place) -> None:
        """From the figure quoted to the debt in the pairs, as steps."""
        headline, stack, lines = self.deal.headline, self.deal.stack, self.lines
        totals = [_seen(self.issue, row) for row in (
            headline.row("debt"), stack.row("net"), stack.row("principal"), self.issue.claim.row("debt"))]
        lines.band("From the figure quoted to the debt that is tested, USD m")
        for words, total in zip(BRIDGE[::2], totals, strict=True):
            self.page.text(f"B{lines.line}", f"Total: {words}", "plain")
            self.page.formula(f"C{lines.line}", *total, "link", styles.USD)
            lines.line += 1
        head, amount = lines.line, lines.line + 3
        for offset, label in enumerate(("Its total, or the one before", "A step between two totals", *STEPS), start=1):
            self.page.text(f"B{head + offset}", label, "plain")
        columns = [Quarter(AS_OF.column + n, 0, 0, words) for n, words in enumerate(BRIDGE)]
        for n, one in enumerate(columns):
            self.page.text(f"{one.letter}{head}", one.head, "header")
            for offset, number in ((1, n // 2 + 1), (2, n % 2)):
                self.page.number(f"{one.letter}{head + offset}", number, "unit_right", "0")
            ends = [(f"{get_column_letter(one.column + side)}{amount}", totals[min(3, (n + side) // 2)][1]) for side in (-1, 1)]
            whole = f"=INDEX($C${head - 4}:$C${head - 1},{one.letter}${head + 1})*(1-{one.letter}${head + 2})", totals[n // 2][1]
            for offset, (text, value) in enumerate((whole, *_step(f"{one.letter}${head + 2}", *ends))):
                shown = value if (n % 2 == 0) == (offset == 0) else 0.0
                self.page.formula(f"{one.letter}{amount + offset}", text, shown, "calc", styles.USD)
        lines.line = amount + 5
        chart = by_column(self.page, "From the figure quoted to the debt that is tested, USD m", head,
                          [amount + 1, amount, amount + 2, amount + 3], (columns[0].column, columns[-1].column))
        for series, colour in zip(chart.series, (None, styles.NAVY, styles.TEAL, RED), strict=True):
            look = GraphicalProperties(noFill=True) if colour is None else GraphicalProperties(solidFill=colour)
            series.graphicalProperties = look
            look.line.noFill = True
        chart.legend = None
        self._put(chart, place)


def _seen(issue: Issue, row: Row) -> Cell:
    """A link to a figure."""
    return f"={reference(issue, row)}", float(issue.value(row))


def _step(flag: str, one: Cell, two: Cell) -> list[Cell]:
    """Between two totals, where the flag says so: what the step stands on, more, less."""
    (left, before), (right, after) = one, two
    return [(f"={flag}*MIN({left},{right})", min(before, after)), (f"={flag}*MAX(0,{right}-{left})", max(0.0, after - before)),
            (f"={flag}*MAX(0,{left}-{right})", max(0.0, before - after))]
