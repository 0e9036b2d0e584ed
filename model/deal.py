"""From a case to a book: the only file that knows every kind of block and wires them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from model.accreting import accretion
from model.backing import Backed, Backers, Backing, blocks_of
from model.box import Box, BoxClaims
from model.claim import Claim, GradeList
from model.clock import Clock, clock
from model.company import Treasury
from model.contracts.terms import OwnsFleet
from model.converting import Converting, diluted
from model.coverage import Pair, Pool, Slice
from model.customers import Customers
from model.debt import Instrument, Statement
from model.debt.clauses import CollateralTests, FleetCollateral, MovesWithService
from model.debt.clauses.collateral import PledgedCash, PledgedFleet
from model.drivers import Drivers
from model.edited import may_be_typed, put
from model.evidence import NO_CONTRACT, assumed_kinds, weakest_grades
from model.inputs import months_needed
from model.inputs.check import ids_of_inputs, is_of
from model.inputs.schema import Case
from model.inputs.values import GRADES, sourced
from model.lenders import Lenders
from model.lending import Lending, derived
from model.parent import Group, Parent
from model.paying import Paying
from model.repayment import Repayment
from model.selling import Selling
from model.sheet import DEAL, Block, Book, Row, Sourced, Values, evaluate
from model.sold import rows, text
from model.stack import Graded, Headline, Stack
from model.ties import checked
from model.timeline import Timeline

UNDISCLOSED = "undisclosed"


@dataclass(frozen=True)
class Mapped:
    """A slice with the contract and the loan it maps to one another."""

    piece: Slice
    contract: str
    loan: str
    debt: float

    @property
    def pair(self) -> str:
        """The pair it belongs to: its contract, or its loan alone where no contract is mapped to it."""
        return self.loan + ".unmapped" if self.contract == NO_CONTRACT else self.contract


def of_slices(pieces: Sequence[Mapped], name: str) -> list[Row]:
    """The row of that name of each slice."""
    return rows((m.piece for m in pieces), name)


class Deal:
    """A case with all its blocks and the book they form."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.timeline = Timeline(case.general.as_of, months_needed(case))
        self.clock: Clock = clock(self.timeline)
        self.drivers = Drivers("Drivers", key="drivers")
        self.selling = Selling(case, self.timeline, self.clock, self.drivers)
        self.contracts = self.selling.contracts
        self._lend()
        self.mapped = list(self._map())
        self.paying = Paying(case, self.timeline, self.clock, self.drivers, self.selling, self._views)
        self.boxes = {b.id: self._box(b) for b in case.debt.boxes if any(i.box == b.id for i in case.debt.instruments)}
        self.pairs = self._pairs()
        self.claims = [self._share_cash(box) for box in self.boxes.values()]
        balloons = {key: self._at_maturity(loan)["loan_balloon"] for key, loan in self.instruments.items()}
        self.lenders = {key: Lenders(box, balloons, self.clock, self.drivers) for key, box in self.boxes.items()}
        self.backings = self._backings()
        self.unsecured = [self._slice(key, NO_CONTRACT, 1.0, 0.0) for key in self.instruments if self._file(key).box is None]
        for mapped in (*self.mapped, *self.unsecured):  # only now is it known what the boxes sweep
            mapped.piece.bind(loan_swept=self.instruments[mapped.loan].row("swept"))
        for one in self.unsecured:
            one.piece.bind(box_pays=self.instruments[one.loan].row("pays"))
        self.parent = self._parent()
        tested = [m for m in self.mapped if not self._hidden(m)]
        self.pool = self._pool("Pooled GPU debt that can be tested (H3a)", "pool.gpu", tested)
        self.whole = self._pool("All debt that can be tested (H3b)", "pool.all", [*tested, *self.unsecured])
        self.stack = self._stack()
        self.graded = self._graded()
        self.headline = self._headline()
        pieces = {key: [m.piece for m in self.mapped if m.contract == key] for key in self.contracts}
        self.customers = Customers(case, self.timeline, self.clock, self.drivers, self.selling, self.stack, pieces)
        self.grade_lists = self._grade_lists()
        self.claim = self._claim()
        self.checks, self.check_sum = checked(self)
        self.book = Book(self.blocks(), self.timeline.count)
        self.edit_problems = put(self.book, self.timeline, case.edits, self.stamped)

    @cached_property
    def typed(self) -> frozenset[str]:
        """Inputs that may be typed in the workbook: those of which a scenario may speak, of the case, and over time."""
        free = (row.key for row in self.book.inputs if row.block is not self.clock and may_be_typed(row))
        return frozenset(free) - self.stamped

    @cached_property
    def in_scenarios(self) -> frozenset[str]:
        """Those that a scenario may hold at another number."""
        ids = ("drivers", *ids_of_inputs(self.case))
        return frozenset(key for key in self.typed if self.book.by_key[key].per == DEAL and is_of(key, ids))

    @cached_property
    def stamped(self) -> frozenset[str]:
        """Inputs that the engine finds itself: T4, which support counts, whether both still stand, whether the claim assumes."""
        flags = [row.key for backing in self.backings.values() for row in backing.flags().values()]
        return frozenset((*(pair.row("stressed").key for pair in self.pairs.values()), *flags,
                          *(self.claim.row(name).key for name in ("moved", "assumed"))))

    def _calendar(self, *names: str) -> dict[str, Row]:
        return {name: self.clock.row(name) for name in names}

    def _driven(self, *names: str) -> dict[str, Row]:
        return {name: self.drivers.row(name) for name in names}

    # ---- debt --------------------------------------------------------------------------------------------------------

    def _lend(self) -> None:
        """The instruments, their instalments, and the blocks that stand beside them."""
        self.lending = Lending(self.case, self.timeline, self.clock, self.drivers)
        self.instruments: dict[str, Statement] = self.lending.instruments
        self._base: Values | None = None
        self.repayment = Repayment(self.case, self.lending, self._pledged)
        self.repayment.freeze()
        self._let_wait()
        self.pledge: list[Block] = []
        self.views: dict[str, list[PledgedCash]] = {}
        self._pledge()
        self.conversions = {
            key: Converting(note, self._file(key), self.timeline, self.clock, self.drivers, self.case.curves)
            for key, note in self._saying("conversion")}
        earnings = self.case.company.earnings
        self.diluted = diluted(list(self.conversions.values()), self.lending.files, earnings) if earnings else []
        self.accretions = [accretion(note, self._file(key), self.lending.dated[key])
                           for key, note in self._saying("effective_interest")]

    def _let_wait(self) -> None:
        """Amortisation that waits for service knows how late the contracts behind the loan are."""
        for key, loan in self.instruments.items():
            if isinstance(loan, MovesWithService):
                behind = self.case.debt.allocation.debt_share.get(key, {})
                late = [row for contract, share in behind.items() if contract != NO_CONTRACT and share > 0
                        for row in rows(self.selling.sold[contract].tranches, "shift")]
                loan.bind(lateness_in=late or [derived(0, "no contract is mapped to this debt")])

    def _saying(self, term: str) -> list[tuple[str, Statement]]:
        """The instruments whose file states a term."""
        return [(key, loan) for key, loan in self.instruments.items() if getattr(self._file(key), term, None)]

    def _file(self, instrument: str) -> Any:
        return self.lending.files[instrument]

    def _pledged(self, loan: str) -> list[float]:
        """CFADS of the contracts pledged to a loan, on the base case: by period, the opening column first."""
        if self._base is None:
            self._base = evaluate(Book([self.clock, self.drivers, *self.selling.blocks()], self.timeline.count))
        cash = [0.0] * (self.timeline.count + 1)
        for contract, shares in self.case.debt.allocation.cash_share.items():
            row = self._base.one(self.contracts[contract].row("cfads"))
            cash = [c + shares.get(loan, 0.0) * row[t] for t, c in enumerate(cash)]
        return cash

    def _pledge(self) -> None:
        """What the loans with tests look at: their contracts as signed, beside what really comes in."""
        for key, loan in self.instruments.items():
            if isinstance(loan, CollateralTests):
                views = self._views(key)
                loan.bind(signed_cash_in=rows(views, "cash"), expected_in=rows(views, "expected"),
                          received_in=rows(views, "received"))
                self.pledge += self._pledge_fleet(loan)

    def _views(self, loan: str) -> list[PledgedCash]:
        """The contracts behind a loan, as signed and as received; made once."""
        if loan not in self.views:
            self.views[loan] = [self._view(self.instruments[loan], contract, shares[loan])
                                for contract, shares in self.case.debt.allocation.cash_share.items()
                                if shares.get(loan, 0.0) > 0]
            self.pledge += self.views[loan]
        return self.views[loan]

    def _pledge_fleet(self, loan: CollateralTests) -> list[PledgedFleet]:
        """The GPUs of the contracts whose cash is pledged to a loan that is tested on them."""
        if not isinstance(loan, FleetCollateral):
            return []
        basis, found = self.case.debt.allocation, []
        for key, shares in basis.cash_share.items():
            contract, share = self.contracts[key], shares.get(loan.key, 0.0)
            if share > 0 and isinstance(contract, OwnsFleet):
                found.append(PledgedFleet(
                    f"{loan.title}: GPUs of {contract.title}", key=f"{loan.key}.fleet.{key}",
                    cash_share=Sourced(share, basis.source, basis.grade), fleet_book=contract.row("fleet_book"),
                    fleet_value=contract.row("fleet_orderly")))
        loan.bind(books_in=rows(found, "book"), values_in=rows(found, "value"))
        return found

    def _view(self, loan: Instrument, contract: str, share: float) -> PledgedCash:
        basis, real = self.case.debt.allocation, self.contracts[contract]
        signed = self.selling.as_signed(contract)
        return PledgedCash(f"{loan.title}: tests on {real.title}", key=f"{loan.key}.tests.{contract}",
                           cash_share=Sourced(share, basis.source, basis.grade), signed_cfads=signed.row("cfads"),
                           signed_receipts=signed.row("receipts"), receipts=real.row("receipts"))

    # ---- pairs, boxes, pools -----------------------------------------------------------------------------------------

    def _map(self) -> Iterator[Mapped]:
        allocation = self.case.debt.allocation
        for loan, shares in allocation.debt_share.items():
            for contract in self.contracts:
                debt, cash = shares.get(contract, 0.0), allocation.cash_share.get(contract, {}).get(loan, 0.0)
                if debt > 0 or cash > 0:
                    yield self._slice(loan, contract, debt, cash)
            if shares.get(NO_CONTRACT, 0.0) > 0:
                yield self._slice(loan, NO_CONTRACT, shares[NO_CONTRACT], 0.0)

    def _slice(self, loan_key: str, contract_key: str, debt: float, cash: float) -> Mapped:
        loan, contract, basis = self.instruments[loan_key], self.contracts.get(contract_key), self.case.debt.allocation
        nothing = derived([0.0] * self.timeline.count, "no contract is mapped to this debt")
        piece = Slice(
            f"{contract.title if contract else 'No contract'} / {loan.title}", key=f"{contract_key}.{loan_key}",
            **self._calendar("number"), debt_share=Sourced(debt, basis.source, basis.grade),
            cash_share=Sourced(cash, basis.source, basis.grade),
            **{f"contract_{name}": contract.row(name) if contract else nothing
               for name in ("receipts", "cost", "revenue", "renewal", "merchant", "residual", "support")},
            contract_end=contract.row("last_period") if contract else derived(0, "no contract"),
            maturity=loan.row("last_period"), pays=loan.row("pays"), loan_principal=loan.row("pro_forma"),
            loan_service=loan.row("service"), loan_exposure=loan.row("exposure"), growth=loan.row("growth"),
            **self._at_maturity(loan))
        return Mapped(piece, contract_key, loan_key, debt)

    def _at_maturity(self, loan: Instrument) -> dict[str, Row]:
        """What is owed in cash at maturity: of a convertible note, what its share price makes of it (RULES 16)."""
        if loan.key in self.conversions:
            conversion = self.conversions[loan.key].conversion
            return {"loan_balloon": conversion.row("cash_at_maturity"), "loan_before_balloon": conversion.row("owed")}
        return {"loan_balloon": loan.row("balloon"), "loan_before_balloon": loan.row("before_balloon")}

    def _box(self, file: Any) -> Box:
        loans = {i.key: i for i in self.instruments.values() if self._file(i.key).box == file.id}
        return self.paying.box(file, list(loans.values()), [m for m in self.mapped if m.loan in loans])

    def _pairs(self) -> dict[str, Pair]:
        grouped: dict[str, list[Mapped]] = {}
        for mapped in self.mapped:
            grouped.setdefault(mapped.pair, []).append(mapped)
        return {key: self._pair(key, pieces) for key, pieces in grouped.items() if any(m.debt > 0 for m in pieces)}

    def _pair(self, key: str, pieces: Sequence[Mapped]) -> Pair:
        contract = self.contracts.get(pieces[0].contract)
        loans = [self.instruments[m.loan] for m in pieces]
        title = f"{contract.title if contract else 'No contract'} / {', '.join(loan.title for loan in loans)}"
        return Pair(title, key=f"pair.{key}", title_text=text(title),
                    testable=derived(float(not self._hidden(pieces[0])), "allocation of the case"),
                    contract_end=contract.row("last_period") if contract else derived(0, "no contract"),
                    debt_in=of_slices(pieces, "principal"), **self._if_failed(pieces), **self._cover_bindings(pieces))

    def _if_failed(self, pieces: Sequence[Mapped]) -> dict[str, Any]:
        """What T6 looks at: the GPUs of the contract, the share that answers, the cost of putting them to other use."""
        key = pieces[0].contract
        contract = self.contracts.get(key)
        tranches = self.selling.sold[key].tranches if contract else []
        fleet = (contract.row("fleet_distressed") if isinstance(contract, OwnsFleet)
                 else derived([0.0] * self.timeline.count, "no GPUs are stated"))
        return {"fleet_distressed": fleet, **self._driven("collateral_change"), "pledged_in": of_slices(pieces, "cash_share"),
                "reuse_in": rows(tranches, "redeployment_cost")}

    def _hidden(self, mapped: Mapped) -> bool:
        """Nobody knows what the debt is secured on."""
        return mapped.contract == NO_CONTRACT and self._file(mapped.loan).unmapped == UNDISCLOSED

    def _backings(self) -> dict[str, Backing]:
        """What stands behind each pair, were its own cash not enough."""
        backers = Backers(self.case, self.timeline, self.clock, self.drivers, self.selling, self.instruments)
        found = {}
        for key, pair in self.pairs.items():
            mapped = [m for m in self.mapped if m.pair == key]
            box = self.boxes[self._file(mapped[0].loan).box]
            shares = self.case.debt.allocation.debt_share
            pieces = [(m.loan, shares[m.loan].get(m.contract, 0.0), m.piece) for m in mapped]
            up = box.distributions[0].row("paid_share") if box.distributions else derived(
                [0.0] * self.timeline.count, "the box distributes nothing")
            found[key] = Backing([]) if self._hidden(mapped[0]) else backers.of(Backed(key, pair, pieces, up))
        return found

    def _cover_bindings(self, pieces: Sequence[Mapped]) -> dict[str, Any]:
        loans = {m.loan: self.instruments[m.loan] for m in pieces}
        dated = [self.lending.dated[key] for key in loans]
        last_draw = max((self.timeline.period_of(day) for d in dated for day, _ in d.terms.draws), default=0)
        return {
            **self._calendar("ends", "before", "number"), **self._driven("tolerance"), "required": self.drivers.row("cover"),
            "maturities": [loan.row("last_period") for loan in loans.values()] or [derived(0, "no debt")],
            "tested_from": derived(min(last_draw + 1, self.timeline.count), "period after the last planned draw"),
            "pay_dates": [loan.row("pays") for loan in loans.values()], "cash_in": of_slices(pieces, "cash"),
            **{f"{name}_in": of_slices(pieces, name) for name in ("earned_tested", "renewal", "merchant", "residual", "support")},
            "tested_in": of_slices(pieces, "tested"), "waiting_in": of_slices(pieces, "waiting"),
            "service_in": of_slices(pieces, "service"), "balloon_in": of_slices(pieces, "balloon"),
            "standing_in": of_slices(pieces, "standing"),
            "exposure_in": of_slices(pieces, "exposure"), "pv_life_in": of_slices(pieces, "pv_life"),
            "pv_contract_in": of_slices(pieces, "pv_contract"),
        }

    def _parent(self) -> Parent | None:
        """The company above the boxes, where the case says what cash it has."""
        if self.case.company.liquidity is None:
            return None
        maturing = {key: self._at_maturity(loan)["loan_balloon"] for key, loan in self.instruments.items()}
        return Parent(Group(self.case, self.timeline, self.clock, self.drivers, self.contracts, self.boxes, self.instruments,
                            maturing, {key: note.conversion for key, note in self.conversions.items()},
                            list(self.pairs.values())))

    @property
    def treasury(self) -> Treasury | None:
        """The company's cash."""
        return self.parent.treasury if self.parent else None

    def _share_cash(self, box: Box) -> BoxClaims:
        loans = {loan.key for loan in box.loans}
        keys = dict.fromkeys(m.pair for m in self.mapped if m.loan in loans and m.pair in self.pairs)
        return box.pairs_share_cash([self.pairs[key] for key in keys])

    def _pool(self, title: str, key: str, pieces: Sequence[Mapped]) -> Pool:
        contracts = dict.fromkeys(m.contract for m in pieces if m.contract != NO_CONTRACT)
        ends: list[Any] = [self.contracts[key].row("last_period") for key in contracts]
        return Pool(title, key=key, title_text=text(title), contract_ends=ends or [derived(0, "no contract")],
                    swept_in=of_slices(pieces, "swept"), **self._cover_bindings(pieces))

    def _stack(self) -> Stack:
        loans, contracts = self.instruments.values(), self.contracts.values()
        some = {name: [loan.row(row) for loan in loans if hasattr(type(loan), row)] for name, row in (
            ("hedged_in", "swapped_to_fixed"), ("kind_in", "capitalised"), ("funded_in", "funded_interest"))}
        every = {name: [loan.row(row) for loan in loans] for name, row in (
            ("unamortised_in", "unamortised"), ("non_current_in", "non_current"), ("current_in", "current"),
            ("floating_in", "at_floating_rate"),
            ("yearly_in", "yearly_interest"), ("contractual_in", "contractual_interest"), ("amortised_in", "cost_amortised"),
            ("months_in", "months_of_principal"), ("as_of_principal_in", "due_in_all"))}
        return Stack("Whole stack", key="stack", **some, **every,
                     as_signed=self.drivers.row("as_signed"),
                     departs_in=[loan.row(name) for loan in loans for name in ("by_tests", "extended")
                                 if hasattr(type(loan), name)],
                     draws_in=[loan.row(name) for loan in loans if loan.in_cash for name in ("drawn", "topped_up")
                               if hasattr(type(loan), name)],
                     deliveries_in=[loan.row("drawn") for loan in loans if not loan.in_cash],
                     opening_in=[i.row("balance_at_start") for i in loans],
                     drawn_in=[i.row("drawn_pro_forma") for i in loans],
                     repaid_in=[i.row("repaid_pro_forma") for i in loans], pro_forma_in=[i.row("pro_forma") for i in loans],
                     costs_in=[i.row("pro_forma_cost") for i in loans], due_in=[i.row("due_24_months") for i in loans],
                     closing_in=[i.row("closing") for i in loans], interest_in=[i.row("interest") for i in loans],
                     principal_in=[i.row("principal_due") for i in loans],
                     as_of_due_in=[i.row("due_on_as_of_stack") for i in loans],
                     proceeds_in=[i.row("from_proceeds") for i in loans],
                     backlog_in=[c.row("backlog") for c in contracts],
                     cash_to_come_in=[c.row("cash_to_come") for c in contracts],
                     billed_in=[c.row("revenue") for c in contracts], receipts_in=[c.row("receipts") for c in contracts],
                     gpu_debt_in=of_slices(self.mapped, "standing"), contracts_signed=rows(contracts, "as_signed"),
                     deferred_in=[c.row("deferred_revenue") for c in contracts])

    def _graded(self) -> dict[str, Graded]:
        """The debt by the weakest grade of what its verdict rests on."""
        weakest = weakest_grades(self.case, GRADES)
        every = [self.instruments[key].row("pro_forma") for key in weakest]
        return {grade: Graded(f"Debt by evidence: {grade}", key=f"evidence.{grade}", every_in=every, **self._driven("tolerance"),
                              graded_in=[self.instruments[key].row("pro_forma") for key in weakest if weakest[key] == grade])
                for grade in GRADES if grade in weakest.values()}

    def _headline(self) -> Headline:
        quoted = self.case.general.headline
        return Headline("As quoted", key="headline", debt=sourced(quoted.debt), revenue=sourced(quoted.revenue),
                        contracted=sourced(quoted.contracted), market_value=sourced(quoted.market_value),
                        net=self.stack.row("net"))

    def _grade_lists(self) -> list[GradeList]:
        pairs, most, found = list(self.pairs.values()), GradeList.MOST, list[GradeList]()
        for first, some in ((first, pairs[first : first + most]) for first in range(0, len(pairs), most)):
            found.append(GradeList(f"Grades of pairs {first + 1} to {first + len(some)}", before=rows(found[-1:], "listed"),
                                   names=rows(some, "title_text"), grades=rows(some, "grade")))
        return found

    def _claim(self) -> Claim:
        pairs, basis = list(self.pairs.values()), self.case.debt.allocation
        by_choice = basis.basis != "disclosed" or basis.grade == "assumed"
        kinds = assumed_kinds(self.case)
        kinds += ["numbers typed in a workbook"] * any(edit.grade == "assumed" for edit in self.case.edits.inputs.values())
        assumed = by_choice or bool(kinds)
        said = (f"Which contract secures which loan is {basis.basis}, not disclosed." if by_choice
                else "The allocation of contracts to debt is disclosed.")
        said += f" Also assumed: {', '.join(kinds)}." if kinds else ""
        told = {f"{name}_in": rows(pairs, row) for name, row in (
            ("stands", "stands"), ("testable", "testable"), ("debt", "debt"), ("covered", "covered_debt"), ("clcr", "weakness"),
            ("fails", "fails"), ("open", "open_support"), ("surely", "surely_fails"), ("hidden_debt", "hidden_debt"))}
        claim = Claim("The claim", key="claim", assumed=derived(float(assumed), "basis of the allocation"), **told,
                      moved=derived(0, "found for these inputs"), pairs=derived(len(pairs), "allocation of the case"),
                      allocation=Sourced(said, basis.source, basis.grade), **self._driven("tolerance"),
                      fails_in_words=text("On the assumptions made the claim fails" if assumed else "The claim fails"),
                      names=rows(pairs, "title_text"), reasons=rows(pairs, "reason"),
                      grade_list=self.grade_lists[-1].row("listed"),
                      pool_covered=self.pool.row("covered"), whole_covered=self.whole.row("covered"),
                      without_contract=derived(float(all(m.contract == NO_CONTRACT for m in self.mapped)), "allocation"))
        moved = claim.row("moved")  # T4 and the support that counts are found, not calculated: until inputs move (RULES 7)
        for key, pair in self.pairs.items():
            pair.bind(moved=moved, moved_support=moved if self.backings[key].letters else derived(0, "no support is documented"))
        return claim

    # ---- the book ----------------------------------------------------------------------------------------------------

    def blocks(self) -> list[Block]:
        """Every block, in the order a reader meets them."""
        boxes = [block for box in self.boxes.values() for block in box.blocks()]
        return [self.drivers, self.clock, *self.selling.blocks(), *self.pledge, *self.instruments.values(), *self.accretions,
                *(block for note in self.conversions.values() for block in note.blocks()), *self.diluted,
                *(m.piece for m in (*self.mapped, *self.unsecured)), *boxes, *self.claims,
                *(block for one in self.lenders.values() for block in one.blocks()),
                *self.pairs.values(), *blocks_of(self.backings.values()), *(self.parent.blocks() if self.parent else []),
                self.pool, self.whole, self.stack, *self.graded.values(), self.headline, *self.customers.blocks(),
                *self.grade_lists, self.claim, *self.checks, self.check_sum]

    @cached_property
    def scenarios(self) -> Mapping[str, Mapping[str, float]]:
        """Overrides by scenario; base comes first and has none."""
        return {"base": {}, **{name: s.overrides for name, s in self.case.scenarios.scenarios.items()}}

    def columns(self, cases: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
        """Overrides of several cases, one column a case; what a case leaves alone keeps its base value."""
        keys = dict.fromkeys(key for case in cases for key in case)
        base = {key: self.base(key) for key in keys}
        return {key: [case.get(key, base[key]) for case in cases] for key in keys}

    def base(self, key: str) -> float:
        """A single input in the base case."""
        told = self.book.overridable(key).input
        assert told is not None
        return told.number
