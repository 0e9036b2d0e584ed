"""The company of one deal: its debt and guarantees, its cash, and the knots between them."""

from __future__ import annotations

from model.box import Box
from model.company import CrossDefault, Line, Promise, Recourse, Treasury
from model.debt import Instrument, Statement
from model.debt.clauses import HoldsMinimumCash
from model.inputs.values import bindings
from model.lending import derived
from model.parent.group import Group, of_own, stream
from model.parent.outlook import Outlook
from model.parent.plan import Plan
from model.sheet import Block, Row, Sourced
from model.sold import rows, text


class Parent:
    """The company, made only where the case says what cash it has."""

    def __init__(self, group: Group) -> None:
        self.group, self.said = group, group.case.company
        self.tolerance = group.drivers.row("tolerance")
        self.plan = Plan(group)
        self.event = self._event()
        self.lines = {loan.key: self._line(loan) for loan in group.own if group.file(loan.key).kind == "revolver"}
        self.promises = [self._promise(box, loan) for box in group.boxes.values() for loan in box.loans
                         if not group.ring_fenced[box.key] or group.promised(loan.key)]
        self.recourse = {key: self._recourse(box) for key, box in group.boxes.items()}
        self.treasury = self._treasury()
        self._tie_knots()
        self.outlook = Outlook(group, self.plan, self.treasury, list(self.lines.values()), self.promises,
                               list(self.recourse.values()), self.event.row("called"))

    # ---- debt and guarantees -----------------------------------------------------------------------------------------

    def _event(self) -> CrossDefault:
        said, own = self.said.events.cross_default, self.group.own
        month = (Sourced(self.group.timeline.period_of(said.date), said.source, said.grade) if said
                 else derived(0, "no event stated"))
        return CrossDefault("Cross-default", key="company.cross-default", stated_month=month,
                            number=self.group.clock.row("number"), month_told=self.group.drivers.row("cross_default"),
                            own_in=rows(own, "closing"), accrued_in=rows(own, "accrued"))

    @property
    def defaulted(self) -> Row:
        """From the cross-default on."""
        return self.event.row("defaulted")

    def _line(self, loan: Statement) -> Line:
        linked = ("undrawn", "undrawn_at_start", "available", "last_period", "principal_due")
        return Line(f"{loan.title}: as liquidity", key=f"company.line.{loan.key}", number=self.group.clock.row("number"),
                    owed_at_start=loan.row("balance_at_start"), defaulted=self.defaulted,
                    **{name: loan.row(name) for name in linked})

    def _promise(self, box: Box, loan: Instrument) -> Promise:
        said, fenced = self.group.promised(loan.key), self.group.ring_fenced[box.key]
        who = said.provider if said else f"{self.said.name or 'The company'} (borrower)"
        return Promise(f"{loan.title}: answered for", key=f"company.promise.{loan.key}", guarantor=text(who),
                       direct=derived(float(not fenced), "ring fence of the box"), limit=self.group.own_limit(box, [loan.key]),
                       closing=loan.row("closing"))

    def _recourse(self, box: Box) -> Recourse:
        promised = [loan for loan in box.loans if self.group.promised(loan.key)]
        return Recourse(f"{box.title}: who pays what is missing", key=f"company.recourse.{box.key}",
                        missing_in=[box.up("called"), box.up("to_refinance")],
                        owed_in=of_own(box.loans, "opening", "drawn"), promised_in=of_own(promised, "opening", "drawn"),
                        direct=derived(float(not self.group.ring_fenced[box.key]), "ring fence of the box"),
                        limit=self.group.own_limit(box, [loan.key for loan in promised]), defaulted=self.defaulted,
                        tolerance=self.tolerance)

    # ---- cash --------------------------------------------------------------------------------------------------------

    def _treasury(self) -> Treasury:
        group, plan, event = self.group, self.said.liquidity, self.event
        assert plan is not None  # what a company is made for
        own, boxes, recourse = group.own, group.boxes.values(), self.recourse.values()
        return Treasury(
            "Company cash", key="treasury", **bindings(plan, Treasury), **self.plan.costs(),
            plan_in=stream(group.timeline, plan.receipts, {}), plan_out=stream(group.timeline, plan.payments, {}),
            defaulted=self.defaulted, business_in=[self.plan.business.row("cash")],
            distributions=[box.up("distribution") for box in boxes],
            interest_in=rows(own, "interest"), fees_in=[fee for loan in own for fee in loan.fees()],
            principal_in=[row for loan in own for row in (loan.row("scheduled"), group.maturing[loan.key])],
            called_in=rows(recourse, "called"), paid_in=rows(recourse, "paid"),
            cures_in=[row for box in boxes for row in rows(box.cures, "cured")],
            reserves_in=[row for box in boxes for row in rows(box.accounts, "funded")],
            accelerated_in=[event.row("called")], accelerated_paid_in=[event.row("paid")],
            raised_in=[loan.row("funds" if hasattr(type(loan), "funds") else "drawn") for loan in own if loan.in_cash],
            early_in=of_own(own, "from_proceeds", "from_events", "call_cost"), usable_in=rows(self.lines.values(), "usable"),
            revolver_drawn=of_own(own, "topped_up"), revolver_repaid=of_own(own, "repaid"))

    def _tie_knots(self) -> None:
        """What looks at the company's cash: boxes in the order of the case, the event, revolvers, tax."""
        at_hand = self._cure()
        for recourse in self.recourse.values():
            recourse.bind(at_hand=at_hand)
            at_hand = recourse.row("left")
        self.event.bind(balances_in=rows(self.promises, "balance"), at_hand=self.treasury.row("cash_at_hand"))
        for loan in self.group.own:
            if isinstance(loan, HoldsMinimumCash):
                loan.bind(cash_before=self.treasury.row("before_revolver"), frozen=self.defaulted)
        if self.plan.tax is not None:
            earned = [self.plan.business.row(name) for name in ("contracted", "not_contracted")]
            self.plan.tax.bind(income_in=[self.treasury.row("received"), *earned],
                               cost_in=[*(self.treasury.row(name) for name in ("overhead", "premises", "unsecured_interest")),
                                        *rows(self.recourse.values(), "paid")])

    def _cure(self) -> Row:
        """Cures first, boxes in their order; what is left answers for guarantees (RULES 15)."""
        at_hand = self.treasury.row("at_hand")
        for box in self.group.boxes.values():
            if box.cash_for_cures is not None and box.cure is not None:
                box.cash_for_cures.bind(cash=at_hand, stopped=self.defaulted, cured=box.cure.row("cured"))
                at_hand = box.cash_for_cures.row("left")
        return at_hand

    # ---- the book ----------------------------------------------------------------------------------------------------

    def blocks(self) -> list[Block]:
        """In the order of a reader: income, cost, claims, debt, cash, what follows."""
        return [*self.plan.blocks(), self.event, *self.lines.values(), *self.promises, *self.recourse.values(), self.treasury,
                *self.outlook.blocks()]
