"""bounds.yaml: what else was disclosed of contracts and debt that the case itself must state as one number, or not at all."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from model.inputs.values import Day, Number, Plain, Slug, Strict, Text, Told


class Customers(Strict):
    """A contract as it was disclosed, or all customers that are disclosed together; in place of the cohorts of the case."""

    id: Slug
    name: Text
    at_least: Number | None = None
    at_most: Number | None = None
    start: Day | None = None
    end: Day | None = None


class FactFile(Told):
    """A sum over contracts, loans and time, and between what it lies; no name means all, `none` no contract (or no loan)."""

    what: Literal["revenue", "prepaid", "principal", "cash", "margin", "average", "cover", "dscr"]
    words: Text
    contracts: list[Slug] = []
    loans: list[Slug] = []
    first: date | None = None
    last: date | None = None
    low: Plain | None = None
    high: Plain | None = None
    unit: Literal["USD m", "share", "x"]


class BoundsFile(Strict):
    """bounds.yaml"""

    contracts: list[Customers] = []
    disclosures: Annotated[list[FactFile], Field(max_length=200)] = []
