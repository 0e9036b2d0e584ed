"""The commands. Each loads what it needs when it is called, so that `--help` costs nothing.

Exit status: 0 done, 1 done but not `holds` under --strict, 2 usage or input refused, 3 not written or a check failed,
130 interrupted, 141 nobody reads on. Results go to standard output, messages to standard error.
"""

from __future__ import annotations

import atexit
import difflib
import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from model import __version__
from model.errors import CheckError, DebtcoverError, InputError

if TYPE_CHECKING:
    from model.cases import Run
    from model.deal import Deal

T = TypeVar("T")
INTERRUPTED, BROKEN, NOT_HELD, UNREAD = 130, 3, 1, 141
CASE = click.argument("case", metavar="CASE", type=click.Path(path_type=Path))
SCENARIO = click.option("--scenario", metavar="NAME", default="base", show_default=True,
                        help="Scenario of the case to read.")
MORE = click.option("--scenarios", "more", metavar="FILE", type=click.Path(path_type=Path),
                    help="File of more scenarios, as falsify writes it.")
OUT = click.option("--out", metavar="DIR", type=click.Path(path_type=Path),
                   help="Folder to write to.  [default: outputs/<case>]")


class Commands(click.Group):
    """A group whose errors are told in words and end with the exit status of their kind."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; no traceback unless DEBTCOVER_DEBUG is set."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            message("interrupted; what was written before still stands")
            ctx.exit(INTERRUPTED)
        except InputError as error:
            refuse(ctx, error)
        except DebtcoverError as error:
            fail(ctx, error, str(error))
        except BrokenPipeError:
            from model.report.screen import unread

            unread()
            ctx.exit(UNREAD)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            fail(ctx, error, f"internal error: {type(error).__name__}: {error} (DEBTCOVER_DEBUG=1 shows where)")


def message(text: str) -> None:
    """A line for the person at the keyboard, on standard error, without what could move the cursor."""
    click.echo("".join(c if c.isprintable() or c == "\n" else " " for c in text), err=True)


def refuse(ctx: click.Context, error: InputError) -> NoReturn:
    """Every finding at once."""
    wrong = sum(not finding.warning for finding in error.findings)
    message(f"refused: {wrong} {'error' if wrong == 1 else 'errors'} in the case, nothing was written")
    for finding in error.findings:
        message(f"  {finding}")
    ctx.exit(error.exit_code)


def fail(ctx: click.Context, error: Exception, text: str) -> NoReturn:
    """The reason, and the exit status of its kind."""
    if os.environ.get("DEBTCOVER_DEBUG"):
        raise error
    message(f"failed: {text}")
    ctx.exit(getattr(error, "exit_code", BROKEN))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="debtcover")
def main() -> None:
    """Do the contracts of a GPU cloud cover the debt that bought its GPUs?

    CASE is a case folder; `debtcover new DIR` writes one to start from.
    """
    gc.set_threshold(500_000)  # books and pages stay until the end: to look for circles in them costs a tenth of a run
    atexit.register(gc.freeze)  # and at the end the process gives its memory back as a whole


@main.command()
@CASE
@SCENARIO
@MORE
@OUT
@click.option("--json", "as_data", is_flag=True, help="Print run.json instead of the page.")
@click.option("--strict", is_flag=True, help="Exit with 1 unless H1 holds.")
@click.pass_context
def run(ctx: click.Context, case: Path, scenario: str, more: Path | None, out: Path | None, as_data: bool,
        strict: bool) -> None:
    """Judge every contract-debt pair and the claim; write the workbook, verdicts.csv, waterfall.csv and run.json."""
    from model.record import record

    done = calculate(case, scenario, more)
    warn(done.deal)
    told = record(done)
    written = write(done, told, out or Path("outputs") / told["case"])
    show(told, as_data)
    if not as_data:
        message("wrote " + ", ".join(map(str, written)))
    if strict and told["claim"]["H1"] != "holds":
        ctx.exit(NOT_HELD)


@main.command()
@CASE
def check(case: Path) -> None:
    """Validate a case only: every finding at once, with file, line, field, what was seen and what is allowed."""
    from model.cases import load

    warnings = load(case).case.warnings
    for finding in warnings:
        click.echo(finding)
    click.echo(f"{len(warnings)} warnings, no errors" if warnings else "no findings")


@main.command()
@CASE
@SCENARIO
@MORE
@click.option("--only", metavar="ID", multiple=True,
              help="Scenarios to run, as S05, S05a or a name; several times, or with commas.")
@OUT
@click.option("--json", "as_data", is_flag=True, help="Print stress.json instead of the table.")
def stress(case: Path, scenario: str, more: Path | None, only: tuple[str, ...], out: Path | None, as_data: bool) -> None:
    """Run the catalogue of stresses and the scenarios of the case: who fails first, when and by how much; break-evens.

    Writes stress.csv, stress.json and the workbook with the sheets Scenarios and Stress.
    """
    from model.report import stress_page
    from model.report.files import write_all
    from model.report.records import book
    from model.report.screen import Screen, working
    from model.reverse import reverse
    from model.stress.record import record
    from model.stress.sensitivity import sensitivity

    asked = [name.strip() for one in only for name in one.split(",") if name.strip()]
    if only and not asked:
        raise click.UsageError("--only names no scenario; say S05, S05a or a name, or leave it out for all")
    done = calculate(case, scenario, more)
    warn(done.deal)
    try:
        with working("stress: scenarios, delays, tornado, grids"):
            told = record(done, asked)
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from None
    with working("stress: break-evens, frontiers, distances"):
        told |= {} if asked else {"reverse": reverse(done)}
    with working("stress: every input, one at a time"):
        told |= {} if asked else {"sensitivity": sensitivity(done)}
    folder = out or Path("outputs") / told["case"]
    written = write_all(folder, {**book(done, folder, message, stress=told), **stress_page.files(told)})
    show(told, True) if as_data else stress_page.show(told, Screen())
    if not as_data:
        message("wrote " + ", ".join(map(str, written)))


@main.command()
@CASE
@click.argument("row", metavar="ROW")
@click.option("--period", metavar="P", help="Period number, YYYY-MM or a date.")
@click.option("--depth", type=click.IntRange(min=0), help="Levels to show.  [default: down to the inputs]")
@SCENARIO
@MORE
def explain(case: Path, row: str, period: str | None, depth: int | None, scenario: str, more: Path | None) -> None:
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


@main.command()
@CASE
@click.option("--actuals", metavar="FILE", required=True, type=click.Path(path_type=Path),
              help="CSV of what was reported later, as inputs/actuals/coreweave.csv.")
@SCENARIO
@OUT
def backtest(case: Path, actuals: Path, scenario: str, out: Path | None) -> None:
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


@main.command()
@CASE
@SCENARIO
@MORE
@click.option("--pair", "pairs", metavar="ID", multiple=True, help="Pair to search; may be repeated.  [default: all]")
@click.option("--range", "ranges", metavar="NAME=LOW:HIGH[:STEP]", multiple=True,
              help="Range of a driver in its own unit, as price=-0.3:0; may be repeated.")
@click.option("--only", metavar="NAME", multiple=True, help="Drivers that may move; several times, or with commas.")
@click.option("--within", metavar="UNITS", type=click.FloatRange(min=0, min_open=True),
              help="Standard units that a driver may move where --range says nothing; one is the moderate size of the catalogue."
                   "  [default: its severe size]")
@click.option("--whole", is_flag=True, help="Whole ranges of the drivers instead.")
@click.option("--most", type=click.IntRange(1, 6), default=4, show_default=True, help="Drivers that may move together.")
@click.option("--events", is_flag=True, help="Allow events: losses of other contracts of the same box, a cross-default.")
@click.option("--tries", metavar="N", type=click.IntRange(min=1), default=1000, show_default=True,
              help="Random combinations of two and more for each pair, beside those that are looked at in any case.")
@click.option("--seed", metavar="S", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the search.")
@OUT
@click.option("--json", "as_data", is_flag=True, help="Print falsify.json instead of the page.")
def falsify(case: Path, scenario: str, more: Path | None, out: Path | None, as_data: bool, **asked: Any) -> None:
    """Search for the smallest combination of stresses under which a pair is no longer covered.

    What is found is printed in words and written as scenarios that replay exactly: falsified.yaml, falsify.csv, falsify.json.
    """
    from model.falsify import asked_for, falsify, progress, table
    from model.report.falsified import show, write_yaml
    from model.report.files import write_all, write_json, write_table

    wanted = asked_for(**asked)
    done = calculate(case, scenario, more)
    with progress() as watch:
        told = falsify(done, wanted, watch)
    written = write_all(out or Path("outputs") / told.record["case"], {
        "falsified.yaml": write_yaml(told.yaml), "falsify.csv": write_table(table(told.record)),
        "falsify.json": write_json(told.record)})
    show(told.record, as_data)
    if not as_data:
        message("wrote " + ", ".join(map(str, written)))


@main.command()
@CASE
@click.option("--paths", metavar="N", type=click.IntRange(1, 100_000_000), default=10_000, show_default=True, help="Paths.")
@click.option("--seed", metavar="S", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same paths.")
@click.option("--copula", type=click.Choice(["gaussian", "t"]), default="gaussian", show_default=True,
              help="How obligors fail together.")
@click.option("--antithetic", is_flag=True, help="Draw each path with its mirror image; paths in blocks of 1,024.")
@click.option("--quasi", is_flag=True, help="Scrambled Sobol points, in blocks of 1,024 (needs scipy).")
@click.option("--workers", metavar="W", type=click.IntRange(1, 256), default=1, show_default=True, help="Workers here.")
@click.option("--cluster", metavar="ADDRESS", help="Dask scheduler to use instead, as tcp://host:8786.")
@click.option("--resume", is_flag=True, help="Go on from the blocks that an interrupted run has left in the output folder.")
@click.option("--without-company", is_flag=True, help="Leave the company's liquidity out; faster.")
@SCENARIO
@OUT
@click.option("--json", "as_data", is_flag=True, help="Print simulation.json instead of the lines.")
def simulate(case: Path, scenario: str, out: Path | None, as_data: bool, workers: int, cluster: str | None, resume: bool,
             without_company: bool, antithetic: bool, quasi: bool, **asked: Any) -> None:
    """Draw correlated failures, delays, rates and prices: chance of cover, losses, money needed.

    Writes simulation.csv, simulation.json, paths.parquet and the workbook with the sheet MonteCarlo.
    """
    from model.report import simulation_page
    from model.report.files import write_all, write_json, write_table
    from model.report.records import book
    from model.report.screen import Screen
    from model.simulate import Settings, outputs, progress, remove_blocks, simulate_run, whole_blocks
    from model.simulate.streams import Method

    if antithetic and quasi:
        raise click.UsageError("--antithetic or --quasi, not both")
    method: Method = "antithetic" if antithetic else "quasi" if quasi else "plain"
    done = calculate(case, scenario)
    folder = out or Path("outputs") / done.deal.case.general.case
    settings = whole_blocks(Settings(**asked, method=method, scenario=scenario, company=not without_company))
    if settings.paths != asked["paths"]:
        message(f"--{method} draws whole blocks: {asked['paths']:,} paths are rounded up to {settings.paths:,}")
    try:
        with progress.shown() as bar:
            found = simulate_run(done, settings, folder, workers=workers, cluster=cluster, resume=resume, progress=bar)
    except KeyboardInterrupt:
        message("finished blocks are kept: the same command with --resume goes on from them")
        raise
    told = found.record
    written = write_all(folder, {**book(done, folder, message, simulation=told), **outputs.writers(found),
                                 "simulation.csv": write_table(outputs.table(told)), "simulation.json": write_json(told)})
    remove_blocks(folder)
    show(told, True) if as_data else simulation_page.show(told, Screen())
    message("wrote " + ", ".join(map(str, written)))


@main.command()
@CASE
@click.argument("loan", metavar="LOAN")
@click.option("--dscr", type=float, required=True, help="Cover that every payment date must have.")
@click.option("--clcr", type=float, help="Cover by contracted cash over the loan's life that must hold.")
@click.option("--tail", type=click.IntRange(min=0), default=0, show_default=True,
              help="Service periods of contract left when the loan is repaid.")
@click.option("--cost", type=float, help="Cost of the GPUs in USD m, for --ltc.")
@click.option("--ltc", type=float, help="Loan to cost, at most.")
@click.option("--commitment", type=float, help="Loan in USD m, at most.")
def size(case: Path, loan: str, **asked: Any) -> None:
    """Size a loan: the largest that its pledged contracts carry, and the limit that binds. Writes nothing."""
    from model.cases import load
    from model.debt.sizing import SizingTerms
    from model.on_request import largest_loan
    from model.report.requests import show_size

    if (asked["cost"] is None) != (asked["ltc"] is None):
        raise click.UsageError("--ltc needs --cost, and --cost needs --ltc")
    terms = SizingTerms(asked["dscr"], asked["clcr"], asked["tail"], asked["ltc"], asked["cost"], asked["commitment"])
    try:
        show_size(largest_loan(load(case), loan, terms))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@main.command()
@CASE
@click.argument("note", metavar="NOTE")
@click.option("--volatility", type=float, required=True, help="Volatility of the share a year, as 0.7.")
@click.option("--risk-free", type=float, required=True, help="Risk-free rate, as 0.037.")
@click.option("--credit-yield", type=float, required=True, help="Yield of the issuer's straight debt, as 0.09.")
@click.option("--share-price", type=float, help="Share price in USD.  [default: the curve of the case]")
def value(case: Path, note: str, **asked: Any) -> None:
    """Value a convertible note: straight-bond floor, parity and two models side by side. Writes nothing."""
    from model.cases import load
    from model.on_request import note_value
    from model.report.requests import show_value

    try:
        show_value(note_value(load(case), note, **asked))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@main.command()
@click.argument("before", metavar="A.xlsx", type=click.Path(path_type=Path))
@click.argument("after", metavar="B.xlsx", type=click.Path(path_type=Path))
@click.option("--all", "every", is_flag=True, help="Print every line that differs, those of working sheets included.")
@click.option("--json", "as_data", is_flag=True, help="Print all differences as JSON.")
def diff(before: Path, after: Path, every: bool, as_data: bool) -> None:
    """Compare two issues of a workbook: inputs, formulas and results that differ. Writes nothing.

    Lines are found by their names, so that one put in moves none of the others. Results are those stored in the files.
    """
    from model.difference import difference
    from model.difference.page import show as show_difference
    from model.report.screen import Screen, working

    with working("diff: reading both workbooks"):
        told = difference(before, after)
    show(told, True) if as_data else show_difference(told, Screen(), every)


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Write a commented case to start from."""
    from model.inputs import write_starter

    write_starter(folder)
    message(f"wrote a case to {folder}; next: debtcover check {folder}")


@main.command()
def schema() -> None:
    """Print the JSON Schema of a case file, for editors."""
    from model.inputs import schema_json
    from model.report.files import as_json

    click.echo(as_json(schema_json()), nl=False)


# ---- the steps of a command ------------------------------------------------------------------------------------------


def calculate(case: Path, scenario: str, more: Path | None = None) -> Run:
    """Load a case and run it; a scenario that does not exist is a usage error."""
    from model.cases import load
    from model.cases import run as run_deal
    from model.sheet.kernel import COMPILER

    COMPILER.told = message
    deal = load(case, more)
    if scenario not in deal.scenarios:
        raise click.UsageError(unknown_scenario(deal, scenario))
    done = run_deal(deal, scenario)
    stop_on_failed_checks(done)
    return done


def together(read: Callable[[], T], case: Path) -> T:
    """Read a file beside a case; where it is refused, with the findings of the case too."""
    from model.cases import load

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


def stop_on_failed_checks(done: Run) -> None:
    """Books that do not balance stop the run; inputs that do not meet a disclosed total are told and shown."""
    from model.checks import Reported

    failed = [c for c in done.deal.checks if done.read(c.row("failed"))]
    told = {c: f"{c.title}: off by {done.read(c.row('difference')):,.6f}" for c in failed}
    if broken := [text for c, text in told.items() if not isinstance(c, Reported)]:
        raise CheckError("the books do not balance, nothing is printed: " + "; ".join(broken))
    for text in told.values():
        message(f"warning: a disclosed total is not met: {text}")


def write(done: Run, told: dict[str, Any], out: Path) -> list[Path]:
    """All files of a run, or none."""
    from model.report.files import write_actions, write_all, write_json, write_verdicts
    from model.report.records import book

    return write_all(out, {**book(done, out, message), "verdicts.csv": write_verdicts(told),
                           "waterfall.csv": write_actions(told, done.actions), "run.json": write_json(told)})


def show(told: dict[str, Any], as_data: bool) -> None:
    """The record as a page, or as it is."""
    if as_data:
        from model.report.files import as_json

        click.echo(as_json(told), nl=False)
    else:
        from model.report import terminal
        from model.report.screen import Screen

        terminal.show(told, Screen())
