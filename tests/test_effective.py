"""Effective interest: published schedules and carrying amounts, wrong rates that other programs gave, rows against flows."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from model.debt.accretion import Accretion
from model.debt.effective import accretion_schedule, effective_rate
from model.sheet import Book, evaluate
from tests.sheeted import disagreements


def yearly(*amounts: float) -> list[tuple[float, float]]:
    return [(float(n), amount) for n, amount in enumerate(amounts)]


def worth(flows: list[tuple[float, float]], rate: float) -> float:
    return float(sum(amount * (1 + rate) ** -when for when, amount in flows))


# ---- rates that other programs got wrong ----------------------------------------------------------------------------


def test_hundred_percent_is_not_taken_for_minus_hundred() -> None:
    """numpy-financial 1.0.0 answers -99.98 %; the rate is 100.4 %. Source: numpy-financial issue 44."""
    found = effective_rate(yearly(-1678.87, 771.96, 1814.05, 3520.30, 3552.95, 3584.99, 4789.91, -1))
    assert found.rate == pytest.approx(1.004269848720547, abs=1e-12)
    assert found.others == pytest.approx((-0.9997912604283283,), abs=1e-9), "both fit, and both are told"


@pytest.mark.parametrize(("flows", "rate", "other"), [
    ((-50, -100, 600, 300, -100), 1.85, -0.76),  # numpy-financial issue 28
    ((-217500.0, -217500.0, 108466.80462450592, 101129.96439328062, 93793.12416205535, 86456.28393083003,
      79119.44369960476, 71782.60346837944, 64445.76323715414, 57108.92300592884, 49772.08277470355, 42435.24254347826,
      35098.40231225296, 27761.56208102766, 20424.721849802358, 13087.88161857707, 5751.041387351768, -1585.7988438735192,
      -8922.639075098821, -16259.479306324123, -23596.31953754941, -30933.159768774713, -38270.0, -45606.8402312253,
      -52943.680462450604, -60280.520693675906, -67617.36092490121), 0.12, -0.01809679),  # issue 39
])  # fmt: skip
def test_the_rate_that_is_not_negative_is_taken(flows: tuple[float, ...], rate: float, other: float) -> None:
    found = effective_rate(yearly(*flows))
    assert found.rate == pytest.approx(rate, abs=5e-3)
    assert found.others == pytest.approx((other,), abs=0.01)
    for each in (found.rate, *found.others):
        parts = worth(yearly(*map(abs, flows)), each)
        assert worth(yearly(*flows), each) == pytest.approx(0, abs=1e-12 * parts)


def test_long_annuity_is_not_taken_for_a_loss() -> None:
    """480 months of 787.74 on 172,545.85 are 4.6 % a year and not -23.85. Source: pyxirr issue 24."""
    flows = [(n / 12, 787.735232517999) for n in range(1, 481)]
    rate = effective_rate([(0.0, -172545.848122807), *flows]).rate
    monthly = (1 + rate) ** (1 / 12) - 1
    assert 787.735232517999 * (1 - (1 + monthly) ** -480) / monthly == pytest.approx(172545.848122807, rel=1e-9)
    assert 0.04 < rate < 0.05


def test_loss_is_a_negative_rate() -> None:
    assert effective_rate(yearly(-10_000, *[327.24625] * 16)).rate == pytest.approx(-0.0710, abs=5e-3)
    assert effective_rate(yearly(-100, 0, 50)).rate == pytest.approx(0.5**0.5 - 1)


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e12, -1e12])
def test_currency_unit_and_side_change_nothing(scale: float) -> None:
    flows = [(t, scale * amount) for t, amount in yearly(-98, 4, 4, 104)]
    assert effective_rate(flows).rate == pytest.approx(effective_rate(yearly(-98, 4, 4, 104)).rate, abs=1e-14)


def test_three_rates_are_all_found_however_close() -> None:
    """Discount factors 1/1.1, 1/1.101 and 1/1.3 by construction."""
    product = np.poly([1 / 1.1, 1 / 1.101, 1 / 1.3])[::-1]
    found = effective_rate(yearly(*product))
    assert (found.rate, *found.others) == pytest.approx((0.1, 0.101, 0.3), abs=1e-8)


def test_of_two_losses_the_smaller_is_taken() -> None:
    found = effective_rate(yearly(*np.poly([1 / 0.8, 1 / 0.5])[::-1]))
    assert (found.rate, *found.others) == pytest.approx((-0.2, -0.5))


def test_a_rate_that_is_only_touched_is_found() -> None:
    assert effective_rate(yearly(*np.poly([0.8, 0.8])[::-1])).rate == pytest.approx(0.25, abs=1e-6)


@pytest.mark.parametrize("flows", [[(0.0, 1.0), (1.0, 2.0)], [(0.0, 1.0), (1.0, -1.0), (2.0, 1.0)], [(0.0, 0.0)], [],
                                   [(0.0, float("nan")), (1.0, 1.0)], [(0.0, 1.0), (date(2026, 1, 1), -1.0)]])  # fmt: skip
def test_flows_without_a_rate_are_refused(flows: Any) -> None:
    with pytest.raises(ValueError, match="flows"):
        effective_rate(flows)


@settings(max_examples=100, deadline=None)
@for_all(st.floats(-0.5, 3.0), st.lists(st.floats(0.01, 1e9), min_size=1, max_size=40), st.floats(0.02, 1.0))
def test_rate_that_made_the_price_is_found_again(rate: float, paid: list[float], step: float) -> None:
    flows = [(step * n, amount) for n, amount in enumerate(paid, 1)]
    assert effective_rate([(0.0, -worth(flows, rate)), *flows]).rate == pytest.approx(rate, abs=1e-7)


# ---- published schedules --------------------------------------------------------------------------------------------


def test_schedule_of_ifrs_9_example_b26() -> None:
    """1,250 at 4.7 % (59 a year) bought for 1,000, five years, 10 %. Source: IFRS 9, guidance on implementing, B.26;
    annualreporting.info, Amortised cost and EIR calculations."""
    said = accretion_schedule(1250.0, 1000.0, 59 / 1250, [1.0] * 5)
    assert said.rate == pytest.approx(0.10, abs=5e-4)
    assert said.interest == pytest.approx([100, 104, 109, 113, 119], abs=0.6)
    assert said.carrying == pytest.approx([1041, 1086, 1136, 1190, 1250], abs=0.6)
    assert said.coupon == pytest.approx([59.0] * 5)


def test_dated_bond_of_a_published_example() -> None:
    """910 paid on 1 May X1 for a bond of 1,000 at 5 %, due on 31 December X5: 7.8 %; carrying 907, 928, 950, 974.

    Source: ifrscommunity.com, Amortised cost and effective interest rate."""
    ends = [date(year, 12, 31) for year in range(2021, 2026)]
    flows = [(date(2021, 5, 1), -910.0), *((end, 50.0) for end in ends), (ends[-1], 1000.0)]
    rate = effective_rate(flows).rate
    assert rate == pytest.approx(0.078, abs=5e-4)
    carrying, before, shown = 910.0, date(2021, 5, 1), []
    for end in ends:
        interest = carrying * ((1 + rate) ** ((end - before).days / 365) - 1)
        carrying, before = carrying + interest - 50, end
        shown.append((round(interest), round(carrying)))
    assert shown == [(47, 907), (71, 928), (72, 950), (74, 974), (76, 1000)]


def quarters(years: float) -> list[float]:
    """Quarters and a last stub, in years of twelve 30-day months."""
    whole = int(years * 4)
    return [0.25] * whole + [years - whole / 4]


def test_note_without_coupon_of_a_filing() -> None:
    """0 % notes due 15 December 2026: unamortised cost 8,673 at the end of 2022 and 8,131 a quarter later, on 414,000.

    Source: sec.gov/Archives/edgar/data/1293282/000095017023019673/R28.htm (10-Q, 31 March 2023; USD thousand)."""
    said = accretion_schedule(414_000.0, 405_327.0, 0.0, quarters(3 + 11.5 / 12))
    assert said.carrying[0] == pytest.approx(405_869, abs=1)
    assert said.accretion[0] == pytest.approx(8_673 - 8_131, abs=1)


def test_note_with_coupon_of_a_filing() -> None:
    """0.125 % notes due 15 December 2025: 0.8 % effective; unamortised 1,014, then 929; coupon 16 in the quarter. Same source."""
    said = accretion_schedule(51_381.0, 50_367.0, 0.00125, quarters(2 + 11.5 / 12))
    assert said.rate == pytest.approx(0.008, abs=5e-4)
    assert said.accretion[0] == pytest.approx(1_014 - 929, abs=1)
    assert said.coupon[0] == pytest.approx(16, abs=0.5)
    assert said.carrying[0] == pytest.approx(50_452, abs=1)


# ---- the schedule itself --------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@for_all(st.floats(0.8, 1.2), st.floats(0, 0.15), st.lists(st.floats(0.05, 1.0), min_size=1, max_size=20))
def test_schedule_conserves_cash(price: float, coupon: float, years: list[float]) -> None:
    said = accretion_schedule(1000.0, 1000 * price, coupon, years)
    assert said.carrying[-1] == 1000.0
    assert said.interest.sum() == pytest.approx(said.coupon.sum() + 1000 - 1000 * price, abs=1e-6)
    assert np.diff([1000 * price, *said.carrying]) == pytest.approx(said.accretion, abs=1e-6)
    assert said.interest[:-1] == pytest.approx(
        [c * ((1 + said.rate) ** t - 1) for c, t in zip([1000 * price, *said.carrying[:-2]], years[:-1], strict=False)], abs=1e-6
    )


def test_discount_is_spread_to_the_first_put() -> None:
    """Put at par after three of seven years: the rate of a three-year note, and the coupon alone afterwards."""
    said = accretion_schedule(1000.0, 970.0, 0.02, [1.0] * 7, until_put=3)
    short = accretion_schedule(1000.0, 970.0, 0.02, [1.0] * 3)
    assert said.rate == short.rate
    assert said.carrying.tolist() == [*short.carrying, 1000, 1000, 1000, 1000]
    assert said.interest[3:] == pytest.approx(20.0)


def test_premium_is_spread_over_the_life_whatever_the_put() -> None:
    """Source: Deloitte, Roadmap Convertible Debt, 4.4: a premium taken early would be a gain."""
    with_put, without = (accretion_schedule(1000.0, 1030.0, 0.05, [1.0] * 7, until_put=put) for put in (3, None))
    assert with_put.carrying.tolist() == without.carrying.tolist()


@pytest.mark.parametrize("put", [0, 8])
def test_put_outside_the_life_is_refused(put: int) -> None:
    with pytest.raises(ValueError, match="first put"):
        accretion_schedule(1000.0, 970.0, 0.02, [1.0] * 7, until_put=put)


# ---- the rows -------------------------------------------------------------------------------------------------------

AS_OF, PAID_ON = date(2025, 12, 31), 15
YEAR = 365.0


class Note:
    """A bullet note that pays on the 15th every six months, on a monthly grid by ACT/365: rows and dated flows."""

    def __init__(self, months: int, coupon: float, cost: float, issued: int | None = None) -> None:
        ends = [date(2025 + n // 12, n % 12 + 1, 1) for n in range(12, 12 + months)]
        self.ends = [d.replace(day=monthrange(d.year, d.month)[1]) for d in ends]
        self.days = [d.day for d in self.ends]
        self.face, self.cost = 1000.0, cost
        self.pays = [n % 6 == 0 or n == months for n in range(1, months + 1)]
        self.issued = issued
        self._rows(coupon)

    def _rows(self, coupon: float) -> None:
        balance, accrued, self.accrued, self.interest = (0.0 if self.issued else self.face), 0.0, [0.0], []
        self.paid = [0.0] * (len(self.ends) - 1) + [self.face]
        self.drawn = [self.face if n == self.issued else 0.0 for n in range(1, len(self.ends) + 1)]
        self.principal = [balance]
        for n, day in enumerate(self.days):
            late = (day - 10) / YEAR if self.drawn[n] else 0.0  # issued on the 10th
            before = accrued + coupon * balance * PAID_ON / YEAR
            due = before if self.pays[n] else 0.0
            after = balance - self.paid[n] if self.pays[n] else balance
            accrued = before - due + coupon * (after * (day - PAID_ON) / YEAR + self.drawn[n] * late)
            balance += self.drawn[n] - self.paid[n]
            self.interest.append(due)
            self.accrued.append(accrued)
            self.principal.append(balance)

    def flows(self) -> list[tuple[date, float]]:
        start = AS_OF if not self.issued else self.ends[self.issued - 1].replace(day=10)
        due = [(start, self.face - self.cost)]
        paid = [a + b for a, b in zip(self.interest, self.paid, strict=True)]
        return due + [(end.replace(day=PAID_ON), -x) for end, x in zip(self.ends, paid, strict=True) if x]

    def block(self, rate: float, put: int | None = None) -> Accretion:
        last = put or len(self.ends)
        return Accretion(
            "acc", principal=self.principal, principal_paid=self.paid, drawn=self.drawn, interest_paid=self.interest,
            accrued=self.accrued, years=[d / YEAR for d in self.days], effective_rate=rate,
            years_after=[(d - PAID_ON) / YEAR for d in self.days], years_drawn=[(d - 10) / YEAR for d in self.days],
            last=[float(n == last) for n in range(1, len(self.ends) + 1)],
            unamortised_at_start=0.0 if self.issued else self.cost, issue_cost=self.cost / self.face if self.issued else 0.0,
        )  # fmt: skip


def run(block: Accretion, periods: int) -> dict[str, Any]:
    values = evaluate(Book([block], periods))
    return {row.declared.name: values.one(row) for row in block.rows()}


@pytest.mark.parametrize("issued", [None, 3])
@pytest.mark.parametrize(("coupon", "cost"), [(0.0175, 25.0), (0.0, 40.0), (0.09, -30.0)])
def test_rows_spread_the_cost_to_nothing_without_a_residue(coupon: float, cost: float, issued: int | None) -> None:
    note = Note(60, coupon, cost, issued)
    rate = effective_rate(note.flows()).rate
    said = run(note.block(rate), 60)
    assert said["residue_total"] == pytest.approx(0, abs=1e-9), "the rate solved on the dates leaves nothing over"
    assert said["carrying"][60] == pytest.approx(0, abs=1e-12)
    assert said["unamortised"][59] != pytest.approx(0, abs=1e-3)
    assert said["accretion"].sum() == pytest.approx(cost)
    assert said["expense"].sum() == pytest.approx(sum(note.interest) + cost)
    assert said["carrying"] == pytest.approx(np.array([*note.principal, 0]) - said["unamortised"])
    whole = said["carrying"][1:60] + np.array(note.accrued[1:60])
    ahead = [sum(-a * (1 + rate) ** -((d - end).days / YEAR) for d, a in note.flows() if d > end) for end in note.ends[:-1]]
    for n in range(issued or 1, 60):
        assert whole[n - 1] == pytest.approx(ahead[n - 1], abs=1e-8), "carrying with accrued = what is still to come, discounted"


def test_rows_of_the_filing() -> None:
    """0 % notes due December 2026 by month: 8,673 unamortised becomes 8,131 after the first quarter of 2023."""
    months = 48
    rate = effective_rate([(0.0, 405_327.0), (3 + 11.5 / 12, -414_000.0)]).rate
    nought = [0.0] * months
    block = Accretion("acc", principal=[414_000.0] * months + [0.0], principal_paid=[*nought[1:], 414_000.0], drawn=nought,
                      interest_paid=nought, accrued=nought, years=[1 / 12] * months, years_drawn=nought,
                      years_after=[0.5 / 12] * months, last=[*nought[1:], 1.0], effective_rate=rate,
                      unamortised_at_start=8_673.0)  # fmt: skip
    said = run(block, months)
    assert said["unamortised"][3] == pytest.approx(8_131, abs=1)
    assert said["expense"][1:4].sum() == pytest.approx(542, abs=1)
    assert said["residue_total"] == pytest.approx(0, abs=1e-6)


def test_rounded_rate_leaves_its_residue_to_the_last_period() -> None:
    note = Note(36, 0.0175, 25.0)
    said = run(note.block(0.02), 36)
    assert said["residue_total"] > 1, "2 % is too low for this cost"
    assert said["residue"][36] == pytest.approx(said["residue_total"])
    assert said["unamortised"][36] == pytest.approx(0, abs=1e-12)


def test_rows_stop_at_the_first_put() -> None:
    note = Note(36, 0.0175, 25.0)
    said = run(note.block(0.03, put=18), 36)
    assert said["unamortised"][18:37] == pytest.approx(0, abs=1e-12)
    assert said["accretion"][19:].tolist() == [0.0] * 19
    assert said["carrying"][18:36] == pytest.approx(1000.0)


def test_cash_amounts_stay_as_they_are() -> None:
    """The carrying amount is kept apart: the principal owed is the note's own row, whatever was spread."""
    note = Note(24, 0.0175, 25.0)
    for rate in (0.02, 0.05):
        assert run(note.block(rate), 24)["principal"][:-1].tolist() == note.principal


@pytest.mark.parametrize("issued", [None, 3])
def test_spreadsheet_and_numpy_agree(issued: int | None, tmp_path: Path) -> None:
    note = Note(18, 0.0175, 25.0, issued)
    book = Book([note.block(effective_rate(note.flows()).rate, put=None)], 18)
    assert disagreements(book, tmp_path / "accretion.xlsx") == []
