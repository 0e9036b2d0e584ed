"""What could break the verdict: `stress`, `falsify`, `simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from model.commands.steps import CASE, MORE, OUT, SCENARIO, calculate, message, show, warn


@click.command()
@CASE
@SCENARIO
@MORE
@click.option("--only", metavar="ID", multiple=True,
              help="Scenarios to run, as S05, S05a or a name; several times, or with commas.")
@OUT
@click.option("--json", "as_data", is_flag=True, help="Print stress.json instead of the table.")
def stress(case: Path, scenario: str | None, more: Path | None, only: tuple[str, ...], out: Path | None, as_data: bool) -> None:
    """Run the catalogue of stresses and the scenarios of the case: who fails first, when and by how much; break-evens.

    Writes stress.csv, stress.json and the workbook with the sheets Scenarios, Stress and Sensitivity.
    """
    from model.report import stress_page
    from model.report.files import write_all
    from model.report.records import book
    from model.report.screen import working
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
    show(told, as_data, stress_page.show)
    if not as_data:
        message("wrote " + ", ".join(map(str, written)))


@click.command()
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
def falsify(case: Path, scenario: str | None, more: Path | None, out: Path | None, as_data: bool, **asked: Any) -> None:
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


@click.command()
@CASE
@click.option("--paths", metavar="N", type=click.IntRange(1, 100_000_000), default=10_000, show_default=True, help="Paths.")
@click.option("--seed", metavar="S", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same paths.")
@click.option("--copula", type=click.Choice(["gaussian", "t"]), default="gaussian", show_default=True,
              help="How obligors fail together.")
@click.option("--antithetic", is_flag=True, help="Draw each path with its mirror image; paths in blocks of 2,048.")
@click.option("--quasi", is_flag=True, help="Scrambled Sobol points, in blocks of 2,048 (needs scipy).")
@click.option("--workers", metavar="W", type=click.IntRange(1, 256), default=1, show_default=True, help="Workers here.")
@click.option("--cluster", metavar="ADDRESS", help="Dask scheduler to use instead, as tcp://host:8786.")
@click.option("--resume", is_flag=True, help="Go on from the blocks that an interrupted run has left in the output folder.")
@click.option("--without-company", is_flag=True, help="Leave the company's liquidity out; faster.")
@SCENARIO
@OUT
@click.option("--json", "as_data", is_flag=True, help="Print simulation.json instead of the lines.")
def simulate(case: Path, scenario: str | None, out: Path | None, as_data: bool, workers: int, cluster: str | None, resume: bool,
             without_company: bool, antithetic: bool, quasi: bool, **asked: Any) -> None:
    """Draw correlated failures, delays, rates and prices: chance of cover, losses, money needed.

    Writes simulation.csv, simulation.json, paths.parquet and the workbook with the sheet MonteCarlo.
    """
    from model.report import simulation_page
    from model.report.files import write_all, write_json, write_table
    from model.report.records import book
    from model.simulate import Settings, outputs, progress, remove_blocks, simulate_run, whole_blocks
    from model.simulate.streams import Method

    if antithetic and quasi:
        raise click.UsageError("--antithetic or --quasi, not both")
    method: Method = "antithetic" if antithetic else "quasi" if quasi else "plain"
    done = calculate(case, scenario)
    folder = out or Path("outputs") / done.deal.case.general.case
    settings = whole_blocks(Settings(**asked, method=method, scenario=done.scenario, company=not without_company))
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
    show(told, as_data, simulation_page.show)
    message("wrote " + ", ".join(map(str, written)))
