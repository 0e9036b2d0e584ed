"""What covenants and targets of a box look at: months gone and months ahead, of contracts and of loans by their papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from model.box import Box
from model.clock import Clock
from model.contractual import Ahead, Contractual, ContractualAsPlanned, Gone, PledgedFlow, ServiceAhead, Sum, ToDraw
from model.covenants import KINDS, Covenant
from model.debt import Instrument
from model.debt.clauses import CollateralTests, FundsItsInterest
from model.drivers import Drivers
from model.inputs.schema import Case
from model.inputs.values import bindings, sourced
from model.lending import derived
from model.selling import Selling
from model.sheet import Block, Row, Sourced
from model.sold import rows
from model.timeline import Timeline

A_YEAR = derived(12, "twelve months, unless the file says otherwise")
BACK = "back"


class Measuring:
    """Wires what is measured. `views` gives, for a loan, the contracts behind it as signed and as received."""

    def __init__(self, case: Case, timeline: Timeline, clock: Clock, drivers: Drivers, selling: Selling,
                 views: Callable[[str], Sequence[Block]]) -> None:
        self.case, self.timeline, self.clock, self.drivers = case, timeline, clock, drivers
        self.selling, self.views = selling, views
        self.none = derived([0.0] * timeline.count, "none")
        self.papers: dict[str, Contractual] = {}

    def covenants(self, box: Box, file: Any) -> None:
        """The covenants of a box, each on what its word says."""
        for said in file.covenants:
            kind: type[Covenant] = KINDS[said.test]
            measured, against = getattr(self, f"_{said.test}")(box, said)
            told = bindings(said, kind)
            levels = {} if "lock_up" in told else {"lock_up": told["default"]}
            box.covenants[said.id] = kind(
                f"{box.title}: covenant {said.id}", key=f"{box.key}.{said.id}", ends=self.clock.row("ends"),
                pays=box.account.row("pays"), owed=box.account.row("owed"), due_for_test=self._due(said),
                measured=measured, against=against, tolerance=self.drivers.row("tolerance"), **told, **levels)

    def _due(self, said: Any) -> Sourced:
        """Periods in which a test may be made: from its first date on, and with whole months to look back on."""
        looks = said.test in ("realisation", "non_ig") or (said.test == "dscr" and said.look == BACK)
        waits = int(self._window(said).number) if looks else 0
        first, told = (said.first_test.value, said.first_test.source) if said.first_test else (self.timeline.as_of, "every date")
        due = [float(end >= first and n >= waits) for n, end in enumerate(self.timeline.ends, start=1)]
        return derived(due, f"first test: {told}; {waits} months to look back on")

    def _window(self, said: Any) -> Sourced:
        return sourced(said.months) if said.months else A_YEAR

    # ---- what each test measures -------------------------------------------------------------------------------------

    def _dscr(self, box: Box, said: Any) -> tuple[Row, Row]:
        """CFADS over service, of the months gone or ahead."""
        months, account = self._window(said), box.account
        if said.look == BACK:
            return (self.gone(box, said.id, "CFADS", [account.row("tested_cash")], months),
                    self.gone(box, said.id, "service", [account.row("service")], months))
        return (self.ahead(box, said.id, "CFADS ahead", [account.row("cash")], months),
                self.sum(box, said.id, "service ahead in all", self.service_ahead(box, said.id, months)))

    def _clcr(self, box: Box, said: Any) -> tuple[Row, Row]:
        """Present value of contracted CFADS over what is owed or planned."""
        pieces = [m.piece for m in box.mapped]
        to_draw = [self._to_draw(box, said.id, loan) for loan in box.loans]
        return (self.sum(box, said.id, "present value", rows(pieces, "pv_contract")),
                self.sum(box, said.id, "owed", [*rows(box.loans, "opening"), *to_draw]))

    def _to_draw(self, box: Box, name: str, loan: Instrument) -> Row:
        return self._new(box, ToDraw, name, f"draws of {loan.title}", "to_come", drawn=self._by_papers(box, loan).row("drawn"))

    def _realisation(self, box: Box, said: Any) -> tuple[Row, Row]:
        """Cash received over cash as signed."""
        views, months = [view for loan in box.loans for view in self.views(loan.key)], self._window(said)
        return (self.gone(box, said.id, "received", rows(views, "received"), months),
                self.gone(box, said.id, "as signed", rows(views, "expected"), months))

    def _non_ig(self, box: Box, said: Any) -> tuple[Row, Row]:
        """Cash of customers without an investment-grade rating over all cash."""
        months = self._window(said)
        weak = [m.piece for m in box.mapped
                if m.contract in self.selling.files and _is_weak(self.selling.files[m.contract])]
        return (self.gone(box, said.id, "below investment grade", rows(weak, "receipts"), months),
                self.gone(box, said.id, "all", [box.account.row("receipts")], months))

    def _ltc(self, box: Box, said: Any) -> tuple[Row, Row]:
        """Debt over the depreciated cost of the GPUs."""
        return self._debt_over(box, said, "book_cost", "cost_for_test")

    def _ltv(self, box: Box, said: Any) -> tuple[Row, Row]:
        """Debt over what the GPUs fetch."""
        return self._debt_over(box, said, "market_value", "appraised")

    def _debt_over(self, box: Box, said: Any, of: str, row: str) -> tuple[Row, Row]:
        return (self.sum(box, said.id, "debt", rows(box.loans, "opening")),
                self.sum(box, said.id, of.replace("_", " "), rows(box.loans, row)))

    def _liquidity(self, box: Box, said: Any) -> tuple[Row, Row]:
        """Cash in the box before this date's payments, against one dollar."""
        held = [*rows(box.accounts, "opening"), box.account.row("kept_before")]
        one = Sum(f"{box.title}: {said.id}, unit", key=f"{box.key}.{said.id}.unit", parts_in=[
            derived([1.0] * self.timeline.count, "an amount is held against one dollar")])
        box.ahead.append(one)
        return self.sum(box, said.id, "cash in the box", held), one.row("sum")

    # ---- months gone and ahead ---------------------------------------------------------------------------------------

    def gone(self, box: Box, name: str, what: str, flows: list[Row], months: Sourced) -> Row:
        """A flow of so many months up to a date."""
        return self._new(box, Gone, name, what, "lately", flows_in=flows, months=months)

    def ahead(self, box: Box, name: str, what: str, flows: list[Row], months: Sourced) -> Row:
        """A flow of so many months after a date."""
        return self._new(box, Ahead, name, what, "ahead", flows_in=flows, months=months)

    def sum(self, box: Box, name: str, what: str, parts: list[Row]) -> Row:
        """Rows added up."""
        return self._new(box, Sum, name, what, "sum", parts_in=parts)

    def _new(self, box: Box, kind: type[Block], name: str, what: str, row: str, **told: Any) -> Row:
        block = kind(f"{box.title}: {name}, {what}", key=f"{box.key}.{name}.{what.replace(' ', '-').lower()}", **told)
        box.ahead.append(block)
        return block.row(row)

    def service_ahead(self, box: Box, name: str, months: Sourced) -> list[Row]:
        """Service of each loan in the months ahead."""
        return [self._new(box, ServiceAhead, name, f"service ahead of {loan.title}", "service", months=months,
                          owed=loan.row("after_service"), tolerance=self.drivers.row("tolerance"),
                          papers=self._by_papers(box, loan).row("closing"),
                          **{row: self._by_papers(box, loan).row(row) for row in ("principal_to_come", "interest_to_come")})
                for loan in box.loans]

    def _by_papers(self, box: Box, loan: Instrument) -> Contractual:
        if loan.key not in self.papers:
            follows = isinstance(loan, CollateralTests | FundsItsInterest)
            kind: type[Contractual] = ContractualAsPlanned if follows else Contractual
            words = ("pays", "last_period", "rate", "coupon_years")
            more = ("planned_draws", "draw_instalments", "instalment_number", "draw_factor", "scale")
            drawn = {name: loan.row(name) for name in more} if follows else {
                "drawn": loan.row("drawn"), "on_draws": loan.row("due_on_draws")}
            self.papers[loan.key] = kind(
                f"{loan.title}: by its papers", key=f"{loan.key}.papers", number=self.clock.row("number"),
                start=loan.row("balance_at_start"), on_opening=loan.row("due_on_opening"), **drawn,
                **{name: loan.row(name) for name in words})
            box.ahead.append(self.papers[loan.key])
        return self.papers[loan.key]

    def power(self, box: Box) -> list[Row]:
        """The power bills of the contracts, as far as they are pledged to the box; the same for every account of it."""
        if found := [block.row("pledged") for block in box.ahead if isinstance(block, PledgedFlow)]:
            return found
        for m in box.mapped:
            bills = rows(self.selling.sold[m.contract].tranches, "power_paid") if m.contract in self.selling.sold else []
            if bills:
                found.append(self._new(box, PledgedFlow, m.piece.key, "power", "pledged", flows_in=bills,
                                       cash_share=m.piece.row("cash_share")))
        return found


def _is_weak(file: Any) -> bool:
    """Who owes is known to be below investment grade."""
    return file.investment_grade is not None and not file.investment_grade.value
