"""From the terms of a convertible note to the blocks that stand beside it: conversion, offering, cash due by share price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from model.clock import Clock
from model.debt import Statement
from model.debt.conversion import Conversion, FundamentalChange, IfConverted, Offering, SettlementAt
from model.drivers import Drivers
from model.inputs.values import bindings, sourced
from model.lending import derived
from model.sheet import Block, Sourced
from model.timeline import Curve, Timeline

PRICES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)  # of the conversion price: where the table of cash due is read


class Converting:
    """The blocks of one convertible note; `conversion` is None where the case states no terms of conversion."""

    def __init__(self, note: Statement, file: Any, timeline: Timeline, clock: Clock, drivers: Drivers,
                 curves: Mapping[str, Curve]) -> None:
        said, self.note = file.conversion, note
        path = curves[said.share_prices]
        quarters = [float(end.month % 3 == 0) for end in timeline.ends]
        self.conversion = Conversion(
            f"{note.title}: conversion", key=f"{note.key}.conversion", starts=clock.row("starts"), ends=clock.row("ends"),
            quarter_ends=derived(quarters, "calendar"), principal=note.row("before_balloon"), matures=note.row("matures"),
            price_path=Sourced(path.on((timeline.as_of, *timeline.ends)),
                               f"curve {said.share_prices}: {path.source}", path.grade or "assumed"),
            share_change=drivers.row("share_change"), tolerance=drivers.row("tolerance"), **bindings(said, Conversion))
        terms = {name: self.conversion.row(name) for name in ("cash_for_principal", "cash_for_excess")}
        self.change = FundamentalChange(
            f"{note.title}: fundamental change", key=f"{note.key}.fundamental-change", **terms,
            principal=self.conversion.row("principal"), share_price=self.conversion.row("share_price"),
            conversion_value=self.conversion.row("conversion_value"), falls=self.conversion.row("fundamental_change"),
            tolerance=drivers.row("tolerance"), **bindings(said, FundamentalChange))
        self.offering = Offering(f"{note.title}: offering", key=f"{note.key}.offering",
                                 conversion_price=self.conversion.row("conversion_price"),
                                 **bindings(said.offering, Offering)) if said.offering else None
        self.table = [self._at(multiple, said.conversion_price.value * multiple, terms) for multiple in PRICES]

    def _at(self, multiple: float, price: float, terms: Mapping[str, Any]) -> SettlementAt:
        return SettlementAt(f"{self.note.title}: share at {price:,.2f}", key=f"{self.note.key}.at-{round(multiple * 100)}",
                            share_price=derived(price, f"{multiple:g} x conversion price: a point of the table"), **terms,
                            principal=self.conversion.row("principal_due"),
                            conversion_price=self.conversion.row("conversion_price"),
                            cap_price=self.conversion.row("cap_price"))

    def blocks(self) -> list[Block]:
        """In the order of a reader."""
        offering = [self.offering] if self.offering else []
        return [*offering, self.conversion, self.change, *self.table]


def diluted(notes: Sequence[Converting], files: Mapping[str, Any], earnings: Any) -> list[IfConverted]:
    """Earnings per share as if the notes were converted, a full year, the most dilutive first; each starts where the one
    before ended (ASC 260-10-45-18)."""
    before: dict[str, Any] = {"income": sourced(earnings.income), "shares": sourced(earnings.shares)}
    found = []
    for note in sorted(notes, key=lambda n: files[n.note.key].margin.value * files[n.note.key].conversion.conversion_price.value):
        file = files[note.note.key]
        interest = file.balance.value * file.margin.value
        block = IfConverted(
            f"{note.note.title}: diluted earnings", key=f"{note.note.key}.diluted", **before,
            interest=derived(interest, "a year's coupon; amortised cost is left out"),
            principal=note.note.row("balance_at_start"),
            conversion_price=note.conversion.row("conversion_price"), average_price=sourced(earnings.average_price),
            **{name: sourced(told) for name, told in (("tax_rate", earnings.tax_rate),
                                                     ("principal_in_cash", file.conversion.principal_in_cash)) if told})
        before = {"income": block.row("diluted_income"), "shares": block.row("diluted_shares")}
        found.append(block)
    return found
