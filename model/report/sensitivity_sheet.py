"""Sensitivity: each single input moved alone, what reacted, and why nothing does where nothing does; stamped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.report import stamped, styles
from model.report.answers import of_inputs
from model.report.layout import SENSITIVITY
from model.report.page import Page

if TYPE_CHECKING:
    from model.report.workbook import Issue

Json = Any
LABEL, WIDTH, BESIDE, LAST = 62.0, 11.5, 60.0, 14
HEADS = ("Input", "Unit", "As it is", "Moved to", "and to", "Lowest CLCR then", "and then", "Support needed then", "and then",
         "Pairs covered then", "and then", "Figures that react", "Among them, beside the verdict")
FIGURES = (("lowest_clcr", styles.TIMES), ("support_needed", styles.USD))
LETTERS = "BCDEFGHIJKLMN"
PARTS = (("verdict", "Inputs that move a pair's cover, CLCR, DSCR, balance left or support; those that turn a pair first"),
         ("figures", "Inputs that move other figures only: the company, the capital stack, customers, checks"))


def sensitivity_sheet(issue: Issue, told: Json) -> None:
    """The page: what moves verdicts, what moves other figures, what moves nothing."""
    page, log = issue.page(SENSITIVITY), told["sensitivity"]
    page.widths(2, LABEL, *[WIDTH] * (LAST - 3), BESIDE)
    page.heading(SENSITIVITY, LAST)
    facts = [*stamped.run_facts(told), ("How far inputs move", log["method"]), ("Not moved", left_out(log))]
    line = stamped.head(issue, page, of_inputs(told), facts, LAST, WIDTH * (LAST - 3) + BESIDE, first_pages=False)
    for reacts, title in PARTS:
        some = [one for one in log["inputs"] if one["reacts"] == reacts]
        line = heads(page, line, title, HEADS)
        for one in sorted(some, key=lambda one: order(one, log["base"])):
            entry(page, line, one)
            line += 1
        line += 1
    line = heads(page, line, "Inputs to which nothing reacts, and why", ("Input", "Unit", "As it is", "Why"))
    for one in log["inputs"]:
        if one["reacts"] == "nothing":
            start(page, line, one)
            page.text(f"E{line}", one["why_nothing"], "plain")
            line += 1
    page.frozen("C4")
    page.printed(heads="1:2")


def left_out(log: Json) -> str:
    """What is no single number."""
    return f"{log['texts']} texts and {log['curves']} inputs over time, of which no single number can be moved"


def heads(page: Page, line: int, title: str, labels: tuple[str, ...]) -> int:
    """A part and its heads; returns the line below."""
    page.fill(line, 1, LAST, "band")
    page.text(f"A{line}", title, "band")
    for letter, label in zip(LETTERS, labels, strict=False):
        page.text(f"{letter}{line + 1}", label, "header_left" if label in ("Input", "Unit", "Why", HEADS[-1]) else "header")
    page.height(line + 1, *((label, WIDTH * 0.88) for label in labels[1:-1]))
    return line + 2


def start(page: Page, line: int, one: Json) -> None:
    """An input and where it stands."""
    label = f"{one['block']}: {one['label']}"
    page.text(f"B{line}", label, "label")
    page.text(f"C{line}", one["unit"], "unit")
    page.number(f"D{line}", one["now"], "given", styles.input_format(one["unit"]))
    page.height(line, (label, LABEL), ("; ".join(one["elsewhere"]), BESIDE * 9 / 8))


def entry(page: Page, line: int, one: Json) -> None:
    """An input with what its moves do."""
    start(page, line, one)
    for n, move in enumerate(one["moves"]):
        page.number(f"{'EF'[n]}{line}", move["to"], "given", styles.input_format(one["unit"]))
        for (name, fmt), letters in zip(FIGURES, ("GH", "IJ"), strict=True):
            if move[name] is not None:
                page.number(f"{letters[n]}{line}", move[name], "given", fmt)
        page.number(f"{'KL'[n]}{line}", len(move["covered"]), "given", "0_)")
    page.number(f"M{line}", one["figures"], "given", "#,##0_)")
    page.text(f"N{line}", "; ".join(one["elsewhere"]), "note")


def order(one: Json, base: Json) -> tuple[bool, float, float]:
    """Those that turn a pair first, then by what is missing, then by the lowest CLCR."""
    def furthest(name: str) -> float:
        return max((abs(move[name] - base[name]) for move in one["moves"]
                    if move[name] is not None and base[name] is not None), default=0.0)

    turns = any(move["covered"] != base["covered"] for move in one["moves"])
    return not turns, -round(furthest("support_needed"), 6), -round(furthest("lowest_clcr"), 9)
