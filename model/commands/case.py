"""A case itself, and the workbooks of it: `check`, `import`, `diff`, `new`, `schema`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from model.commands.steps import CASE, message, show


@click.command()
@CASE
def check(case: Path) -> None:
    """Validate a case only: every finding at once, with file, line, field, what was seen and what is allowed."""
    from model.round_trip import load

    warnings = load(case).case.warnings
    for finding in warnings:
        click.echo(finding)
    click.echo(f"{len(warnings)} warnings, no errors" if warnings else "no findings")


@click.command("import")
@click.argument("workbook", metavar="WORKBOOK", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def import_workbook(workbook: Path, folder: Path) -> None:
    """Write a workbook in which inputs were changed back as a case folder, with the sources kept, and say what changed."""
    from model.report.screen import Screen
    from model.round_trip import read
    from model.round_trip.importing import show, write_case

    edited = read(workbook)
    write_case(folder, edited.files)
    show(edited, Screen())
    scenario = edited.deal.case.scenario
    live = "" if scenario == "base" else f" --scenario {scenario}"
    message(f"wrote {folder}; next: debtcover run {folder}{live}")


@click.command()
@click.argument("before", metavar="A.xlsx", type=click.Path(path_type=Path))
@click.argument("after", metavar="B.xlsx", type=click.Path(path_type=Path))
@click.option("--all", "every", is_flag=True, help="Print every line that differs, those of working sheets included.")
@click.option("--json", "as_data", is_flag=True, help="Print all differences as JSON.")
def diff(before: Path, after: Path, every: bool, as_data: bool) -> None:
    """Compare two issues of a workbook: inputs, formulas and results that differ. Writes nothing.

    Lines are found by their names, so that one put in moves none of the others. Results are those stored in the files.
    """
    from model.difference import difference, page
    from model.report.screen import working

    with working("diff: reading both workbooks"):
        told = difference(before, after)
    show(told, as_data, partial(page.show, every=every))


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Write a commented case to start from."""
    from model.inputs import write_starter

    write_starter(folder)
    message(f"wrote a case to {folder}; next: debtcover check {folder}")


@click.command()
def schema() -> None:
    """Print the JSON Schema of a case file, for editors."""
    from model.inputs import schema_json
    from model.report.files import as_json

    click.echo(as_json(schema_json()), nl=False)
