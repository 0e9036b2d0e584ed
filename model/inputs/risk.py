"""risk.yaml: what a simulation draws. What a case does not say is taken from `model/simulate/defaults.yaml`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from model.inputs.values import Number, Strict, Text, Told


class Rating(Told):
    """A rating of who owes, one of the table `ratings`."""

    value: Text


class DefaultBy(Strict):
    """The share of such debtors that have failed after so many years."""

    years: Annotated[int, Field(ge=1, le=30)]
    share: Number


class Debtor(Strict):
    """One obligor group: how likely it fails (by rating, CDS or table), and what comes back."""

    rating: Rating | None = None
    cds: Number | None = None
    fails: list[DefaultBy] = []
    correlation: Number | None = None
    recovery: Number | None = None
    claim_days: Number | None = None


class Unrated(Told):
    """The rating that stands for a group without one, by the `investment_grade` of its contracts."""

    investment_grade: Text
    other: Text


class Lateness(Strict):
    """Delay of service that has not begun: how often, and a lognormal size told by two of its points."""

    late: Number
    median: Number
    one_in_ten: Number
    longest: Number


class Spread(Strict):
    """A level drawn once for the whole deal."""

    volatility: Number


class Reverting(Strict):
    """A deviation from the case's own curve that comes back: volatility a year, and the speed at which it does."""

    volatility: Number
    reversion: Number


class RiskFile(Strict):
    """risk.yaml"""

    correlation: Number | None = None
    degrees_of_freedom: Number | None = None
    recovery: Number | None = None
    claim_days: Number | None = None
    ratings: dict[Text, Number] = {}
    unrated: Unrated | None = None
    obligors: dict[Text, Debtor] = {}
    delay: Lateness | None = None
    power: Spread | None = None
    base_rate: Reverting | None = None
    spot_price: Reverting | None = None
    contract_price: Reverting | None = None
    prices_together: Number | None = None
    share_price: Spread | None = None
