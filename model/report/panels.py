"""Panels of the Dashboard: on the left from the figure quoted to the debt tested, on the right who pays and what turns it."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum
from typing import TYPE_CHECKING, Any

from openpyxl.worksheet.hyperlink import Hyperlink

from model.backing import KINDS
from model.break_even import DRIVERS
from model.inputs.values import GRADES
from model.record.support import RELIED
from model.report import styles
from model.report.charts import in_cells, shares
from model.report.front import link, reference
from model.report.heights import lines_of
from model.report.layout import EVIDENCE
from model.report.page import Page
from model.sheet import Row

if TYPE_CHECKING:
    from model.report.workbook import Issue

Cell = tuple[str, Any]
NUMBER, LAST, ROOM = "E", "Q", 106.0
PAYERS = {"V": ("F", "G"), "L": ("H", "I"), "X": ("J", "K"), "F": ("L", "M"), "G": ("N", "O")}
NOBODY = ("P", "Q")
TURNS: dict[str, tuple[str, str, int, str, str]] = {
    "price": ("F", "H", 7, "Price, change", '+0.0%;-0.0%;0.0%'), "margin": ("I", "K", 10, "Cash margin", "0.0%"),
    "delay_months": ("L", "N", 13, "Delay, months", "0.0"), "rate": ("O", "Q", 16, "Base rate, shift", '+0.00%;-0.00%;0.00%')}
"""Of each driver: the columns of its figure, the column in which its bars begin, its head and format."""
GRADES_AT = (("E", "G"), ("H", "I"), ("J", "K"), ("L", "M"), ("N", "O"), ("P", "Q"))
NONE = "– "  # a kind that nobody has promised to the pair
STALE = "STALE, run again. "


# ---- left ------------------------------------------------------------------------------------------------------------


def bridge(page: Page, issue: Issue, line: int) -> int:
    """From the figure of the press, step by step, to the debt in the pairs. Each returns the line below its gap."""
    stack, headline, claim = issue.run.deal.stack, issue.run.deal.headline, issue.claim
    gap, outside = (_less(issue, *rows) for rows in (
        (headline.row("net"), headline.row("debt")), (claim.row("debt"), stack.row("principal"))))
    return _figures(page, issue, line, "From the figure quoted to the debt that is tested, USD m", (
        ("Debt as quoted", headline.row("debt"), "cell"),
        ("not explained", gap, "cell"),
        ("Debt, pro forma, net of cost", stack.row("net"), "total"),
        ("plus: unamortised cost", stack.row("cost"), "cell"),
        ("Principal, pro forma", stack.row("principal"), "total"),
        ("of it at the as-of date", stack.row("principal_at_start"), "cell"),
        ("of it drawn up to the pro-forma date", stack.row("drawn"), "cell"),
        ("less: repaid from proceeds", stack.row("repaid"), "cell"),
        ("less: outside the pairs (notes, unsecured, undrawn)", outside, "cell"),
        ("GPU debt in contract-debt pairs", claim.row("debt"), "total")))


def _less(issue: Issue, one: Row, other: Row) -> Cell:
    text = f"={reference(issue, one)}-{reference(issue, other)}"
    return text, float(issue.value(one) - issue.value(other))


def otherwise(page: Page, issue: Issue, line: int) -> int:
    """The figure beside revenue and market value, and what holds if cash is pooled or support counted."""
    headline, claim = issue.run.deal.headline, issue.claim
    return _figures(page, issue, line, "The claim read otherwise", (
        ("Debt / revenue, as quoted", headline.row("debt_to_revenue"), "cell"),
        ("Debt / market value, as quoted", headline.row("debt_to_market_value"), "cell"),
        ("With documented support (H2)", claim.row("h2_in_words"), "right"),
        ("Pooled contracts cover the GPU debt (H3a)", claim.row("h3a_in_words"), "right"),
        ("Pooled contracts cover all debt (H3b)", claim.row("h3b_in_words"), "right")))


def company(page: Page, issue: Issue, line: int) -> int:
    """The cover that boxes must reach for the company to carry itself, beside the one they have."""
    parent = issue.run.deal.parent
    if parent is None or not parent.outlook.required:
        return line
    first, fixed, runway = parent.outlook.required[0], parent.outlook.fixed_charges, parent.outlook.runway
    rows = [("Cover that boxes must reach (DSCR*), 12 months", first.row("required"), "total"),
            ("Average cover of the boxes", first.row("actual"), "total"),
            ("Runway with draws frozen, months", runway.row("months"), "cell"), ("", first.row("verdict"), "key")]
    cover = [("Fixed-charge cover of the company (K1)", fixed.row("first_year"), "cell")] if fixed else []
    return _figures(page, issue, line, "The company above its boxes; see Company", [*cover, *rows])


def _figures(page: Page, issue: Issue, line: int, title: str, rows: Sequence[tuple[str, Row | Cell, str]]) -> int:
    """A column of figures under a band; a typed one carries its evidence word. Returns the line below a gap."""
    page.text(f"B{line}", title, "band")
    page.fill(line, 3, 3, "band")
    for label, said, style in rows:
        line += 1
        if isinstance(said, tuple):
            page.text(f"B{line}", label, "cell")
            page.formula(f"C{line}", *said, style, styles.USD)
        elif not label:  # words that fill the line
            page.formula(f"B{line}", f'="Verdict: "&{reference(issue, said)}', f"Verdict: {issue.value(said)}", "total")
        else:
            evidence = f" [{said.input.grade}]" if said.input is not None else ""
            page.text(f"B{line}", f"{label}{evidence}", "total" if style == "total" else "cell")
            link(page, issue, f"C{line}", said, style, styles.WORDS if style == "right" else None)
    return line + 2


# ---- right -----------------------------------------------------------------------------------------------------------


def who_pays(page: Page, issue: Issue, line: int) -> int:
    """The ledger of support: by pair and letter what is relied on, and what nobody has promised."""
    _found(page, line, "Support relied on where a pair's own cash does not cover it, USD m", "Run_Stale", issue.moved)
    page.text(f"{NUMBER}{line + 1}", "Pair", "header_mid")
    disclosed = [one for backing in issue.run.deal.backings.values() for one in backing.disclosed]
    for letter, span in PAYERS.items():
        _head(page, line + 1, span, f"{letter} {KINDS[letter]}")
        _status(page, line + 2, span, _documented([one for one in disclosed if one.letter == letter]))
    _head(page, line + 1, NOBODY, "nobody")
    _status(page, line + 2, NOBODY, "missing, not promised")
    first = line = line + 3
    for number, key in enumerate(issue.run.deal.pairs, start=1):
        page.number(f"{NUMBER}{line}", number, "centre", "0")
        for span, cell in ((NOBODY, _unpaid(issue, key)), *((at, _relied(issue, key, k)) for k, at in PAYERS.items())):
            page.fill(line, _place(span[0]), _place(span[1]), "right")
            if cell is None:
                page.text(f"{span[0]}{line}", NONE, "right")
            else:
                page.formula(f"{span[0]}{line}", *cell, "right", styles.USD)
            page.sheet.merge_cells(f"{span[0]}{line}:{span[1]}{line}")
        line += 1
    page.fill(line, _place(NUMBER), _place(LAST), "total")
    page.text(f"{NUMBER}{line}", "All", "total")
    for left, right in (*PAYERS.values(), NOBODY):
        values = [page.memory.value(page.title, f"{left}{at}") for at in range(first, line)]
        whole = fsum(value for value in values if isinstance(value, float))
        page.formula(f"{left}{line}", f"=SUM({left}{first}:{left}{line - 1})", whole, "total", styles.USD)
        page.sheet.merge_cells(f"{left}{line}:{right}{line}")
    return _note(page, line + 1, _providers(disclosed))


def _documented(promises: Sequence[Any]) -> str:
    """Whether anybody has promised support of a kind so that it may count."""
    if any(one.counts and one.grade != "derived" for one in promises):
        return "documented"
    return "contract's tail" if any(one.counts for one in promises) else "does not count" if promises else "not disclosed"


def _providers(disclosed: Sequence[Any]) -> str:
    """Who stands behind each letter."""
    found: dict[str, None] = {}
    for one in disclosed:
        if one.grade != "derived":
            found[f"{one.letter} {one.provider}{'' if one.counts else ' (disclosed, does not count)'}"] = None
    said = f"Who: {'; '.join(found)}" if found else "No support is disclosed"
    return f"{said.rstrip('.')}. Support counts only with an amount, a trigger and a provider on paper."


def _relied(issue: Issue, key: str, letter: str) -> Cell | None:
    """What a pair that only support covers takes of one letter."""
    pair, backing = issue.run.deal.pairs[key], issue.run.deal.backings[key]
    flag = backing.flags().get(letter)
    if flag is None or backing.cover is None:
        return None
    leans, dollars = pair.row("leans_on_support"), backing.cover.row(RELIED[letter])
    text = f"=({reference(issue, leans)}-1)*{reference(issue, flag)}*{reference(issue, dollars)}"
    return text, float((issue.value(leans) - 1) * issue.value(flag) * issue.value(dollars))


def _unpaid(issue: Issue, key: str) -> Cell:
    """What a pair lacks that not even support covers."""
    fails, needed = (issue.run.deal.pairs[key].row(name) for name in ("fails", "support_needed"))
    return f"={reference(issue, fails)}*{reference(issue, needed)}", float(issue.value(fails) * issue.value(needed))


def turning(page: Page, issue: Issue, line: int) -> int:
    """Break-evens as the engine found them, with a bar beside each: a search cannot be a formula."""
    _found(page, line, "Break-evens as delivered: one driver alone at which a pair turns, covered to not or back",
           "Run_EvidenceStale", issue.stale)
    page.text(f"{NUMBER}{line + 1}", "Pair", "header_mid")
    for first, last, _, head, _ in TURNS.values():
        _head(page, line + 1, (first, last), head, "header_left")
    top, edges = line + 2, (issue.run.first or issue.run).break_evens
    for number, found in enumerate(edges.values(), start=1):
        at = line + 1 + number
        page.number(f"{NUMBER}{at}", number, "centre", "0")
        for name, edge in found.items():
            first, last, _, _, fmt = TURNS[name]
            page.fill(at, _place(first), _place(last), "turn")
            if edge is None:
                page.text(f"{first}{at}", "none", "turn")
            else:
                page.number(f"{first}{at}", edge.shown, "turn", fmt)
            page.sheet.merge_cells(f"{first}{at}:{last}{at}")
    below = top + len(edges)
    for name, (first, last, bars, _, _) in TURNS.items():
        if any(found[name] for found in edges.values()):
            page.sheet.add_chart(in_cells(page, _place(first), (top, below - 1), (bars, _place(last))))
    ends = "; ".join(f"{TURNS[name][3].partition(',')[0].lower()} {_span(name)}" for name in TURNS)
    return _note(page, below, f"none: the pair does not turn within the range looked at ({ends}).")


def _span(name: str) -> str:
    """How far a driver is looked at, in words."""
    driver = DRIVERS[name]
    if name == "delay_months":
        return f"0 to {driver.high:.0f} days"
    return f"{'as cash cost ' if name == 'margin' else ''}{driver.low:+.0%} to {driver.high:+.0%}"


def evidence_bar(page: Page, issue: Issue, line: int) -> int:
    """How much of the debt rests on what at its weakest."""
    cell = _band(page, line, "Debt by its weakest grade of evidence, share of all debt that is judged; see Evidence")
    cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{EVIDENCE}'!A1")
    graded = issue.run.deal.graded
    for (grade, block), span in zip(graded.items(), GRADES_AT, strict=False):
        _head(page, line + 1, span, grade)
        page.fill(line + 2, _place(span[0]), _place(span[1]), "cell")
        link(page, issue, f"{span[0]}{line + 2}", block.row("of_all"), "cell")
        page.sheet.merge_cells(f"{span[0]}{line + 2}:{span[1]}{line + 2}")
    colours = {_place(span[0]): styles.SERIES[GRADES.index(grade)] for grade, span in zip(graded, GRADES_AT, strict=False)}
    page.sheet.add_chart(shares(page, line + 1, colours, (_place(NUMBER), line + 3, _place(LAST), line + 5)))
    return line + 6


# ---- cells -----------------------------------------------------------------------------------------------------------


def _place(letter: str) -> int:
    return ord(letter) - 64


def _band(page: Page, line: int, words: str) -> Any:
    page.fill(line, _place(NUMBER), _place(LAST), "band")
    return page.text(f"{NUMBER}{line}", words, "band")


def _found(page: Page, line: int, words: str, name: str, stale: bool) -> None:
    """The head of what the engine found; the cell of that name tells when it is no longer so."""
    page.fill(line, _place(NUMBER), _place(LAST), "band")
    page.formula(f"{NUMBER}{line}", f'=IF({name}>0,"{STALE}","")&"{words}"', (STALE if stale else "") + words, "band")


def _head(page: Page, line: int, span: tuple[str, str], words: str, style: str = "header") -> None:
    page.fill(line, _place(span[0]), _place(span[1]), style)
    page.text(f"{span[0]}{line}", words, style)
    page.sheet.merge_cells(f"{span[0]}{line}:{span[1]}{line}")


def _status(page: Page, line: int, span: tuple[str, str], words: str) -> None:
    page.text(f"{span[0]}{line}", words, "note_right")
    page.sheet.merge_cells(f"{span[0]}{line}:{span[1]}{line}")


def _note(page: Page, line: int, words: str) -> int:
    """Small print below a panel, over as many lines as it needs: their height is that of the figures on the left."""
    last = line + lines_of(words, ROOM, 8) - 1
    page.text(f"{NUMBER}{line}", words, "note")
    page.sheet.merge_cells(f"{NUMBER}{line}:{LAST}{last}")
    return last + 2
