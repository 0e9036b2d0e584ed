"""What the disclosures can and cannot prove: `bounds`."""

from __future__ import annotations

from pathlib import Path

import click

from model.commands.steps import CASE, OUT, calculate, message, show, warn


@click.command()
@CASE
@click.option("--periods", type=click.Choice(["year", "quarter"]), default="quarter", show_default=True,
              help="Windows of time; shorter where a disclosed date asks for it.")
@OUT
@click.option("--json", "as_data", is_flag=True, help="Print bounds.json instead of the page.")
def bounds(case: Path, periods: str, out: Path | None, as_data: bool) -> None:
    """Say what the disclosed totals can and cannot prove, over every allocation and schedule that they allow.

    Writes bounds.csv, bounds.json, the workbook with the sheet Bounds, and two cases that `run` accepts: witness-holds and
    witness-fails.
    """
    try:
        from model.bounds.record import record
    except ModuleNotFoundError as error:
        raise click.UsageError(f"bounds needs scipy, which is not here ({error.name}): pip install 'debtcover[bounds]'") from None
    from model.report import bounds_page
    from model.report.files import write_all, write_text
    from model.report.records import book
    from model.report.screen import working

    done = calculate(case, "base")
    warn(done.deal)
    with working("bounds: every allocation and schedule that the disclosures allow"):
        told, found = record(done, periods)
    folder = out or Path("outputs") / told["case"]
    written = write_all(folder, {**book(done, folder, message, bounds=told), **bounds_page.files(told)})
    for one in found.witnesses:
        written += write_all(folder / f"witness-{one.name}", {file: write_text(text) for file, text in one.files.items()})
    show(told, as_data, bounds_page.show)
    if not as_data:
        message("wrote " + ", ".join(map(str, written)))
