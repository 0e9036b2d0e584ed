"""What a user may ask beside a run: the largest loan that pledged cash carries, and what models say of a convertible note."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from model.deal import Deal
from model.debt.sizing import Sized, SizingTerms, size_debt
from model.errors import RequestError
from model.sheet import givens

if TYPE_CHECKING:
    from model.debt.conversion.valuation import Valuation


def largest_loan(deal: Deal, loan: str, terms: SizingTerms) -> Sized:
    """The largest balance of `loan` that the contracts pledged to it carry in the base case, on its own dates and rates.

    Dates before the first contracted cash do not count: interest is funded until then.

    RequestError where the case has no such loan, or pledges no contract to it.
    """
    file = _file(deal, loan)
    dated = deal.lending.dated[loan]
    earned = deal.repayment.pledged_by_date(file)
    if not any(earned.values()):
        raise RequestError(f"no contract is pledged to {loan}: see cash_share in debt.yaml")
    factors = dict(zip(earned, deal.repayment.interest_factors(file, list(earned)), strict=True))
    paying = [day for day in earned if day <= dated.last.pay]
    while paying and earned[paying[0]] <= 0:  # before service begins interest is funded, not paid from contracts
        paying.pop(0)
    whole = replace(terms, maturity=terms.maturity or paying[-1])
    return size_debt({d: earned[d] for d in paying}, {d: factors[d] for d in paying}, whole)


def note_value(deal: Deal, note: str, volatility: float, risk_free: float, credit_yield: float,
               share_price: float | None = None) -> Valuation:
    """Floor, parity and two models of a convertible note on the as-of date, side by side [USD m]; never one fair value.

    RequestError where the note has no terms of conversion.
    """
    from model.debt.conversion import Conversion
    from model.debt.conversion.valuation import ConvertibleTerms, Market, valuation

    file, as_of = _file(deal, note), deal.case.general.as_of
    said = getattr(file, "conversion", None)
    if said is None:
        raise RequestError(f"{note} has no terms of conversion in debt.yaml")
    usual = givens(Conversion)["call_trigger"].default
    trigger = said.call_trigger.value if said.call_trigger else float(usual or 0)
    terms = ConvertibleTerms(file.balance.value, file.margin.value, file.first_accrual or as_of, file.maturity.value,
                             said.conversion_price.value, file.months, said.call_from.value if said.call_from else None, trigger)
    price = share_price if share_price is not None else deal.case.curves[said.share_prices].at(as_of)
    return valuation(terms, Market(as_of, price, volatility, risk_free, credit_yield))


def _file(deal: Deal, loan: str) -> Any:
    if loan not in deal.lending.files:
        raise RequestError(f"no instrument called {loan}; there are: {', '.join(deal.lending.files)}")
    return deal.lending.files[loan]


def by_year(instalments: dict[date, float]) -> dict[int, float]:
    """Instalments in calendar years [USD m]."""
    found: dict[int, float] = {}
    for day, amount in instalments.items():
        found[day.year] = found.get(day.year, 0.0) + amount
    return found
