"""What follows from the company's cash: liquidity, runway, wall, guarantees, creditors, and the tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum

from model.box import Box
from model.company import (
    AllCash,
    FixedCharges,
    Growth,
    Guarantees,
    Line,
    Liquidity,
    LoanTests,
    NotesInCash,
    Promise,
    Ranks,
    Recourse,
    RequiredCover,
    Runway,
    Treasury,
    TwoYears,
    Wall,
)
from model.debt import Statement
from model.debt.clauses import Commitment
from model.inputs.values import bindings
from model.lending import derived, joined
from model.parent.group import Group, month_flags, of_own, weakest
from model.parent.plan import Plan
from model.sheet import Block, Row, Sourced
from model.sold import rows
from model.timeline.rolls import months_between

PAID_FIRST = ("plan_out", "overhead", "premises", "tax", "capex", "claims")
QUARTERS = (3, 6, 9, 12)
MONTHS = 12


class Outlook:
    """The blocks that read the company's cash and change nothing in it."""

    def __init__(self, group: Group, plan: Plan, treasury: Treasury, lines: Sequence[Line], promises: Sequence[Promise],
                 recourse: Sequence[Recourse], at_once: Row) -> None:
        self.group, self.plan, self.treasury, self.lines = group, plan, treasury, lines
        self.promises, self.recourse, self.said, self.at_once = promises, recourse, group.case.company, at_once
        self.own = [box for box in group.boxes.values() if not box.ring_fenced]
        self.boxed = [loan for box in group.boxes.values() for loan in box.loans]
        self.slices = [piece for box in group.boxes.values() for m in box.mapped for piece in (m.piece,)]
        self.common = {"number": group.clock.row("number"), "tolerance": group.drivers.row("tolerance")}
        self._look_ahead()
        self.all_cash = self._all_cash()
        self.ranks = self._ranks()
        self.loan_tests = self._loan_tests()
        self.growth = self._growth()
        self.notes = self._notes()
        self._hold_against_cost()

    def _cash(self, **names: str) -> dict[str, Row]:
        """Rows of the company's cash under the names of another block."""
        return {ours: self.treasury.row(theirs) for ours, theirs in names.items()}

    # ---- liquidity ---------------------------------------------------------------------------------------------------

    def _look_ahead(self) -> None:
        group, ends, boxes = self.group, self.group.clock.row("ends"), self.group.boxes.values()
        self.liquidity = Liquidity(
            "Liquidity of the company", key="company.liquidity", ends=ends, tolerance=self.common["tolerance"],
            lines_in=rows(self.lines, "counted"), kept_in=[box.account.row("kept") for box in boxes],
            reserved_in=[row for box in boxes for row in rows([*box.accounts, *box.cures], "closing")],
            waiting_in=rows(self.slices, "waiting"),
            **self._cash(cash="cash", held_back="held_back"), **bindings(self.said.liquidity, Liquidity))
        self.runway = Runway("Runway of the company", key="company.runway", ends=ends, **self.common,
                             lines_in=rows(self.lines, "untouched"), lent_in=rows(self.lines, "lent_later"),
                             **self._cash(opening_cash="opening_cash", flow="without_borrowing"))
        self.wall = Wall("Maturity wall", key="company.wall", number=self.common["number"],
                         quarter_ends=month_flags(group.timeline, QUARTERS), distributions=self.treasury.row("received"),
                         liquidity=self.liquidity.row("liquidity"), parent_in=[self.treasury.row("unsecured_principal")],
                         boxes_in=rows(self.boxed, "principal_due"))
        self.guarantees = Guarantees(
            "Guarantees called together", key="company.guarantees", balances_in=rows(self.promises, "guaranteed"),
            direct_in=rows(self.promises, "on_own_account"), liquidity_at_start=self.liquidity.row("at_start"),
            tolerance=self.common["tolerance"])

    def _all_cash(self) -> AllCash:
        """Both sides of K7 are made of different rows: this one of contracts, debt due and the company's own flows."""
        reserves = [row for box in self.group.boxes.values() for row in rows(box.accounts, "held_before")]
        paid = (*PAID_FIRST, "unsecured_service", "repaid_early", "accelerated")
        return AllCash("All cash", key="company.all-cash", held_in=[self.treasury.row("opening_cash"), *reserves],
                       earned_in=rows(self.slices, "cash"),
                       inflow_in=[*(self.treasury.row(name) for name in ("business", "plan_in", "raised")),
                                  *of_own(self.group.own, "topped_up")],
                       due_in=[loan.row(name) for loan in self.boxed for name in ("service", "balloon", "swept")],
                       outflow_in=[*(self.treasury.row(name) for name in paid), *of_own(self.group.own, "repaid")],
                       missing_in=rows(self.recourse, "missing"), paid_in=rows(self.recourse, "paid"))

    # ---- creditors ---------------------------------------------------------------------------------------------------

    def _kind(self, loan: Statement) -> str:
        """The rank of a debt outside the boxes."""
        if self.group.file(loan.key).kind == "convertible" or loan.key in self.group.notes:
            return "convertible"
        return "secured" if "secured" in loan.ranking.split() else "unsecured"

    def _ranks(self) -> Ranks:
        by_rank = {kind: [loan for loan in self.group.own if self._kind(loan) == kind]
                   for kind in ("secured", "unsecured", "convertible")}
        return Ranks("Who stands in front of whom", key="company.ranks", opening_cash=self.treasury.row("opening_cash"),
                     debt_of_boxes_in=rows(self.boxed, "pro_forma"), box_cash_in=rows(self.slices, "cash"),
                     **{f"{kind}_in": rows(loans, "pro_forma") for kind, loans in by_rank.items()},
                     company_in=[self.treasury.row(name) for name in ("received", "business", "plan_in")],
                     company_out=[self.treasury.row(name) for name in (*PAID_FIRST, "put_into_boxes")])

    def _loan_tests(self) -> LoanTests | None:
        """Test dates begin where twelve months can be looked back on: in the model, or in the history of the case."""
        said, ends, contracts = self.said.loan_tests, self.group.timeline.ends, self.group.contracts.values()
        if said is None:
            return None
        last, history = said.last_test or ends[-1], said.history
        dates = [float(said.first_test <= end <= last and (end.month - said.first_test.month) % said.every == 0
                       and (t >= MONTHS or bool(history))) for t, end in enumerate(ends, start=1)]
        before = [fsum(flow.amount.value for flow in history if months_between(flow.date, end) < MONTHS) for end in ends]
        told = Sourced(before, joined(flow.amount.source for flow in history) or "none", weakest(f.amount for f in history))
        cost = [*rows(contracts, "cost"), self.treasury.row("overhead"), self.treasury.row("premises")]
        return LoanTests("Tests of the company's loans", key="company.loan-tests", ends=self.group.clock.row("ends"),
                         tested=derived(dates, f"every {said.every} months from {said.first_test}"), history=told,
                         cash=self.treasury.row("cash"), tolerance=self.common["tolerance"],
                         debt_in=rows(self.group.loans.values(), "closing"), revenue_in=rows(contracts, "revenue"),
                         other_in=[self.plan.business.row("not_contracted")], cost_in=cost,
                         backlog_in=rows(contracts, "backlog"), **bindings(said, LoanTests))

    def _growth(self) -> Growth | None:
        if not self.plan.capex:
            return None
        lines = [loan.row("undrawn_at_start") for loan in self.group.loans.values() if isinstance(loan, Commitment)]
        return Growth("Growth capex", key="company.growth", spending_in=rows(self.plan.capex, "committed_spending"),
                      undrawn_in=lines, cash=self.treasury.row("opening_cash"), tolerance=self.common["tolerance"])

    def _notes(self) -> NotesInCash | None:
        notes = self.group.notes.values()
        return NotesInCash("Convertible notes in cash", key="company.notes", cash_in=rows(notes, "cash_due"),
                           principal_in=rows(notes, "principal_due"), tolerance=self.common["tolerance"]) if notes else None

    # ---- against fixed cost ------------------------------------------------------------------------------------------

    def _hold_against_cost(self) -> None:
        """K1, K3 and DSCR* need the corporate cost: without it they have no rows."""
        self.fixed_charges: FixedCharges | None = None
        self.two_years: TwoYears | None = None
        self.required: list[RequiredCover] = []
        if self.plan.overhead is None:
            return
        shared = {**self.common, **self._cash(overhead="overhead", interest="unsecured_interest", rent="premises")}
        self.fixed_charges = FixedCharges("Fixed-charge cover", key="company.fixed-charges", ends=self.group.clock.row("ends"),
                                          distributions=self.treasury.row("received"),
                                          debt_in=rows(self.group.loans.values(), "closing"), **shared)
        own = [one.row("called") for box, one in zip(self.group.boxes.values(), self.recourse, strict=True)
               if not box.ring_fenced]
        self.two_years = TwoYears("Principal of 24 months", key="company.two-years",
                                  liquidity_at_start=self.liquidity.row("at_start"), **shared,
                                  at_once=self.at_once, own_in=own,
                                  **self._cash(principal="unsecured_principal", distributions="received", tax="tax",
                                               called="called"))
        count = self.group.timeline.count
        self.required = [self._required(n, shared) for n in dict.fromkeys((12, 24, count)) if n <= count]

    def _required(self, window: int, shared: Mapping[str, Row]) -> RequiredCover:
        pairs, fenced = self.group.pairs, [box for box in self.group.boxes.values() if box.ring_fenced]

        def told(boxes: Sequence[Box]) -> tuple[list[Row], list[Row]]:
            return ([loan.row("service") for box in boxes for loan in box.loans],
                    [m.piece.row("cash") for box in boxes for m in box.mapped])

        (service, cash), (own_service, own_cash) = told(fenced), told(self.own)
        return RequiredCover(f"DSCR* over {window} months", key=f"company.required-{window}", window=derived(window, "window"),
                             tax=self.treasury.row("tax"), service_in=service, cash_in=cash, own_service_in=own_service,
                             own_cash_in=own_cash, path=self.runway.row("cash"),
                             pairs=derived(len(pairs), "allocation of the case"), standing_in=rows(pairs, "stands"),
                             testable_in=rows(pairs, "testable"), **shared)

    def blocks(self) -> list[Block]:
        """Liquidity, creditors, tests."""
        maybe = (self.loan_tests, self.growth, self.notes, self.fixed_charges, self.two_years)
        return [self.liquidity, self.runway, self.wall, self.guarantees, self.all_cash, self.ranks,
                *(block for block in maybe if block is not None), *self.required]
