"""From a case to a book: the only file that knows every kind of block and wires them together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from model.box import Box, BoxClaims
from model.cascade import Reserve
from model.checks import CheckSum
from model.claim import Claim, Headline, Stack
from model.clock import Clock, clock
from model.contracts import Contract, Prepayment, Tranche, bills_chain
from model.coverage import Pair, Pool, Slice
from model.debt import KINDS, Instrument
from model.debt.profile import annuity, custom, level, sculpted
from model.debt.terms import Dated, DatedTerms
from model.drivers import Drivers
from model.evidence import NO_CONTRACT, assumed_kinds
from model.inputs import months_needed
from model.inputs.schema import Case, Day, Number, asked
from model.sheet import Block, Book, Row, Sourced, evaluate
from model.ties import checks_of
from model.timeline import Timeline, to_serial

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


def rows(pieces: Sequence[Mapped], name: str) -> list[Row]:
    """The row of that name of each slice."""
    return [m.piece.row(name) for m in pieces]


def sourced(value: Number | Day) -> Sourced:
    """A number or date of a case file as the language takes it."""
    number = float(to_serial(value.value)) if isinstance(value, Day) else value.value
    return Sourced(number, value.source, value.grade)


def bindings(file: Any, cls: type[Block]) -> dict[str, Sourced]:
    """What a case file says of the givens that a block asks for."""
    found = {name: getattr(file, name) for name in asked(cls)}
    return {name: sourced(value) for name, value in found.items() if value is not None}


def derived(value: float | Sequence[float], how: str) -> Sourced:
    """A number that follows from other inputs by dates or arithmetic."""
    return Sourced(value, how, "derived")


def text(value: str) -> Sourced:
    """Words of a case file."""
    return Sourced(value, "case file")


class Deal:
    """A case with all its blocks and the book they form."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.timeline = Timeline(case.general.as_of, months_needed(case))
        self.clock: Clock = clock(self.timeline)
        self.drivers = Drivers("Drivers", key="drivers")
        self.tranches: dict[str, list[Tranche]] = {}
        self.prepayments: dict[str, list[Prepayment]] = {}
        self.contracts = {c.id: self._contract(c) for c in case.contracts.contracts}
        self.dated: dict[str, Dated] = {}
        self.instruments = {i.id: self._instrument(i) for i in case.debt.instruments}
        self._freeze_profiles()
        self.mapped = list(self._map())
        self.boxes = {b.id: self._box(b) for b in case.debt.boxes}
        self.pairs = self._pairs()
        self.claims = [self._share_cash(box) for box in self.boxes.values()]
        self.unsecured = [self._slice(i.key, NO_CONTRACT, 1.0, 0.0) for i in self.instruments.values()
                          if self._file(i.key).box is None]
        for mapped in (*self.mapped, *self.unsecured):  # only now is it known what the boxes sweep
            mapped.piece.bind(loan_swept=self.instruments[mapped.loan].row("swept"))
        for mapped in self.unsecured:
            mapped.piece.bind(box_pays=self.instruments[mapped.loan].row("pays"))
        tested = [m for m in self.mapped if not self._hidden(m)]
        self.pool = self._pool("Pooled GPU debt that can be tested (H3a)", "pool.gpu", tested)
        self.whole = self._pool("All debt that can be tested (H3b)", "pool.all", [*tested, *self.unsecured])
        self.stack = self._stack()
        self.headline = self._headline()
        self.claim = self._claim()
        self.checks = list(checks_of(self))
        self.check_sum = CheckSum("Checks that fail", key="checks", failed_in=[c.row("failed") for c in self.checks])
        self.book = Book(self.blocks(), self.timeline.count)

    # ---- contracts ---------------------------------------------------------------------------------------------------

    def _calendar(self, *names: str) -> dict[str, Row]:
        return {name: self.clock.row(name) for name in names}

    def _driven(self, *names: str) -> dict[str, Row]:
        return {name: self.drivers.row(name) for name in names}

    def _contract(self, file: Any) -> Contract:
        tranches = [self._tranche(file, n, t) for n, t in enumerate(file.tranches, start=1)]
        prepayments = [self._prepayment(file, n, p) for n, p in enumerate(file.prepayments, start=1)]
        contract = Contract(
            file.name, key=file.id, **self._calendar("number", "ends"), **self._driven("tolerance"),
            name=text(file.name), obligor=text(file.obligor), **bindings(file, Contract),
            tranche_bills=[t.row("billed") for t in tranches], tranche_opex=[t.row("opex_paid") for t in tranches],
            tranche_rent=[t.row("rent_paid") for t in tranches], credits=[p.row("applied") for p in prepayments],
            prepayments_held=[p.row("held") for p in prepayments], prepayments_in=[p.row("received") for p in prepayments],
            held_at_start=[p.row("held_before") for p in prepayments])
        bills_chain(contract, prepayments)
        self.tranches[file.id], self.prepayments[file.id] = tranches, prepayments
        return contract

    def _tranche(self, contract: Any, number: int, file: Any) -> Tranche:
        pending = derived(float(file.start.value > self.case.general.as_of), "service starts after the as-of date")
        return Tranche(f"{contract.name}: tranche {number}", key=f"{contract.id}.tranche-{number}", pending=pending,
                       **self._calendar("starts", "ends", "days"),
                       **self._driven("price_change", "cost_change", "delay_days"), **bindings(file, Tranche))

    def _prepayment(self, contract: Any, number: int, file: Any) -> Prepayment:
        span = (file.credit_to.value - file.credit_from.value).days + 1
        return Prepayment(f"{contract.name}: prepayment {number}", key=f"{contract.id}.prepayment-{number}",
                          credit_span=derived(span, "days from the first to the last day of crediting"),
                          **self._calendar("starts", "ends"), **bindings(file, Prepayment))

    # ---- debt --------------------------------------------------------------------------------------------------------

    def _file(self, instrument: str) -> Any:
        return next(i for i in self.case.debt.instruments if i.id == instrument)

    def _instrument(self, file: Any) -> Instrument:
        terms = DatedTerms(
            maturity=file.maturity.value, months=file.months, day_count=file.day_count, first_accrual=file.first_accrual,
            business_days=file.business_days, adjust_accrual=file.adjust_accrual, stub=file.stub, day=file.day,
            first_instalment=file.repayment.first_instalment,
            availability_end=file.availability_end.value if file.availability_end else None,
            draws=[(d.date, d.amount.value) for d in file.draws], proceeds=[(p.date, p.amount.value) for p in file.proceeds])
        dated = Dated(terms, self.timeline, self.case.curves[file.curve] if file.curve else None)
        self.dated[file.id] = dated
        how = f"dates: {file.day_count}, every {file.months} months to {file.maturity.value}"
        over_time = {**dated.flags(), **dated.fractions()}
        bridge = self.case.general.pro_forma_date or self.timeline.as_of
        return KINDS[file.kind](
            file.name, key=file.id, name=text(file.name), **self._calendar("ends"),
            **self._driven("rate_shift", "draw_factor", "proceeds_factor"), scale=self.drivers.row("debt_scale"),
            near_end=derived(to_serial(self.timeline.ends[min(24, self.timeline.count) - 1]), "as-of date + 24 months"),
            bridge_end=derived(to_serial(bridge), "pro-forma date of the case"),
            maturity_period=derived(dated.maturity_period, how), **bindings(file, KINDS[file.kind]),
            base_rate=self._curve_row(file, dated), **{name: derived(row, how) for name, row in over_time.items()},
            **{name: derived(row, f"planned draws: {_sources(file.draws)}") for name, row in dated.draws().items()},
            planned_proceeds=derived(dated.proceeds(), f"planned repayment: {_sources(file.proceeds)}"),
            instalments=self._none(), draw_instalments=self._none(), swept=self._none())

    def _curve_row(self, file: Any, dated: Dated) -> Sourced:
        if file.curve is None:
            return derived(dated.base_rates(), "fixed rate: no base rate")
        curve = self.case.curves[file.curve]
        return Sourced(dated.base_rates(), f"curve {file.curve}: {curve.source}", curve.grade or "assumed")

    def _none(self) -> Sourced:
        return derived([0.0] * self.timeline.count, "none")

    def _freeze_profiles(self) -> None:
        """Instalments by number, solved once on the base case and stored as inputs (RULES 10)."""
        for file in self.case.debt.instruments:
            amounts = self._profile(file)
            draws = self._draw_profile(file)
            how = f"{file.repayment.profile} profile, frozen at close: {file.repayment.source}"
            self.instruments[file.id].bind(instalments=Sourced(self._by_number(amounts), how, file.repayment.grade),
                                           draw_instalments=Sourced(self._by_number(draws), how, file.repayment.grade))

    def _by_number(self, amounts: Sequence[float]) -> list[float]:
        return [*amounts, *[0.0] * (self.timeline.count - len(amounts))][: self.timeline.count]

    def _profile(self, file: Any) -> list[float]:
        dates, plan = self.dated[file.id].instalment_dates(), file.repayment
        amount = file.balance.value
        if plan.profile == "level":
            return level(amount, len(dates))
        if plan.profile == "annuity":
            return annuity(amount, plan.rate.value * file.months / 12, len(dates))
        if plan.profile == "custom":
            return custom({year: n.value for year, n in plan.schedule.items()}, dates)
        if plan.profile == "sculpted":
            return self._sculpted(file)
        return []

    def _draw_profile(self, file: Any) -> list[float]:
        dates = self.dated[file.id].instalment_dates()
        result = [0.0] * len(dates)
        for draw in file.draws:
            later = [d for d in dates if d > draw.date]
            part = self._on_draw(file, draw, later)
            result = [a + b for a, b in zip(result, [0.0] * (len(dates) - len(later)) + part, strict=True)]
        return result

    def _on_draw(self, file: Any, draw: Any, dates: Sequence[date]) -> list[float]:
        """A draw's own instalments, on the payment dates after it."""
        plan = file.repayment
        if plan.profile == "custom":
            return custom({year: n.value for year, n in (draw.schedule or {}).items()}, dates)
        if plan.profile in ("level", "annuity"):
            rate = plan.rate.value * file.months / 12 if plan.rate else 0.0
            return annuity(draw.amount.value, rate, len(dates))
        return [0.0] * len(dates)

    def _sculpted(self, file: Any) -> list[float]:
        """CFADS / target - interest on the base case of the pledged contracts, from the last draw on."""
        book = Book([self.clock, self.drivers, *self._contract_blocks()], self.timeline.count)
        values, dated = evaluate(book), self.dated[file.id]
        cash = [0.0] * (self.timeline.count + 1)
        for contract, shares in self.case.debt.allocation.cash_share.items():
            row = values.one(self.contracts[contract].row("cfads"))
            cash = [c + shares.get(file.id, 0.0) * row[t] for t, c in enumerate(cash)]
        amount = file.balance.value + sum(d.amount.value for d in file.draws)
        earned, factors = service_periods(dated, cash, file)
        due = {self.timeline.period_of(d) for d in dated.instalment_dates()}
        periods = sorted(dated.by_period)
        keep = [n for n, t in enumerate(periods) if t in due]
        return sculpted(amount, [earned[n] for n in keep], [factors[n] for n in keep], file.repayment.target.value)

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
            contract_receipts=contract.row("receipts") if contract else nothing,
            contract_cost=contract.row("cost") if contract else nothing,
            contract_end=contract.row("last_period") if contract else derived(0, "no contract"),
            maturity=loan.row("maturity_period"), pays=loan.row("pays"), loan_principal=loan.row("pro_forma"),
            loan_service=loan.row("service"), loan_balloon=loan.row("balloon"), loan_exposure=loan.row("exposure"),
            loan_before_balloon=loan.row("before_balloon"), growth=loan.row("growth"))
        return Mapped(piece, contract_key, loan_key, debt)

    def _box(self, file: Any) -> Box:
        loans = {i.key: i for i in self.instruments.values() if self._file(i.key).box == file.id}
        pieces = [m.piece for m in self.mapped if m.loan in loans]
        return Box(file.name, file.id, list(loans.values()), pieces, self.drivers, self._reserve(file.reserve),
                   sourced(file.sweep) if file.sweep else None, sourced(file.payout))

    def _reserve(self, file: Any) -> dict[str, Sourced]:
        funded = [0.0] * self.timeline.count
        if file is None:
            return {"funded": derived(funded, "no reserve")}
        for flow in file.funding:
            funded[self.timeline.period_of(flow.date) - 1] += flow.amount.value
        return {**bindings(file, Reserve), "funded": derived(funded, f"funding: {_sources(file.funding)}")}

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
                    testable=derived(float(not self._hidden(pieces[0])), "allocation of the case"), support_grade=text("C-G"),
                    supporter=text(self._guarantors(loans)),
                    contract_end=contract.row("last_period") if contract else derived(0, "no contract"),
                    debt_in=rows(pieces, "principal"), **self._cover_bindings(pieces))

    def _hidden(self, mapped: Mapped) -> bool:
        """Nobody knows what the debt is secured on."""
        return mapped.contract == NO_CONTRACT and self._file(mapped.loan).unmapped == UNDISCLOSED

    def _guarantors(self, loans: Sequence[Instrument]) -> str:
        promises = [self._file(loan.key).guarantee for loan in loans]
        return ", ".join(dict.fromkeys(p.provider for p in promises if p)) or "nobody"

    def _cover_bindings(self, pieces: Sequence[Mapped]) -> dict[str, Any]:
        loans = {m.loan: self.instruments[m.loan] for m in pieces}
        dated = [self.dated[key] for key in loans]
        last_draw = max((self.timeline.period_of(day) for d in dated for day, _ in d.terms.draws), default=0)
        return {
            **self._calendar("ends", "before", "number"), **self._driven("tolerance"), "required": self.drivers.row("cover"),
            "maturity": derived(max(d.maturity_period for d in dated), "latest maturity of its debt"),
            "tested_from": derived(min(last_draw + 1, self.timeline.count), "period after the last planned draw"),
            "pay_dates": [loan.row("pays") for loan in loans.values()], "cash_in": rows(pieces, "cash"),
            "tested_in": rows(pieces, "tested"), "waiting_in": rows(pieces, "waiting"),
            "service_in": rows(pieces, "service"), "balloon_in": rows(pieces, "balloon"),
            "standing_in": rows(pieces, "standing"),
            "exposure_in": rows(pieces, "exposure"), "pv_life_in": rows(pieces, "pv_life"),
            "pv_contract_in": rows(pieces, "pv_contract"),
        }

    def _share_cash(self, box: Box) -> BoxClaims:
        loans = {loan.key for loan in box.loans}
        keys = dict.fromkeys(m.pair for m in self.mapped if m.loan in loans and m.pair in self.pairs)
        return box.pairs_share_cash([self.pairs[key] for key in keys])

    def _pool(self, title: str, key: str, pieces: Sequence[Mapped]) -> Pool:
        contracts = dict.fromkeys(m.contract for m in pieces if m.contract != NO_CONTRACT)
        ends: list[Any] = [self.contracts[key].row("last_period") for key in contracts]
        return Pool(title, key=key, title_text=text(title), contract_ends=ends or [derived(0, "no contract")],
                    swept_in=rows(pieces, "swept"), **self._cover_bindings(pieces))

    def _stack(self) -> Stack:
        loans, contracts = self.instruments.values(), self.contracts.values()
        return Stack("Whole stack", key="stack",
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
                     billed_in=[c.row("billed") for c in contracts], receipts_in=[c.row("receipts") for c in contracts],
                     deferred_in=[c.row("deferred_revenue") for c in contracts])

    def _headline(self) -> Headline:
        quoted = self.case.general.headline
        return Headline("As quoted", key="headline", debt=sourced(quoted.debt), revenue=sourced(quoted.revenue),
                        contracted=sourced(quoted.contracted), market_value=sourced(quoted.market_value),
                        net=self.stack.row("net"))

    def _claim(self) -> Claim:
        pairs, basis = list(self.pairs.values()), self.case.debt.allocation
        by_choice = basis.basis != "disclosed" or basis.grade == "assumed"
        kinds = assumed_kinds(self.case)
        assumed = by_choice or bool(kinds)
        said = (f"Which contract secures which loan is {basis.basis}, not disclosed." if by_choice
                else "The allocation of contracts to debt is disclosed.")
        said += f" Also assumed: {', '.join(kinds)}." if kinds else ""
        return Claim("The claim", key="claim", assumed=derived(float(assumed), "basis of the allocation"),
                     pairs=derived(len(pairs), "allocation of the case"), allocation=text(said),
                     fails_in_words=text("On the assumptions made the claim fails" if assumed else "The claim fails"),
                     stands_in=[p.row("stands") for p in pairs], testable_in=[p.row("testable") for p in pairs],
                     debt_in=[p.row("debt") for p in pairs], covered_in=[p.row("covered_debt") for p in pairs],
                     clcr_in=[p.row("weakness") for p in pairs], names=[p.row("title_text") for p in pairs],
                     grades=[p.row("grade") for p in pairs], reasons=[p.row("reason") for p in pairs],
                     pool_covered=self.pool.row("covered"), whole_covered=self.whole.row("covered"))

    # ---- the book ----------------------------------------------------------------------------------------------------

    def _contract_blocks(self) -> list[Block]:
        return [block for key, contract in self.contracts.items()
                for block in (*self.tranches[key], contract, *self.prepayments[key])]

    def blocks(self) -> list[Block]:
        """Every block, in the order a reader meets them."""
        boxes = [block for box in self.boxes.values() for block in box.blocks()]
        return [self.drivers, self.clock, *self._contract_blocks(), *self.instruments.values(),
                *(m.piece for m in (*self.mapped, *self.unsecured)), *boxes, *self.claims,
                *self.pairs.values(), self.pool, self.whole, self.stack, self.headline, self.claim, *self.checks, self.check_sum]

    @cached_property
    def scenarios(self) -> Mapping[str, Mapping[str, float]]:
        """Overrides by scenario; base comes first and has none."""
        return {"base": {}, **{name: s.overrides for name, s in self.case.scenarios.scenarios.items()}}

    def columns(self, cases: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
        """Overrides of several cases, one column a case; what a case leaves alone keeps its base value."""
        keys = dict.fromkeys(key for case in cases for key in case)
        # overridable() admits single numeric inputs only, which the type of `input` cannot say
        base = {key: float(self.book.overridable(key).input.value) for key in keys}  # type: ignore[union-attr, arg-type]
        return {key: [case.get(key, base[key]) for case in cases] for key in keys}


def service_periods(dated: Dated, cash: Sequence[float], file: Any) -> tuple[list[float], list[float]]:
    """CFADS and interest factor of each service period; `cash` by period, the opening column first."""
    rates, fractions = dated.base_rates(), dated.fractions()["coupon_years"]
    floor = file.floor.value if file.floor else 0.0
    floating = file.curve is not None
    earned, factors, since = [], [], 0.0
    for t in range(1, len(cash)):
        since += cash[t]
        if t in dated.by_period:
            rate = (max(rates[t - 1], floor) if floating else 0.0) + file.margin.value
            earned.append(since)
            factors.append(rate * fractions[t - 1])
            since = 0.0
    return earned, factors


def _sources(flows: Sequence[Any]) -> str:
    return "; ".join(dict.fromkeys(f.amount.source for f in flows)) or "none"
