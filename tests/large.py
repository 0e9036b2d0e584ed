"""Deals of any size; unless told, as large as the workbook must bear: 20 contracts, 12 facilities in 4 boxes, 144 months."""

from __future__ import annotations

from datetime import date

from tests.oracle import Rows, months_later
from tests.strategies import box, by_rule, contract, day, deal_of, draw, loan, num, repay, tranche

AS_OF, MONTHS = date(2025, 12, 31), 144
CONTRACTS, FACILITIES, BOXES = 20, 12, 4


def large(contracts: int = CONTRACTS, facilities: int = FACILITIES, months: int = MONTHS) -> Rows:
    """Each facility answers to one contract and shares some with its neighbours; contracts start one after the other."""
    sold = [_contract(number, months) for number in range(contracts)]
    loans = [_loan(number, months) for number in range(facilities)]
    debt_share: Rows = {one["id"]: {sold[number]["id"]: 1.0, "none": 0.0} for number, one in enumerate(loans)}
    cash_share: Rows = {sold[number]["id"]: {one["id"]: 1.0} for number, one in enumerate(loans)}
    return deal_of(AS_OF, months, sold, loans, [_box(number) for number in range(BOXES)], debt_share, cash_share,
                   scenarios={"late": {"drivers.delay_days": 45}, "cheap": {"drivers.price_change": -0.1}}, moderate=["late"])


def _contract(number: int, months: int) -> Rows:
    start, end = (months_later(AS_OF, after, 1) for after in (number % 9 + 1, months - 14 - number % CONTRACTS))
    second = months_later(AS_OF, number % 9 + 7, 1)
    return contract(f"contract-{number + 1}", tranche(start, end, 20 + number % CONTRACTS, 3, 2), tranche(second, end, 9, 1, 1),
                    prepayments=[by_rule("pro_rata", held=40)], capex=700)


def _loan(number: int, months: int) -> Rows:
    later = number % FACILITIES
    maturity = months_later(AS_OF, months * 5 // 12 + months // 36 * later, 30)
    return loan(f"loan-{number + 1}", maturity, 400, 0.05 + later / 400, repay("level"),
                kind="delayed_draw", box=f"box-{number % BOXES + 1}", curve="sofr", undrawn_before=num(200),
                availability_end=day(months_later(AS_OF, 12, 15)), draws=[draw(months_later(AS_OF, 4, 15), 150)])


def _box(number: int) -> Rows:
    covenants = [{"id": "cover", "test": "dscr", "lock_up": num(1.2, "x"), "default": num(1.05, "x"),
                  "months": num(12, "no.")}]
    return box(f"box-{number + 1}", sweep=0.2, reserve={"months_of_service": num(6, "no.")}, covenants=covenants)
