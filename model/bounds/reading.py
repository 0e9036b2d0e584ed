"""From a case to facts: what of it is disclosed, window by window.

Disclosed is what a filing, a transcription, the press or a third party says, and what is derived from that for the totals of
`reported`. What the case assumes is unknown here. Two things are taken as the case has them, disclosed or not: the balance of
each loan and the rate on it (the mean of the window, on 30/360).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from math import fsum, gcd
from os.path import isfile  # also for a name that is longer than names may be
from typing import Any

from model.bounds.coupons import by_window, coupons, drawn_later
from model.bounds.disclosures import FREE, NONE, Disclosure, Facts, Owed, Sold, Source
from model.bounds.rounding import of_hundreds, of_percent, spread
from model.cases import Run
from model.inputs.document import Document, read_document
from model.inputs.problem import CASE, CONTRACTS, DEBT
from model.inputs.schema import Case
from model.timeline.rolls import months_between, roll_date

BOUNDS = "bounds.yaml"
ALLOWED = (12, 6, 3, 1)
SAID = ("filing", "transcription", "press", "third-party")
DRAWN = "-drawn"
AT_ONCE = ("senior_notes", "convertible", "revolver")


def facts_of(run: Run, periods: str = "quarter") -> Facts:
    """The facts of a case, by windows of a year or a quarter, or shorter where a disclosed date asks for it."""
    return _Reading(run, 12 if periods == "year" else 3).facts()


@dataclass(frozen=True)
class _Loan:
    """A loan as it stands, or what was drawn on it between the as-of and the pro-forma date."""

    id: str
    key: str
    amount: float
    matures: date


class _Reading:
    def __init__(self, run: Run, longest: int) -> None:
        self.run, self.case, self.read = run, run.deal.case, run.read
        self.as_of = self.case.general.as_of
        self.months = self._months(longest)
        last = max(self._period(day) for day in self._dates()) + self.months * self.without_end
        self.ends = tuple(roll_date(self.as_of, (k + 1) * self.months, 31) for k in range(-(-last // self.months)))

    # ---- windows -----------------------------------------------------------------------------------------------------

    def _period(self, day: date) -> int:
        return months_between(self.as_of, day)

    def window(self, day: date) -> int:
        """The window in which a day falls."""
        return max(0, -(-self._period(day) // self.months) - 1)

    @cached_property
    def without_end(self) -> bool:
        """Until when contracted revenue reaches is not told: a last window, after all that is told, takes the rest."""
        return self.case.general.reported.rpo is not None and not self.case.general.reported.rpo_windows

    @cached_property
    def loans(self) -> list[_Loan]:
        """Loans of boxes with something owed."""
        found = []
        for file in self.case.debt.instruments:
            loan, matures = self.run.deal.instruments[file.id], file.maturity.value
            if file.box is None:
                continue
            drawn = float(self.read(loan.row("drawn_pro_forma")))
            for key, amount in ((file.id, float(self.read(loan.row("pro_forma"))) - drawn), (file.id + DRAWN, drawn)):
                if amount > 1e-6:
                    found.append(_Loan(key, file.id, amount, matures))
        return found

    def _dates(self) -> Iterator[date]:
        """Days up to which something is disclosed."""
        yield from (loan.matures for loan in self.loans)
        yield from (flow.date for flow in self.case.general.reported.rpo_windows)
        yield from (c.end.value for c in self.case.bounds.contracts if c.end)
        if not self.case.bounds.contracts:
            yield from (t.end.value for c in self.case.contracts.contracts if c.kind != "backstop" for t in c.tranches)

    def _months(self, longest: int) -> int:
        """The longest windows that end on every date of a disclosed total."""
        ends = [f.date for f in self.case.general.reported.rpo_windows]
        ends += [date(year, 12, 31) for year in self.case.general.reported.maturities]
        ends += [day for fact in self.case.bounds.disclosures for day in (fact.last,) if day]
        common = gcd(0, *(self._period(day) for day in ends))
        return next(m for m in ALLOWED if m <= longest and common % m == 0)

    # ---- facts -------------------------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        """All of them."""
        sold = [Sold(c.id, c.name) for c in self.case.bounds.contracts] or [
            Sold(c.id, c.name) for c in self.case.contracts.contracts if c.kind != "backstop"]
        self.contracts = tuple(c.id for c in sold)
        self.every = (*self.contracts, NONE)
        owed = tuple(self._owed(loan) for loan in self.loans)
        told = [*self._balances(), *self._maturities(), *self._stated_schedules(), *self._revenue(), *self._prepaid(),
                *self._customers(), *self._cohorts(), *self._allocation(), *self._more()]
        return Facts(self.as_of, self.ends, self.months, tuple(sold), owed, tuple(told))

    def _name(self, loan: _Loan) -> str:
        name = self.run.deal.instruments[loan.key].title
        return name if loan.id == loan.key else f"{name}, drawn after {self.as_of}"

    def _owed(self, loan: _Loan) -> Owed:
        """Coupons by window; of what was drawn after the as-of date, the kindest run from the pro-forma date on only."""
        instrument, last = self.run.deal.instruments[loan.key], max(1, self._period(loan.matures))
        dated = coupons(self.read(instrument.row("pays")), self.read(instrument.row("growth")), last)
        pro_forma = self.case.general.pro_forma_date or self.as_of
        least = dated if loan.id == loan.key else drawn_later(dated, self._period(pro_forma))
        full, kind = (by_window(told, self.months, len(self.ends)) for told in (dated, least))
        return Owed(loan.id, self._name(loan), tuple(map(fsum, full)), self.window(loan.matures), kind)

    def _source(self, told: Any, file: str, *path: str | int) -> Source:
        said = self._document(file)
        return Source(told.source, told.grade, said.file, said.line(path))

    def _document(self, file: str) -> Document:
        if file not in self._documents:
            self._documents[file] = document(self.case, file)
        return self._documents[file]

    @cached_property
    def _documents(self) -> dict[str, Document]:
        return {}

    def _balances(self) -> Iterator[Disclosure]:
        for loan in self.loans:
            n = next(k for k, file in enumerate(self.case.debt.instruments) if file.id == loan.key)
            file, path = self.case.debt.instruments[n], ("instruments", n)
            told = (self._source(file.balance, DEBT, *path, "balance") if loan.id == loan.key else
                    self._source(file.draws[0].amount, DEBT, *path, "draws", 0, "amount"))
            yield Disclosure("principal", f"{self._name(loan)} owes {loan.amount:,.1f}", self.every, (loan.id,),
                             low=loan.amount, high=loan.amount, told=told)

    def _maturities(self) -> Iterator[Disclosure]:
        """What the maturities table leaves for loans in boxes, once known instalments of other debt are taken off."""
        reported, standing = self.case.general.reported, tuple(loan.id for loan in self.loans if loan.id == loan.key)
        spans = [(f"in {year}", number, self.window(date(year, 1, 31)), self.window(date(year, 12, 31)),
                  self._source(number, CASE, "reported", "maturities", year)) for year, number in reported.maturities.items()]
        if reported.thereafter and reported.maturities:
            after = max(reported.maturities)
            spans.append((f"after {after}", reported.thereafter, self.window(date(after, 12, 31)) + 1, 10_000,
                          self._source(reported.thereafter, CASE, "reported", "thereafter")))
        for words, number, first, last, told in spans:
            least, most = self._other_debt(first, last)
            low, high = max(0.0, number.value - most), number.value - least
            said = f"{high:,.1f}" if low == high else f"{low:,.1f} to {high:,.1f}"
            yield Disclosure("principal", f"principal due {words}: {number.value:,.1f}, of it {said} of loans in boxes",
                             self.every, standing, first, last, low, high, told)

    def _other_debt(self, first: int, last: int) -> tuple[float, float]:
        """Principal of the as-of stack outside the boxes that falls due in windows: for sure, and at most.

        Notes and lines fall due as a whole; where instalments of another loan are assumed, it may repay at any time before."""
        least = most = 0.0
        for file in self.case.debt.instruments:
            if file.box is None:
                row = self.read(self.run.deal.instruments[file.id].row("due_on_as_of_stack"))
                due = fsum(row[first * self.months + 1:min((last + 1) * self.months + 1, 100_000)])
                free = file.repayment.grade == "assumed" and file.kind not in AT_ONCE
                least += 0.0 if free else due
                most += (fsum(row) if self.window(file.maturity.value) >= first else 0.0) if free else due
        return least, most

    def _stated_schedules(self) -> Iterator[Disclosure]:
        """Instalments that the loan's own terms disclose."""
        for n, file in enumerate(self.case.debt.instruments):
            loan = next((x for x in self.loans if x.id == file.id), None)
            if loan and file.repayment.grade in SAID and file.repayment.profile != "inferred":
                due = self.read(self.run.deal.instruments[file.id].row("principal_due"))
                for w in range(self.window(loan.matures) + 1):
                    sum_ = fsum(due[w * self.months + 1:(w + 1) * self.months + 1])
                    words = f"{file.name} repays {sum_:,.1f} by {self.ends[w]}"
                    yield Disclosure("principal", words, self.every, (loan.id,), w, w, sum_, sum_,
                                     self._source(file.repayment, DEBT, "instruments", n, "repayment"))

    def _revenue(self) -> Iterator[Disclosure]:
        reported, first = self.case.general.reported, 0
        for n, flow in enumerate(reported.rpo_windows):
            last, amount = self.window(flow.date), flow.amount.value
            low, high = of_percent(amount, reported.rpo.value) if reported.rpo else (amount, amount)
            words = f"contracted revenue to {flow.date}: {spread(amount, low, high)}"
            yield Disclosure("revenue", words, self.contracts, (), first, last, low, high,
                             self._source(flow.amount, CASE, "reported", "rpo_windows", n, "amount"))
            first = last + 1
        if reported.rpo:
            low, high = of_hundreds(reported.rpo.value)
            yield Disclosure("revenue", f"contracted revenue in all: {spread(reported.rpo.value, low, high)}", self.contracts,
                             low=low, high=high, told=self._source(reported.rpo, CASE, "reported", "rpo"))
        elif not self.case.bounds.contracts:
            total = fsum(float(self.read(self.run.deal.contracts[c].row("backlog_at_start"))) for c in self.contracts)
            yield Disclosure("revenue", f"contracted revenue of the case: {total:,.1f}", self.contracts, low=total, high=total,
                             told=Source("sum of the contracts of the case", "derived", self._document(CONTRACTS).file, 1))

    def _prepaid(self) -> Iterator[Disclosure]:
        held = self.case.general.reported.deferred_revenue
        total = held.value if held else fsum(
            float(self.read(self.run.deal.contracts[c].row("deferred_at_start"))) for c in self.contracts
            if not self.case.bounds.contracts)
        told = self._source(held, CASE, "reported", "deferred_revenue") if held else Source("held by the contracts", "derived")
        low, high = of_hundreds(total)
        words = f"prepayments held: {spread(total, low, high, 1)}"
        yield Disclosure("prepaid", words, self.contracts, low=low, high=high, told=told)

    def _customers(self) -> Iterator[Disclosure]:
        """What bounds.yaml says of contracts."""
        for n, c in enumerate(self.case.bounds.contracts):
            for name, low, high in (("at_least", 1, 0), ("at_most", 0, 1)):
                if number := getattr(c, name):
                    yield Disclosure("revenue", f"{c.name}: {name.replace('_', ' ')} {number.value:,.0f}", (c.id,),
                                     low=number.value if low else -FREE, high=number.value if high else FREE,
                                     told=self._source(number, BOUNDS, "contracts", n, name))
            yield from self._service(c.id, c.name, c.start, c.end, BOUNDS, "contracts", n)

    def _service(self, key: str, name: str, start: Any, end: Any, file: str, *path: str | int) -> Iterator[Disclosure]:
        """No revenue outside the windows of service."""
        if start and self.window(start.value) > 0:
            yield Disclosure("revenue", f"{name}: no service before {start.value}", (key,), (), 0, self.window(start.value) - 1,
                             high=0.0, told=self._source(start, file, *path, "start"))
        if end and self.window(end.value) < len(self.ends) - 1:
            yield Disclosure("revenue", f"{name}: no service after {end.value}", (key,), (), self.window(end.value) + 1,
                             high=0.0, told=self._source(end, file, *path, "end"))

    def _cohorts(self) -> Iterator[Disclosure]:
        """What the contracts of the case rest on that is not assumed, where bounds.yaml tells no others."""
        for n, file in enumerate(() if self.case.bounds.contracts else self.case.contracts.contracts):
            if file.id in self.contracts and len(file.tranches) == 1:
                tranche, path = file.tranches[0], ("contracts", n, "tranches", 0)
                dates = {name: day for name in ("start", "end") if (day := getattr(tranche, name)).grade != "assumed"}
                yield from self._service(file.id, file.name, dates.get("start"), dates.get("end"), CONTRACTS, *path)
                price, margin = getattr(tranche, "price", None), getattr(tranche, "margin", None)
                if price and price.grade != "assumed" and "end" in dates:
                    total = float(self.read(self.run.deal.contracts[file.id].row("backlog_at_start")))
                    yield Disclosure("revenue", f"{file.name}: {total:,.1f} to come", (file.id,), low=total, high=total,
                                     told=self._source(price, CONTRACTS, *path, "price"))
                if margin and margin.grade != "assumed":
                    low, high = margin.range or (margin.value, margin.value)
                    yield Disclosure("margin", f"{file.name}: margin of {low:.1%} to {high:.1%}", (file.id,), low=low, high=high,
                                     told=self._source(margin, CONTRACTS, *path, "margin"))

    def _allocation(self) -> Iterator[Disclosure]:
        """Which contract secures which loan, where the case says that it is disclosed."""
        said = self.case.debt.allocation
        if said.basis == "assumed" or said.grade == "assumed" or self.case.bounds.contracts:
            return
        told = self._source(said, DEBT, "allocation")
        for loan in self.loans:
            others = tuple(c for c in self.every if not said.debt_share[loan.key].get(c))
            yield Disclosure("principal", f"{self._name(loan)} rests on no other contract", others, (loan.id,), high=0.0,
                             told=told)

    def _more(self) -> Iterator[Disclosure]:
        """The disclosures of bounds.yaml."""
        drawn = {loan.id for loan in self.loans}
        for n, fact in enumerate(self.case.bounds.disclosures):
            contracts = tuple(fact.contracts) or (self.every if fact.what == "principal" else self.contracts)
            loans = tuple(x for key in fact.loans for x in (key, key + DRAWN) if x in drawn or x == NONE) or tuple(
                loan.id for loan in self.loans)
            yield Disclosure(fact.what, fact.words, contracts, loans,
                             self.window(fact.first) if fact.first else 0, self.window(fact.last) if fact.last else 10_000,
                             -FREE if fact.low is None else fact.low, FREE if fact.high is None else fact.high,
                             self._source(fact, BOUNDS, "disclosures", n))


def document(case: Case, file: str) -> Document:
    """A file of the case as it was read, for its lines; that of a workbook is called by the sheet that holds them."""
    name = f"{case.folder.name}, sheet Case files, {file}" if isfile(case.folder) else file
    return read_document(name, case.files.get(file, b""))


def of_loan(key: str) -> str:
    """The instrument of a loan."""
    return key.removesuffix(DRAWN)
