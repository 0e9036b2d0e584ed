"""From the boxes of a case to their waterfalls: accounts, covenants and steps, wired in the order of the case file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from model.box import Account, Box, SweptInAll
from model.cascade import Distribution, Payout, Step, Sweep, SweepShare
from model.clauses import known, with_clauses
from model.covenants import Ceiling
from model.cure import CashForCures, Cure
from model.debt import Instrument
from model.inputs.parts import terms_of
from model.inputs.values import bindings, sourced
from model.lending import by_month, derived, sources
from model.measuring import Measuring
from model.reserve import Reserve, ReserveAccount
from model.sheet import Row, Sourced
from model.sold import rows
from model.waterfall import DUES, LEVELS, Order, orders

DUE = {"interest": "interest", "principal": "scheduled", "balloon": "balloon"}  # rows of a loan that a step pays


class Paying(Measuring):
    """Builds the boxes of a case."""

    def box(self, file: Any, loans: Sequence[Instrument], mapped: Sequence[Any]) -> Box:
        """One borrower with its waterfall; `mapped` are its slices with the contracts and loans that they map."""
        slices = [m.piece for m in mapped]
        account = Account(f"{file.name}: account", key=f"{file.id}.account", number=self.clock.row("number"),
                          receipts_in=rows(slices, "receipts"), costs_in=rows(slices, "cost"),
                          released_receipts_in=rows(slices, "released_receipts"),
                          released_costs_in=rows(slices, "released_cost"), payment_dates=rows(loans, "pays"),
                          maturities=rows(loans, "last_period"), service_in=rows(loans, "service"),
                          balances=rows(loans, "opening"))
        for piece in slices:
            piece.bind(box_pays=account.row("pays"))
        box = Box(file.name, file.id, file.ring_fenced, tuple(loans), tuple(mapped), account)
        box.accounts = [self._reserve(box, said) for said in file.accounts]
        self.covenants(box, file)
        self._waterfall(box, file)
        self._relief(box, file)
        return box

    # ---- the steps in their order ------------------------------------------------------------------------------------

    def _waterfall(self, box: Box, file: Any) -> None:
        above, told = box.account.row("available"), dict(file.waterfall.told())
        for order in orders(told):
            block = getattr(self, f"_{order.verb}")(box, order, told[order.text])
            block.bind(available=above)
            box.levels.append((order, block))
            above = block.row("remaining")
        *earlier, last = box.steps("balloon")
        box.account.bind(left_over=above, before_balloon=last.row("available"), balloons_above=rows(earlier, "paid"))
        for n, distribution in enumerate(box.distributions):
            distribution.bind(left_over=box.account.row("left"), trapped_above=rows(box.distributions[:n], "trapped"))
        self._sweep_loans(box)

    def _pay(self, box: Box, order: Order, told: Any) -> Step:
        loans = [loan for loan in box.loans if not order.loans or loan.key in order.loans]
        label, of = LEVELS[order.what], f" of {', '.join(loan.title for loan in loans)}" if order.loans else ""
        dues = {"opex": [box.account.row("cost_due")], "fees": [fee for loan in loans for fee in loan.fees()]}
        key = ".".join((box.key, label.replace(" ", "-"), *order.loans))
        due = dues[order.what] if order.what in dues else rows(loans, DUE[order.what])
        return Step(f"{box.title}: {label}{of}", key=key, dues=due)

    def _fill(self, box: Box, order: Order, told: Any) -> Reserve:
        return next(block for block in box.accounts if block.key == f"{box.key}.{order.what}")

    def _sweep(self, box: Box, order: Order, told: Any) -> Sweep:
        n = len(box.sweeps) + 1
        reach = rows(box.loans, "after_service") if n == 1 else rows(box.sweep_shares[-len(box.loans):], "left")
        name = "sweep" if n == 1 else f"sweep-{n}"
        sweep = Sweep(f"{box.title}: {name.replace('-', ' ')}", key=f"{box.key}.{name}", balances=reach,
                      **self._conditions(box, order, told))
        box.sweep_shares += [
            SweepShare(f"{box.title}: {name.replace('-', ' ')} of {loan.title}", key=f"{sweep.key}.{loan.key}",
                       swept=sweep.row("swept"), owed=sweep.row("owed"), balance=balance,
                       tolerance=self.drivers.row("tolerance"))
            for loan, balance in zip(box.loans, reach, strict=True)]
        return sweep

    def _distribute(self, box: Box, order: Order, told: Any) -> Distribution:
        n = len(box.distributions) + 1
        name = "distribution" if n == 1 else f"distribution-{n}"
        return Distribution(f"{box.title}: {name.replace('-', ' ')}", key=f"{box.key}.{name}", pays=box.account.row("pays"),
                            **self._conditions(box, order, told))

    def _conditions(self, box: Box, order: Order, told: Any) -> dict[str, Any]:
        met: list[Row] = []
        unmet: list[Row] = []
        for condition in order.conditions:
            covenant = box.covenants[condition.covenant]
            clear = condition.sign == ("<=" if isinstance(covenant, Ceiling) else ">=")
            name = {"lock_up": "above_lock_up", "default": "above_default"}[condition.level]
            (met if clear else unmet).append(covenant.row(name))
        return {"portion": Sourced(order.share, told.source, told.grade), "met_in": met, "unmet_in": unmet,
                "conditions": derived(len(met), f"step: {order.text}")}

    def _sweep_loans(self, box: Box) -> None:
        """What all sweeps take from a loan."""
        for loan in box.loans:
            mine = {f"{sweep.key}.{loan.key}" for sweep in box.sweeps}
            parts = [block.row("part") for block in box.sweep_shares if block.key in mine]
            if len(parts) == 1:
                loan.bind(swept=parts[0])
            elif parts:
                whole = SweptInAll(f"{box.title}: all sweeps of {loan.title}", key=f"{box.key}.swept.{loan.key}", parts_in=parts)
                box.sweep_shares.append(whole)
                loan.bind(swept=whole.row("swept"))

    # ---- accounts ----------------------------------------------------------------------------------------------------

    def _reserve(self, box: Box, said: Any) -> Reserve:
        kind: Any = with_clauses(ReserveAccount, terms_of(said))
        ahead: dict[str, Any] = {}
        if number := said.months_of_cost:
            ahead["cost_ahead"] = self.ahead(box, said.id, "cost ahead", [box.account.row("cost")], sourced(number))
        if number := said.months_of_power:
            ahead["power_ahead"] = self.ahead(box, said.id, "power ahead", self.power(box), sourced(number))
        if number := said.months_of_service:
            ahead["service_ahead"] = self.service_ahead(box, said.id, sourced(number))
        made: Reserve = kind(f"{box.title}: {said.id}", key=f"{box.key}.{said.id}", **known(kind, {
            "available": self.none, "pays": box.account.row("pays"), "balances": rows(box.loans, "opening"),
            "funded": derived(by_month(self.timeline, said.funding), f"funding: {sources(said.funding)}"),
            **ahead, **bindings(said, kind)}))
        return made

    def _relief(self, box: Box, file: Any) -> None:
        """Who pays what is missing: the accounts in their order, each for the steps it serves; then cures."""
        open_up = box.distributions[0].row("allowed") if box.distributions else derived(
            [1.0] * self.timeline.count, "no condition on distributions")
        for n, (block, said) in enumerate(zip(box.accounts, file.accounts, strict=True)):
            served = set(said.serves)
            above = [other for other, one in zip(box.accounts[:n], file.accounts, strict=False) if served & set(one.serves)]
            block.bind(shortfalls=rows(box.steps(*served), "shortfall") if served else [], drawn_above=rows(above, "drawn"),
                       may_go_up=open_up)
        missing = rows(box.steps(*DUES), "shortfall")
        self._cures(box, file.cures, missing)
        cured = [box.cure] if box.cure else []
        box.payout = Payout(f"{box.title}: what goes up", key=f"{box.key}.payout", shortfalls=missing,
                            surpluses=rows(box.distributions, "surplus_out"),
                            releases_in=rows([*box.accounts, *cured], "released"), relieved_in=rows(box.accounts, "drawn"),
                            cured_in=rows(cured, "drawn"), balloons_missing=rows(box.steps("balloon"), "shortfall"))

    def _cures(self, box: Box, said: Any, missing: list[Row]) -> None:
        if said is None:
            return
        plenty = derived([1e6] * self.timeline.count, "the case has no plan for the company's cash")
        box.cash_for_cures = CashForCures(f"{box.title}: cash for cures", key=f"{box.key}.cash-for-cures", cash=plenty,
                                          stopped=self.none)
        hand = box.cash_for_cures
        box.cures = [Cure(f"{box.title}: equity cures", key=f"{box.key}.cures", ends=self.clock.row("ends"),
                                needed=box.covenants[said.on].row("to_cure"), at_hand=hand.row("at_hand"), shortfalls=missing,
                                relieved_in=rows(box.accounts, "drawn"), owed_in=rows(box.loans, "opening"),
                                tolerance=self.drivers.row("tolerance"), **bindings(said, Cure))]
        hand.bind(cured=box.cures[0].row("cured"))
