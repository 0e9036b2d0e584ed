"""The verdict, a number of it explained, a projection against what came: `run`, `explain`, `backtest`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from model.commands.steps import CASE, MORE, OUT, SCENARIO, calculate, message, show, together, warn

if TYPE_CHECKING:
    from model.cases import Run

NOT_HELD = 1


@click.command()
@CASE
@SCENARIO
@MORE
@OUT
@click.option("--json", "as_data", is_flag=True, help="Print run.json instead of the page.")
@click.option("--audit", is_flag=True, help="Add the auditor's sheets to the workbook: every distinct formula, a map of sheets.")
@click.option("--strict", is_flag=True, help="Exit with 1 unless H1 holds.")
@click.pass_context
def run(ctx: click.Context, case: Path, scenario: str | None, more: Path | None, out: Path | None, as_data: bool,
        audit: bool, strict: bool) -> None:
    """Judge every contract-debt pair and the claim; write the workbook, verdicts.csv, waterfall.csv and run.json."""
    from model.record import record
    from model.report import terminal

    done = calculate(case, scenario, more)
    warn(done.deal)
    told = record(done)
    written = write(done, told, out or Path("outputs") / told["case"], audit=audit)
    show(told, as_data, terminal.show)
    if not as_data:
        message("wrote " + ", ".join(map(str, written)))
    if strict and told["claim"]["H1"] != "holds":
        ctx.exit(NOT_HELD)


def write(done: Run, told: dict[str, Any], out: Path, *, audit: bool) -> list[Path]:
    """All files of a run, or none."""
    from model.report.files import write_actions, write_all, write_json, write_verdicts
    from model.report.records import book

    return write_all(out, {**book(done, out, message, audit=audit), "verdicts.csv": write_verdicts(told),
                           "waterfall.csv": write_actions(told, done.actions), "run.json": write_json(told)})


@click.command()
@CASE
@click.argument("row", metavar="ROW")
@click.option("--period", metavar="P", help="Period number, YYYY-MM or a date.")
@click.option("--depth", type=click.IntRange(min=0), help="Levels to show.  [default: down to the inputs]")
@SCENARIO
@MORE
def explain(case: Path, row: str, period: str | None, depth: int | None, scenario: str | None, more: Path | None) -> None:
    """Tell a number: its formula, what it rests on, down to inputs with their source.

    ROW is a row such as ddtl-1.interest, or a figure of run.json such as debt.principal, claim.sentence or pairs.
    """
    from model.report import explanation
    from model.report.screen import Screen
    from model.report.terminal import show_explanation

    done = calculate(case, scenario, more)
    try:
        found = explanation.find_row(done.deal, row)
        when = explanation.find_period(done.deal, row, period)
    except explanation.UnknownRowError as error:
        raise click.UsageError(str(error)) from None
    show_explanation(done, found, when, depth, Screen())


@click.command()
@CASE
@click.option("--actuals", metavar="FILE", required=True, type=click.Path(path_type=Path),
              help="CSV of what was reported later, as inputs/actuals/coreweave.csv.")
@SCENARIO
@OUT
def backtest(case: Path, actuals: Path, scenario: str | None, out: Path | None) -> None:
    """Compare a projection with what was reported later, by date and instrument, with the causes of each error."""
    from model.backtest import backtest, read_actuals
    from model.report.backtest_page import show, write_backtest
    from model.report.files import write_all
    from model.report.screen import Screen

    told = together(lambda: read_actuals(actuals), case)
    done = backtest(calculate(case, scenario), told)
    written = write_all(out or Path("outputs") / done.case, {"backtest.csv": write_backtest(done)})
    show(done, Screen())
    message("wrote " + ", ".join(map(str, written)))
