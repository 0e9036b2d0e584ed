"""Who owes and what serves them: obligor groups and their concentration, megawatts and GPUs against the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from model.capacity import Capacity
from model.clock import Clock
from model.concentration import Concentration, Obligor
from model.coverage import Slice
from model.drivers import Drivers
from model.inputs.schema import Case, Reading
from model.inputs.values import sourced
from model.lending import derived, joined
from model.selling import Selling
from model.sheet import Block
from model.sold import rows, text
from model.stack import Stack
from model.timeline import Curve, Timeline


def group_of(file: Any) -> str:
    """The obligor group of a contract: the obligor itself where no group is named."""
    return str(file.obligor_group or file.obligor)


class Customers:
    """The obligor groups of a case and what is concentrated on them; capacity where contracts state it."""

    def __init__(self, case: Case, timeline: Timeline, clock: Clock, drivers: Drivers, selling: Selling, stack: Stack,
                 slices: Mapping[str, Sequence[Slice]]) -> None:
        self.case, self.timeline, self.clock, self.drivers, self.selling = case, timeline, clock, drivers, selling
        self.obligors = self._obligors(stack, slices)
        self.concentration = self._concentration()
        self.capacity = self._capacity()

    def blocks(self) -> list[Block]:
        """In the order a reader meets them."""
        return [*self.obligors.values(), self.concentration, *([self.capacity] if self.capacity else [])]

    def _obligors(self, stack: Stack, slices: Mapping[str, Sequence[Slice]]) -> dict[str, Obligor]:
        groups: dict[str, list[Any]] = {}
        for file in self.case.contracts.contracts:
            groups.setdefault(group_of(file), []).append(file)
        found = {}
        for n, (name, files) in enumerate(groups.items(), start=1):
            contracts = [self.selling.contracts[f.id] for f in files]
            hidden = [f for f in files if not f.obligor_disclosed]
            unnamed = [self.selling.contracts[f.id] for f in hidden]
            found[name] = Obligor(
                name, key=f"obligor-{n}", tolerance=self.drivers.row("tolerance"),
                backlog_in=rows(contracts, "backlog"), cash_in=rows(contracts, "cash_to_come"),
                debt_in=[piece.row("standing") for f in files for piece in slices.get(f.id, ())],
                hidden_backlog_in=rows(unnamed, "backlog"), hidden_cash_in=rows(unnamed, "cash_to_come"),
                hidden_debt_in=[piece.row("standing") for f in hidden for piece in slices.get(f.id, ())],
                all_backlog=stack.row("backlog"), all_cash=stack.row("cash_to_come"), all_debt=stack.row("gpu_debt"))
        return found

    def _concentration(self) -> Concentration:
        every, told = list(self.obligors.values()), self.case.company.concentration
        limit = {"limit": sourced(told.limit)} if told and told.limit else {}
        return Concentration("Concentration", key="concentration", ends=self.clock.row("ends"),
                             names=[text(o.title) for o in every], known_in=rows(every, "known"), hidden_in=rows(every, "hidden"),
                             cash_in=rows(every, "known_cash"), debt_in=rows(every, "known_debt"),
                             backlog_squares=rows(every, "backlog_square"), cash_squares=rows(every, "cash_square"),
                             debt_squares=rows(every, "debt_square"), **limit)

    def _capacity(self) -> Capacity | None:
        """Only where a contract states its capacity."""
        tranches = [t for sold in self.selling.sold.values() for t in sold.tranches]
        stated = [t for t in tranches if hasattr(type(t), "active_mw")]
        if not stated:
            return None
        return Capacity("Capacity", key="capacity", days=self.clock.row("days"), delivered=self.drivers.row("delivered"),
                        target=self._target(), active_in=rows(stated, "active_mw"), contracted_in=rows(stated, "contracted_mw"),
                        gpus_in=rows(tranches, "active_gpus"), billed_in=rows(stated, "billed"),
                        late_in=rows(stated, "weeks_late"), signed_in=rows(stated, "weeks_signed"))

    def _target(self) -> Any:
        """The ramp to the targets of the case, on straight lines from what was last reported in service; none after the last."""
        told = self.case.company.capacity
        if told is None or not any(t.date > self.case.general.as_of for t in told.targets):
            return derived([0.0] * self.timeline.count, "no target")
        as_of = self.case.general.as_of
        read: list[Reading] = sorted((r for r in told.readings if r.date <= as_of), key=lambda r: r.date)[-1:]
        points = dict(sorted((r.date, r.active_mw.value) for r in (*read, *(t for t in told.targets if t.date > as_of))))
        curve = Curve(tuple(points), tuple(points.values()), "target", "MW", "", "")
        values = [curve.at(end) if end <= max(points) else 0.0 for end in self.timeline.ends]
        return derived(values, joined(t.active_mw.source for t in told.targets))
