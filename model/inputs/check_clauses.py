"""Rules on the terms that clauses state: extension, calls, own maturities, collateral, rates in arrears."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum
from typing import Any

from model.inputs.document import Path
from model.inputs.problem import DEBT, USD_M, Problem, Problems, Rule, unit_and_range
from model.inputs.schema import Case

SLACK = 0.001  # USD m
HALVES = (
    ("hedged", "swap_rate", "the fixed rate of the swap"),
    ("non_ig_share", "non_ig_margin", "the margin of that share"),
    ("cost_test", "collateral", "the cost that is depreciated"),
    ("value_test", "collateral", "the cost of the GPUs and what a buyer pays by age"),
)


def _saying(case: Case, term: str) -> Iterator[tuple[Path, Any, Any]]:
    """Where instruments state a term, with the instrument and what it says."""
    for n, loan in enumerate(case.debt.instruments):
        said = getattr(loan, term, None)
        if said:
            yield ("instruments", n, term), loan, said


def arrears_need_a_curve(case: Case) -> Problems:
    """Only a floating rate is compounded."""
    for path, loan, _ in _saying(case, "arrears"):
        if loan.curve is None:
            yield Problem(DEBT, path, "given", "with a curve only: a fixed rate is not compounded in arrears")


def steps_fit(case: Case) -> Problems:
    """Steps of the margin are rates, up or down."""
    for path, _, said in _saying(case, "steps"):
        for n, step in enumerate(said):
            yield from unit_and_range(DEBT, (*path, n, "rate"), step.rate, "rate", low=-0.2, high=0.2)


def extension_is_later(case: Case) -> Problems:
    """An extension ends after maturity."""
    for path, loan, said in _saying(case, "extension"):
        last = loan.maturity.value
        if (said.to.year, said.to.month) <= (last.year, last.month):
            yield Problem(DEBT, (*path, "to"), said.to, f"a date after maturity, {last}, in a later month")


def calls_fit(case: Case) -> Problems:
    """Prices are shares of par; a make-whole has its discount rate; premiums are shares."""
    for path, _, said in _saying(case, "call"):
        if said.make_whole_to and said.make_whole_rate is None:
            yield Problem(DEBT, (*path, "make_whole_rate"), None, "required with make_whole_to: Treasury rate and spread")
        yield from unit_and_range(DEBT, (*path, "make_whole_rate"), said.make_whole_rate, "rate", low=-0.05, high=0.5)
        for day, price in said.prices.items():
            yield from unit_and_range(DEBT, (*path, "prices", str(day)), price, "share", low=0.5, high=2)
    for path, _, said in _saying(case, "events"):
        for n, event in enumerate(said):
            yield from unit_and_range(DEBT, (*path, n, "premium"), event.premium, "share", high=1)


def draws_before_fit(case: Case) -> Problems:
    """Draws with maturities of their own: months of term, and a history that is no more than the balance."""
    for path, loan, said in _saying(case, "draw_months"):
        yield from unit_and_range(DEBT, path, said, "no.", low=1, high=240)
        named = fsum(draw.amount.value for draw in loan.drawn_before)
        if named < loan.balance.value - SLACK:
            allowed = f"draws that add up to the balance, {loan.balance.value:.12g}"
            yield Problem(DEBT, (*path[:-1], "drawn_before"), named, allowed)
    for path, loan, said in _saying(case, "drawn_before"):
        if loan.draw_months is None:
            yield Problem(DEBT, (*path[:-1], "draw_months"), None, "required with drawn_before: the term of each draw")
        for n, draw in enumerate(said):
            yield from unit_and_range(DEBT, (*path, n, "amount"), draw.amount, USD_M)
            if draw.date > case.general.as_of:
                yield Problem(DEBT, (*path, n, "date"), draw.date, f"a date by as_of, {case.general.as_of}")
        total = fsum(draw.amount.value for draw in said)
        if total > loan.balance.value + SLACK:
            yield Problem(DEBT, path, total, f"draws of at most the balance, {loan.balance.value:.12g}")


def collateral_fits(case: Case) -> Problems:
    """GPUs have a cost, or are the fleet of the contracts; what a buyer pays is a share of it by age."""
    owning = {c.id for c in case.contracts.contracts if any(getattr(t, "fleet", None) for t in c.tranches)}
    for path, loan, said in _saying(case, "collateral"):
        pledged = {c for c, row in case.debt.allocation.cash_share.items() if row.get(loan.id, 0.0) > 0}
        if said.fleet and not pledged & owning:
            yield Problem(DEBT, (*path, "fleet"), "true", "with contracts that state their fleet and pledge cash to the loan")
        if said.fleet == bool(said.cost):
            yield Problem(DEBT, (*path, "cost"), None if not said.cost else "given", "the cost of the GPUs, or fleet: true")
        for n, lot in enumerate(said.cost):
            yield from unit_and_range(DEBT, (*path, "cost", n, "amount"), lot.amount, USD_M)
        for age, price in said.residual.items():
            yield from unit_and_range(DEBT, (*path, "residual", age), price, "share", high=2)
            if not 0 <= age <= 20:
                yield Problem(DEBT, (*path, "residual", age), age, "an age of 0 to 20 years")


def purchases_need_an_advance(case: Case) -> Problems:
    """What is bought is financed at an advance rate."""
    for path, loan, _ in _saying(case, "purchases"):
        if loan.advance_rate is None:
            yield Problem(DEBT, (*path[:-1], "advance_rate"), None, "required with purchases: the share that is drawn")


def conversion_has_prices(case: Case) -> Problems:
    """The share price over time is a curve in USD."""
    for path, loan, said in _saying(case, "conversion"):
        place, known = (*path, "share_prices"), ", ".join(sorted(case.curves)) or "there is none"
        if said.share_prices not in case.curves:
            yield Problem(DEBT, place, said.share_prices, f"a file of curves/: {known}")
        elif case.curves[said.share_prices].unit != "USD":
            yield Problem(f"curves/{said.share_prices}.csv", ("unit",), case.curves[said.share_prices].unit, "unit must be 'USD'")
        if said.freely_from.value > loan.maturity.value:
            yield Problem(DEBT, (*path, "freely_from"), said.freely_from.value, f"a date by maturity, {loan.maturity.value}")


def effective_interest_fits(case: Case) -> Problems:
    """The effective rate is solved for what is fixed: a rate without a curve, a bullet without later draws."""
    for path, loan, _ in _saying(case, "effective_interest"):
        if loan.curve is not None or loan.repayment.profile != "bullet" or loan.draws:
            yield Problem(DEBT, path, "given", "with a fixed rate, profile bullet and no later draws only")


def clauses_are_whole(case: Case) -> Problems:
    """A clause that is stated by half would count the other half as nothing."""
    for n, loan in enumerate(case.debt.instruments):
        for term, needed, why in HALVES:
            said = getattr(loan, term, None)
            if said is not None and said.value > 0 and not getattr(loan, needed, None):
                yield Problem(DEBT, ("instruments", n, needed), None, f"required with {term}: {why}")
        curve = getattr(loan, "collateral", None)
        if curve and loan.value_test and loan.value_test.value > 0 and not (curve.residual or curve.fleet):
            yield Problem(DEBT, ("instruments", n, "collateral", "residual"), None,
                          "required with value_test: shares of cost by age")


def clean_down_needs_a_plan(case: Case) -> Problems:
    """A revolver follows the company's cash only where the case says what that is."""
    for term in ("clean_down", "minimum_cash"):
        for path, _, _ in _saying(case, term):
            if case.company.liquidity is None:
                yield Problem(DEBT, path, "given", "with liquidity in company.yaml: the cash that the revolver follows")


RULES: tuple[Rule, ...] = (
    arrears_need_a_curve, steps_fit, extension_is_later, calls_fit, draws_before_fit, collateral_fits,
    purchases_need_an_advance, conversion_has_prices, effective_interest_fits,
    clauses_are_whole, clean_down_needs_a_plan,
)
