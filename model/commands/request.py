"""One figure on request, nothing written: `size`, `value`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from model.commands.steps import CASE


@click.command()
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
    from model.debt.sizing import SizingTerms
    from model.on_request import largest_loan
    from model.report.requests import show_size
    from model.round_trip import load

    if (asked["cost"] is None) != (asked["ltc"] is None):
        raise click.UsageError("--ltc needs --cost, and --cost needs --ltc")
    terms = SizingTerms(asked["dscr"], asked["clcr"], asked["tail"], asked["ltc"], asked["cost"], asked["commitment"])
    try:
        show_size(largest_loan(load(case), loan, terms))
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@click.command()
@CASE
@click.argument("note", metavar="NOTE")
@click.option("--volatility", type=float, required=True, help="Volatility of the share a year, as 0.7.")
@click.option("--risk-free", type=float, required=True, help="Risk-free rate, as 0.037.")
@click.option("--credit-yield", type=float, required=True, help="Yield of the issuer's straight debt, as 0.09.")
@click.option("--share-price", type=float, help="Share price in USD.  [default: the curve of the case]")
def value(case: Path, note: str, **asked: Any) -> None:
    """Value a convertible note: straight-bond floor, parity and two models side by side. Writes nothing."""
    from model.on_request import note_value
    from model.report.requests import show_value
    from model.round_trip import load

    try:
        show_value(note_value(load(case), note, **asked))
    except ValueError as error:
        raise click.UsageError(str(error)) from None
