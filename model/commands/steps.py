"""What commands have in common: options, messages, a case loaded and run."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from model.errors import InputError

if TYPE_CHECKING:
    from model.cases import Run
    from model.deal import Deal

T = TypeVar("T")
CASE = click.argument("case", metavar="CASE", type=click.Path(path_type=Path))
SCENARIO = click.option("--scenario", metavar="NAME",
                        help="Scenario of the case to read.  [default: base; of a workbook, its live scenario]")
MORE = click.option("--scenarios", "more", metavar="FILE", type=click.Path(path_type=Path),
                    help="File of more scenarios, as falsify writes it.")
OUT = click.option("--out", metavar="DIR", type=click.Path(path_type=Path),
                   help="Folder to write to.  [default: outputs/<case>]")


def message(text: str) -> None:
    """A line for the person at the keyboard, on standard error, without what could move the cursor."""
    click.echo("".join(c if c.isprintable() or c == "\n" else " " for c in text), err=True)


def calculate(case: Path, scenario: str | None, more: Path | None = None) -> Run:
    """Load a case and run it; a scenario that does not exist is a usage error."""
    from model.cases import run as run_deal
    from model.round_trip import read
    from model.sheet.kernel import COMPILER

    COMPILER.told = message
    edited = read(case, more)
    if edited.told:
        message(f"{case.name}: {len(edited.told)} typed numbers are read as part of the case; `debtcover import` tells them")
    deal = edited.deal
    scenario = deal.case.scenario if scenario is None else scenario
    if scenario not in deal.scenarios:
        raise click.UsageError(unknown_scenario(deal, scenario))
    done = run_deal(deal, scenario)
    tell_unmet(done)
    return done


def together(read: Callable[[], T], case: Path) -> T:
    """Read a file beside a case; where it is refused, with the findings of the case too."""
    from model.round_trip import load

    try:
        return read()
    except InputError as error:
        findings = list(error.findings)
        try:
            load(case)
        except InputError as more:
            findings += more.findings
        raise InputError(findings) from error


def warn(deal: Deal) -> None:
    """What is accepted in the case but looks odd."""
    for finding in deal.case.warnings:
        message(str(finding))


def unknown_scenario(deal: Deal, scenario: str) -> str:
    """What was asked for, what is near, what there is."""
    near = difflib.get_close_matches(scenario, deal.scenarios, n=1)
    return (f"no scenario called {scenario!r}" + (f"; did you mean {near[0]}?" if near else ".")
            + f" There are: {', '.join(deal.scenarios)}")


def tell_unmet(done: Run) -> None:
    """Disclosed totals that the inputs do not meet: told and shown, for their author to judge."""
    for check in done.deal.checks:
        if check.of_the_case and done.read(check.row("failed")):
            off = done.read(check.row("difference"))
            message(f"warning: a disclosed total is not met: {check.title}: off by {off:,.6f}")


def show(told: Any, as_data: bool, page: Callable[[Any, Any], None]) -> None:
    """A record on its page, or as it is."""
    if as_data:
        from model.report.files import as_json

        click.echo(as_json(told), nl=False)
    else:
        from model.report.screen import Screen

        page(told, Screen())
