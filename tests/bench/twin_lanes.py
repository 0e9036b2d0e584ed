"""The rival of the generated kernel: the pairs of `inputs/coreweave-ipo` written by hand as loops over lanes (numba).

A block of `B` scenarios advances together; loops go box, month, lane. It works out the rows that move in this case, and no
others: tranches are in service, so dates stand still; no test of a loan is on, so only the draws of DDTL 2.0 move what is
owed; the vendor debt has a fixed rate. `twin_general.py` has the same pairs with dates, tests and refunds that move.

What a hand may do and this one does: leave out links; work out once what is the same in every lane (`price / days` is a
table) or in every month (`1 + price change` is a lane's own number); multiply by the reciprocal of a table; choose the
order. What it does not do: use what only a look at the results tells (all surplus is paid out, so nothing is ever kept).

    back      last month first: the month of the last bill; the value of what was signed to DDTL 2.0
    contract  prepayments, receipts, cost            lend    DDTL 2.0
    pay       the box and T1, T2 of its pair         cover   last month first: present value, CLCR, T3
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba import njit

from tests.bench.lanes import FIGURES, LANES, PAIRS, B, ByHand

LEVEL, DRAWN_OVER_TIME, VENDOR = range(3)

# rows of the workspace, `B` numbers each
(PRICE, COST_CHANGE, _, DELIVERED, CREDITS, UNCOLLECTED, SHIFT, FACTOR, COST_UP, CREDITED, LOST, TO_FALL_DUE, CONTRACT_END,
 SIGNED_NEXT, RATE_LAST, HELD_1, SO_FAR_1, HELD_2, SO_FAR_2, RECEIPTS, COST, RATE, ACCRUED, INTEREST, FEES_ACCRUED, FEE,
 CLOSING, OPENING, DRAWN, DRAWS_LEFT, UNDRAWN, DRAWN_SO_FAR, SCHEDULED, BALLOON, STANDING, BEGUN, MAY, RECEIPTS_SINCE,
 COSTS_SINCE, FIRM_SINCE, BOX_KEPT, RESERVE, EARNED, PAIR_KEPT, SHORTFALL, MISSED, MIN_DSCR, UNMET, LEFT, AT_HAND, TO_DRAW,
 PV, MIN_CLCR, THIN) = (n * B for n in range(54))
FIXED = 54 * B
# rows of every month
MAY_DRAW, DRAWN_HISTORY, FIRM, OWED, DRAWN_THEN = (n * B for n in range(5))
NH = 5 * B
# columns of the tables, one line a month
(BILLS, COSTS, ENDED, ENTITLED_1, ENTITLED_2, BASE, MARGIN, YEARS, PAST, SIGNED, PLANNED, AVAILABLE, DUE, DUE_DRAWS, MATURES,
 IN_TERM, BEFORE, AFTER, DRAW_BEFORE, DRAW_AFTER, OPEN_BEFORE, OPEN_AFTER, DRAW_OPEN_BEFORE, DRAW_OPEN_AFTER, PAYS, RELEASES,
 IN_LIFE, TARGET, PAID_OUT, THE_SCHEDULED, WEIGHT, WEIGHT_AFTER, THE_EXPOSURE, BY_EXPOSURE, THE_LEFT, THE_SERVICE, BY_SERVICE,
 BY_GROWTH) = range(38)
NT = 38
# terms: one number a pair
(TOL, SLA, UNPAID, OPEN_HELD_1, OPEN_HELD_2, FLOOR, LAST_PERIOD, BALANCE, UNDRAWN_BEFORE, FEE_RATE, DRAW_TERM, TARGET_CAP,
 TARGET_FIXED, TARGET_SHARE, RESERVE_BEFORE, REQUIRED, DRAW_COVER) = range(17)


@njit(**LANES)
def of_month(ws, t):
    """The rows of a month."""
    return ws[FIXED + t * NH : FIXED + (t + 1) * NH]


@njit(**LANES)
def begin(ws, tab, terms):
    """What a scenario is in every month, and the opening column."""
    sla, unpaid, held_1, held_2 = terms[SLA], terms[UNPAID], terms[OPEN_HELD_1], terms[OPEN_HELD_2]
    floor, base, margin, balance, undrawn = terms[FLOOR], tab[BASE], tab[MARGIN], terms[BALANCE], terms[UNDRAWN_BEFORE]
    reserve, left = terms[RESERVE_BEFORE], tab[THE_LEFT]
    for i in range(B):
        ws[FACTOR + i] = (1 + ws[PRICE + i]) * ws[DELIVERED + i]
        ws[COST_UP + i] = 1 + ws[COST_CHANGE + i]
        ws[CREDITED + i] = min(1.0, sla + ws[CREDITS + i])
        ws[LOST + i] = min(1.0, unpaid + ws[UNCOLLECTED + i])
        ws[RATE + i] = max(base + ws[SHIFT + i], floor) + margin
        ws[HELD_1 + i], ws[HELD_2 + i], ws[RESERVE + i] = held_1, held_2, reserve
        ws[CLOSING + i], ws[UNDRAWN + i], ws[LEFT + i], ws[AT_HAND + i] = balance, undrawn, left, 0.0
        ws[MIN_DSCR + i], ws[MIN_CLCR + i] = np.inf, np.inf
    for row in (TO_FALL_DUE, CONTRACT_END, SIGNED_NEXT, SO_FAR_1, SO_FAR_2, ACCRUED, FEES_ACCRUED, DRAWS_LEFT, DRAWN_SO_FAR,
                RECEIPTS_SINCE, COSTS_SINCE, FIRM_SINCE, BOX_KEPT, EARNED, PAIR_KEPT, SHORTFALL, MISSED, UNMET, TO_DRAW, PV,
                THIN, FIXED + DRAWN_HISTORY):
        for i in range(B):
            ws[row + i] = 0.0


@njit(**LANES)
def back(ws, tab, terms, months, kind):
    """Last month first: when the last bill falls due; whether what was signed lets DDTL 2.0 draw."""
    tol, floor, cover, last = terms[TOL], terms[FLOOR], terms[DRAW_COVER], (int(terms[LAST_PERIOD]) - 1) * NT
    if kind == DRAWN_OVER_TIME:
        base, margin = tab[last + BASE], tab[last + MARGIN]
        for i in range(B):
            ws[RATE_LAST + i] = max(base + ws[SHIFT + i], floor) + margin
    for t in range(months, 0, -1):
        month, at = of_month(ws, t), t * NT
        bills, number = tab[at + BILLS], float(t)
        for i in range(B):
            later = ws[TO_FALL_DUE + i]
            due = later + bills * ws[FACTOR + i]
            flag = (1.0 if due > tol else 0.0) * (1.0 if later <= tol else 0.0)
            ws[TO_FALL_DUE + i] = due
            ws[CONTRACT_END + i] += flag * number
        if kind == DRAWN_OVER_TIME:
            base, margin, years = tab[at - NT + BASE], tab[at - NT + MARGIN], tab[at + YEARS]
            past, signed = tab[at + PAST], tab[at + SIGNED]
            for i in range(B):
                growth = 1 + (max(base + ws[SHIFT + i], floor) + margin) * years
                value = (signed + ws[SIGNED_NEXT + i]) / (growth + past * ws[RATE_LAST + i])
                ws[SIGNED_NEXT + i] = value
                month[MAY_DRAW + i] = 1.0 if value >= cover else 0.0


@njit(**LANES)
def contract(ws, tab, at):
    """Receipts and cost of one month."""
    bills, costs, ended = tab[at + BILLS], tab[at + COSTS], tab[at + ENDED]
    entitled_1, entitled_2 = tab[at + ENTITLED_1], tab[at + ENTITLED_2]
    for i in range(B):
        billed = bills * ws[FACTOR + i]
        billable = max(0.0, billed - billed * ws[CREDITED + i])
        held = ws[HELD_1 + i]
        applied = min(min(billable, entitled_1 - ws[SO_FAR_1 + i]), held)
        rest = held - applied
        ws[HELD_1 + i] = rest - ended * rest
        ws[SO_FAR_1 + i] += applied
        held = ws[HELD_2 + i]
        applied_2 = min(min(billable - applied, entitled_2 - ws[SO_FAR_2 + i]), held)
        rest = held - applied_2
        ws[HELD_2 + i] = rest - ended * rest
        ws[SO_FAR_2 + i] += applied_2
        invoiced = billable - (applied + applied_2)
        ws[RECEIPTS + i] = invoiced - invoiced * ws[LOST + i]
        ws[COST + i] = costs * ws[COST_UP + i]


@njit(**LANES)
def lend(ws, tab, terms, t):
    """One month of DDTL 2.0: draw, instalments, what matures, interest and fee."""
    month, begun, at = of_month(ws, t), of_month(ws, max(t - int(terms[DRAW_TERM]), 0)), t * NT
    planned, available, due, due_draws = tab[at + PLANNED], tab[at + AVAILABLE], tab[at + DUE], tab[at + DUE_DRAWS]
    in_term_before, matures, pays, fee_rate = tab[at + IN_TERM], tab[at + MATURES], tab[at + PAYS], terms[FEE_RATE]
    base, margin, floor = tab[at + BASE], tab[at + MARGIN], terms[FLOOR]
    before, after, draw_before, draw_after = tab[at + BEFORE], tab[at + AFTER], tab[at + DRAW_BEFORE], tab[at + DRAW_AFTER]
    open_before, open_after = tab[at + OPEN_BEFORE], tab[at + OPEN_AFTER]
    draw_open_before, draw_open_after = tab[at + DRAW_OPEN_BEFORE], tab[at + DRAW_OPEN_AFTER]
    for i in range(B):
        ws[MAY + i], ws[BEGUN + i] = month[MAY_DRAW + i], begun[DRAWN_HISTORY + i]
    for i in range(B):
        opening, undrawn = ws[CLOSING + i], ws[UNDRAWN + i]
        drawn = available * min(undrawn, planned * ws[MAY + i])
        repayable = opening + drawn
        on_draws = min(ws[DRAWS_LEFT + i] + drawn, due_draws)
        scheduled = min(repayable, max(due + on_draws, 0.0))
        ws[DRAWS_LEFT + i] = ws[DRAWS_LEFT + i] + drawn - on_draws
        so_far = ws[DRAWN_SO_FAR + i] + drawn
        ws[DRAWN_SO_FAR + i] = so_far
        rest = repayable - scheduled
        matured = pays * max(0.0, rest - (in_term_before + so_far - ws[BEGUN + i]))
        balloon = max(matures * rest, matured)
        after_service = rest - balloon
        closing = after_service - min(after_service, 0.0)
        ws[OPENING + i], ws[DRAWN + i], ws[SCHEDULED + i], ws[BALLOON + i] = opening, drawn, scheduled, balloon
        ws[CLOSING + i] = closing
        ws[STANDING + i] = closing + balloon
        accrued = ws[ACCRUED + i] + ws[RATE + i] * (opening * before + drawn * draw_before)
        rate = max(base + ws[SHIFT + i], floor) + margin
        interest = pays * accrued
        ws[ACCRUED + i] = accrued - interest + rate * (after_service * after + drawn * draw_after)
        ws[RATE + i], ws[INTEREST + i] = rate, interest
        fees = ws[FEES_ACCRUED + i] + fee_rate * max(0.0, undrawn * open_before - drawn * draw_open_before)
        fee = pays * fees
        ws[FEE + i] = fee
        ws[FEES_ACCRUED + i] = fees - fee + fee_rate * max(0.0, undrawn * open_after - drawn * draw_open_after)
        ws[UNDRAWN + i] = available * max(0.0, undrawn - drawn)
    for i in range(B):
        month[DRAWN_HISTORY + i], month[OWED + i], month[DRAWN_THEN + i] = ws[DRAWN_SO_FAR + i], ws[OPENING + i], ws[DRAWN + i]


@njit(**LANES)
def pay_drawn(ws, tab, terms, t):
    """One month of the box of DDTL 2.0, then T1 and T2 of its pair."""
    month, at, number, tol = of_month(ws, t), t * NT, float(t), terms[TOL]
    released, carried, pays, paid_out = tab[at + RELEASES], 1 - tab[at - NT + RELEASES], tab[at + PAYS], tab[at + PAID_OUT]
    cap, fixed, of_balance, idle, unreleased = terms[TARGET_CAP], terms[TARGET_FIXED], terms[TARGET_SHARE], 1 - pays, 1 - released
    for i in range(B):
        receipts, cost = ws[RECEIPTS + i], ws[COST + i]
        cash = receipts - cost
        fee, interest, principal, balloon = ws[FEE + i], ws[INTEREST + i], ws[SCHEDULED + i], ws[BALLOON + i]
        service = fee + (interest + principal)
        receipts_since = ws[RECEIPTS_SINCE + i] * carried + receipts
        costs_since = ws[COSTS_SINCE + i] * carried + cost
        within = 1.0 if number <= ws[CONTRACT_END + i] else 0.0
        ws[RECEIPTS_SINCE + i], ws[COSTS_SINCE + i] = receipts_since, costs_since
        ws[FIRM_SINCE + i] = ws[FIRM_SINCE + i] * carried + cash * within
        got, owed, waiting = released * receipts_since, released * costs_since, unreleased * (receipts_since - costs_since)
        tested = got - owed
        kept = ws[BOX_KEPT + i]
        there = got + pays * kept
        to_cost = max(0.0, min(there, owed))
        there -= to_cost
        to_fees = max(0.0, min(there, fee))
        there -= to_fees
        to_interest = max(0.0, min(there, interest))
        there -= to_interest
        to_principal = max(0.0, min(there, principal))
        there -= to_principal
        for_balloon = pays * there + idle * kept
        there -= max(0.0, min(there, balloon))
        target, reserve = min(cap, max(fixed, of_balance * ws[OPENING + i])), ws[RESERVE + i]
        filled = pays * min(there, max(0.0, target - reserve))
        missing = max(0.0, owed - to_cost + (fee - to_fees) + (interest - to_interest) + (principal - to_principal))
        taken = min(reserve + filled, missing)
        ws[RESERVE + i] = reserve + filled - taken - pays * max(0.0, reserve - taken - target)
        there -= filled
        new_kept = pays * (there - paid_out * there) + idle * kept
        ws[BOX_KEPT + i] = new_kept
        earned = ws[EARNED + i] + cash - service
        ws[EARNED + i] = earned
        surplus = max(0.0, earned)
        claim = surplus / max(surplus, tol)
        claim = claim if surplus > tol else 0.0
        shortfall = max(0.0, service - tested - ws[PAIR_KEPT + i])
        pair_kept = new_kept * claim
        ws[PAIR_KEPT + i] = pair_kept
        ws[SHORTFALL + i] += shortfall
        ws[MISSED + i] += 1.0 if shortfall > tol else 0.0
        dscr = tested / max(service, tol)
        ws[MIN_DSCR + i] = min(ws[MIN_DSCR + i], dscr if service > tol else np.inf)
        ws[UNMET + i] += max(0.0, balloon - for_balloon * claim) * within
        left, left_now = ws[LEFT + i], ws[STANDING + i] - balloon
        at_hand, at_hand_now = ws[AT_HAND + i], pair_kept + max(0.0, waiting)
        ends = ws[CONTRACT_END + i] == number
        ws[LEFT + i] = left_now if ends else left
        ws[AT_HAND + i] = at_hand_now if ends else at_hand
    for i in range(B):
        month[FIRM + i] = ws[FIRM_SINCE + i]


@njit(**LANES)
def pay_level(ws, tab, terms, t):
    """The same for DDTL 1.0: only interest moves, and the reserve's target stands still."""
    month, at, number, tol, floor = of_month(ws, t), t * NT, float(t), terms[TOL], terms[FLOOR]
    released, carried, pays, paid_out = tab[at + RELEASES], 1 - tab[at - NT + RELEASES], tab[at + PAYS], tab[at + PAID_OUT]
    principal, target, left_now = tab[at + THE_SCHEDULED], tab[at + TARGET], tab[at + THE_LEFT]
    idle, unreleased = 1 - pays, 1 - released
    base, margin, weight, weight_after = tab[at + BASE], tab[at + MARGIN], tab[at + WEIGHT], tab[at + WEIGHT_AFTER]
    for i in range(B):
        accrued = ws[ACCRUED + i] + ws[RATE + i] * weight
        rate = max(base + ws[SHIFT + i], floor) + margin
        interest = pays * accrued
        ws[ACCRUED + i] = accrued - interest + rate * weight_after
        ws[RATE + i] = rate
        receipts, cost = ws[RECEIPTS + i], ws[COST + i]
        cash, service = receipts - cost, interest + principal
        receipts_since = ws[RECEIPTS_SINCE + i] * carried + receipts
        costs_since = ws[COSTS_SINCE + i] * carried + cost
        within = 1.0 if number <= ws[CONTRACT_END + i] else 0.0
        ws[RECEIPTS_SINCE + i], ws[COSTS_SINCE + i] = receipts_since, costs_since
        ws[FIRM_SINCE + i] = ws[FIRM_SINCE + i] * carried + cash * within
        got, owed, waiting = released * receipts_since, released * costs_since, unreleased * (receipts_since - costs_since)
        tested = got - owed
        kept = ws[BOX_KEPT + i]
        there = got + pays * kept
        to_cost = max(0.0, min(there, owed))
        there -= to_cost
        to_interest = max(0.0, min(there, interest))
        there -= to_interest
        to_principal = max(0.0, min(there, principal))
        there -= to_principal
        for_balloon = pays * there + idle * kept
        reserve = ws[RESERVE + i]
        filled = pays * min(there, max(0.0, target - reserve))
        missing = max(0.0, owed - to_cost + (interest - to_interest) + (principal - to_principal))
        taken = min(reserve + filled, missing)
        ws[RESERVE + i] = reserve + filled - taken - pays * max(0.0, reserve - taken - target)
        there -= filled
        new_kept = pays * (there - paid_out * there) + idle * kept
        ws[BOX_KEPT + i] = new_kept
        earned = ws[EARNED + i] + cash - service
        ws[EARNED + i] = earned
        surplus = max(0.0, earned)
        claim = surplus / max(surplus, tol)
        claim = claim if surplus > tol else 0.0
        shortfall = max(0.0, service - tested - ws[PAIR_KEPT + i])
        pair_kept = new_kept * claim
        ws[PAIR_KEPT + i] = pair_kept
        ws[SHORTFALL + i] += shortfall
        ws[MISSED + i] += 1.0 if shortfall > tol else 0.0
        dscr = tested / max(service, tol)
        ws[MIN_DSCR + i] = min(ws[MIN_DSCR + i], dscr if service > tol else np.inf)
        ws[UNMET + i] += max(0.0, 0.0 - for_balloon * claim) * within
        left, at_hand, at_hand_now = ws[LEFT + i], ws[AT_HAND + i], pair_kept + max(0.0, waiting)
        ends = ws[CONTRACT_END + i] == number
        ws[LEFT + i] = left_now if ends else left
        ws[AT_HAND + i] = at_hand_now if ends else at_hand
    for i in range(B):
        month[FIRM + i] = ws[FIRM_SINCE + i]


@njit(**LANES)
def pay_vendor(ws, tab, terms, t):
    """The same for the vendor debt: its service stands still, it pays every month, and its box has no reserve."""
    month, at, number, tol = of_month(ws, t), t * NT, float(t), terms[TOL]
    released, carried, pays, paid_out = tab[at + RELEASES], 1 - tab[at - NT + RELEASES], tab[at + PAYS], tab[at + PAID_OUT]
    principal, service, by_service = tab[at + THE_SCHEDULED], tab[at + THE_SERVICE], tab[at + BY_SERVICE]
    interest, left_now, idle, unreleased = service - principal, tab[at + THE_LEFT], 1 - pays, 1 - released
    blank = 0.0 if by_service > 0 else np.inf
    for i in range(B):
        receipts, cost = ws[RECEIPTS + i], ws[COST + i]
        cash = receipts - cost
        receipts_since = ws[RECEIPTS_SINCE + i] * carried + receipts
        costs_since = ws[COSTS_SINCE + i] * carried + cost
        within = 1.0 if number <= ws[CONTRACT_END + i] else 0.0
        ws[RECEIPTS_SINCE + i], ws[COSTS_SINCE + i] = receipts_since, costs_since
        ws[FIRM_SINCE + i] = ws[FIRM_SINCE + i] * carried + cash * within
        got, owed, waiting = released * receipts_since, released * costs_since, unreleased * (receipts_since - costs_since)
        tested = got - owed
        kept = ws[BOX_KEPT + i]
        there = got + pays * kept
        there -= max(0.0, min(there, owed))
        there -= max(0.0, min(there, interest))
        there -= max(0.0, min(there, principal))
        for_balloon = pays * there + idle * kept
        new_kept = pays * (there - paid_out * there) + idle * kept
        ws[BOX_KEPT + i] = new_kept
        earned = ws[EARNED + i] + cash - service
        ws[EARNED + i] = earned
        surplus = max(0.0, earned)
        claim = surplus / max(surplus, tol)
        claim = claim if surplus > tol else 0.0
        shortfall = max(0.0, service - tested - ws[PAIR_KEPT + i])
        pair_kept = new_kept * claim
        ws[PAIR_KEPT + i] = pair_kept
        ws[SHORTFALL + i] += shortfall
        ws[MISSED + i] += 1.0 if shortfall > tol else 0.0
        ws[MIN_DSCR + i] = min(ws[MIN_DSCR + i], tested * by_service + blank)
        ws[UNMET + i] += max(0.0, 0.0 - for_balloon * claim) * within
        left, at_hand, at_hand_now = ws[LEFT + i], ws[AT_HAND + i], pair_kept + max(0.0, waiting)
        ends = ws[CONTRACT_END + i] == number
        ws[LEFT + i] = left_now if ends else left
        ws[AT_HAND + i] = at_hand_now if ends else at_hand
    for i in range(B):
        month[FIRM + i] = ws[FIRM_SINCE + i]


@njit(**LANES)
def cover(ws, tab, terms, months, kind):
    """Last month first: what is owed and still to be drawn, present value of firm cash, CLCR."""
    tol, required, floor = terms[TOL], terms[REQUIRED], terms[FLOOR]
    for t in range(months, 0, -1):
        month, at = of_month(ws, t), t * NT
        in_life, exposure = tab[at + IN_LIFE], tab[at + THE_EXPOSURE]
        by_exposure, by_growth = tab[at + BY_EXPOSURE], tab[at + BY_GROWTH]
        base, margin, years = tab[at - NT + BASE], tab[at - NT + MARGIN], tab[at + YEARS]
        owing, blank = (1.0 if exposure > tol else 0.0), (0.0 if exposure > tol else np.inf)
        if kind == VENDOR:
            for i in range(B):
                pv = (in_life * month[FIRM + i] + ws[PV + i]) * by_growth
                ws[PV + i] = pv
                ws[MIN_CLCR + i] = min(ws[MIN_CLCR + i], pv * by_exposure + blank)
                ws[THIN + i] += 1.0 if owing * max(0.0, required * exposure - pv) > tol else 0.0
        elif kind == LEVEL:
            for i in range(B):
                growth = 1 + (max(base + ws[SHIFT + i], floor) + margin) * years
                pv = (in_life * month[FIRM + i] + ws[PV + i]) / growth
                ws[PV + i] = pv
                ws[MIN_CLCR + i] = min(ws[MIN_CLCR + i], pv * by_exposure + blank)
                ws[THIN + i] += 1.0 if owing * max(0.0, required * exposure - pv) > tol else 0.0
        else:
            for i in range(B):
                to_draw = ws[TO_DRAW + i] + month[DRAWN_THEN + i]
                ws[TO_DRAW + i] = to_draw
                owed = month[OWED + i] + to_draw
                growth = 1 + (max(base + ws[SHIFT + i], floor) + margin) * years
                pv = (in_life * month[FIRM + i] + ws[PV + i]) / growth
                ws[PV + i] = pv
                clcr = pv / max(owed, tol)
                ws[MIN_CLCR + i] = min(ws[MIN_CLCR + i], clcr if owed > tol else np.inf)
                ws[THIN + i] += 1.0 if (1.0 if owed > tol else 0.0) * max(0.0, required * owed - pv) > tol else 0.0


@njit(**LANES)
def judge(ws, terms, out, pair, at):
    """The figures of a pair."""
    tol = terms[TOL]
    for i in range(B):
        t1 = 1.0 if ws[MISSED + i] < 1 else 0.0
        uncovered = ws[UNMET + i] + max(0.0, ws[LEFT + i] - ws[AT_HAND + i])
        t2 = 1.0 if uncovered <= tol else 0.0
        t3 = 1.0 if ws[THIN + i] < 1 else 0.0
        low, clcr = ws[MIN_DSCR + i], ws[MIN_CLCR + i]
        out[pair, 0, at + i], out[pair, 1, at + i], out[pair, 2, at + i], out[pair, 3, at + i] = t1 * t2 * t3, t1, t2, t3
        out[pair, 4, at + i] = low if low < np.inf else np.nan
        out[pair, 5, at + i] = clcr if clcr < np.inf else np.nan
        out[pair, 6, at + i], out[pair, 7, at + i] = ws[SHORTFALL + i], uncovered


@njit(**LANES)
def blocks(told, tabs, terms, months, ws, out):
    """All blocks of lanes: `told` is (7, S), `out` (3, 8, S), S a multiple of `B`; the pairs stand as in `PAIRS`."""
    for at in range(0, told.shape[1], B):
        for n in range(7):
            for i in range(B):
                ws[n * B + i] = told[n, at + i]
        for kind in range(3):
            tab, term = tabs[kind], terms[kind]
            begin(ws, tab, term)
            back(ws, tab, term, months, kind)
            for t in range(1, months + 1):
                contract(ws, tab, t * NT)
                if kind == LEVEL:
                    pay_level(ws, tab, term, t)
                elif kind == VENDOR:
                    pay_vendor(ws, tab, term, t)
                else:
                    lend(ws, tab, term, t)
                    pay_drawn(ws, tab, term, t)
            cover(ws, tab, term, months, kind)
            judge(ws, term, out, kind, at)


# ---- what stands still, read from a run of the model ----------------------------------------------------------------

AT_REST = {
    "{pool}.tranche-1.pending": 0, "{pool}.tranche-2.pending": 0, "{pool}.prepayment-1.refundable": 0,
    "{pool}.prepayment-2.refundable": 0, "{loan}.contract_test": 0, "{loan}.cost_test": 0, "{loan}.value_test": 0,
    "{loan}.draw_cover": 0, "{loan}.instalments_apply": 1, "{loan}.late_share": 0, "{loan}.swept": 0,
    "{loan}.planned_proceeds": 0, "{loan}.conditions_met": 1, "{loan}.accrued_at_start": 0, "{pool}.prepayment-1.received": 0,
    "{pool}.prepayment-2.received": 0,
    "{pool}.{loan}.cash_share": 1, "{pool}.{loan}.debt_share": 1, "{box}.liquidity.funded": 0, "{box}.liquidity.may_go_up": 1,
    "{box}.liquidity.releases": 1,
}
"""What this case has to be for the rows above to be the rows that move."""


class Twin(ByHand):
    """The rows that move in this case."""

    def __init__(self, values: Any) -> None:
        super().__init__(values)
        for pool, loan, box in PAIRS:
            for key, value in AT_REST.items():
                key = key.format(pool=pool, loan=loan, box=box)
                if key in self.book.by_key and np.any(np.asarray(self.over(key))[1:-1] != value):
                    raise ValueError(f"{key} is not {value}: this twin is of another case")
        self.ws = np.zeros(FIXED + (self.months + 2) * NH)

    def tables(self, pool: str, loan: str, box: str) -> tuple[Any, Any]:
        tab, terms = np.zeros((self.months + 2, NT)), np.zeros(17)
        one, over = self.one, self.over
        tranches = [f"{pool}.tranche-{n}" for n in (1, 2) if f"{pool}.tranche-{n}.price" in self.book.by_key]
        share = {name: sum(np.divide(over(f"{key}.{days}") * one(f"{key}.{name}"), np.maximum(over(f"{key}.days"), 1))
                           for key in tranches) for name, days in (("price", "active_days"), ("opex", "active_days"),
                                                                   ("rent", "rent_days"))}
        tol, scale = one(f"{pool}.tolerance"), one(f"{loan}.scale", 1)
        factor, other, pays = one(f"{loan}.draw_factor", 1) * scale, over(f"{loan}.non_ig_share"), over(f"{loan}.pays")
        instalment = over(f"{loan}.draw_instalments")[over(f"{loan}.instalment_number").astype(int)]
        opening, drawn = over(f"{loan}.opening"), over(f"{loan}.drawn")
        exposure, service = over(f"pair.{pool}.exposure"), over(f"{loan}.service")
        monthly = {
            BILLS: share["price"], COSTS: share["opex"] + share["rent"], ENDED: over(f"{pool}.ended_now"),
            ENTITLED_1: over(f"{pool}.prepayment-1.entitled"), ENTITLED_2: over(f"{pool}.prepayment-2.entitled"),
            BASE: over(f"{loan}.base_rate"), YEARS: pays * over(f"{loan}.coupon_years"),
            MARGIN: over(f"{loan}.margin") * (1 - other) + over(f"{loan}.non_ig_margin") * other,
            PAST: over(f"{loan}.past_maturity") * over(f"{loan}.days") / one(f"{loan}.days_in_year", 365),
            SIGNED: (pays + over(f"{loan}.past_maturity")) * over(f"{loan}.signed_since"),
            PLANNED: (over(f"{loan}.planned_draws") + over(f"{loan}.planned_purchases") * one(f"{loan}.advance_rate")) * factor,
            AVAILABLE: over(f"{loan}.available"), DUE: over(f"{loan}.due_on_opening"),
            DUE_DRAWS: pays * over(f"{loan}.amortises") * factor * instalment, MATURES: over(f"{loan}.matures"),
            IN_TERM: over(f"{loan}.in_term_before") * scale, BEFORE: over(f"{loan}.before"), AFTER: over(f"{loan}.after"),
            DRAW_BEFORE: over(f"{loan}.draw_before"), DRAW_AFTER: over(f"{loan}.draw_after"),
            OPEN_BEFORE: over(f"{loan}.open_before"), OPEN_AFTER: over(f"{loan}.open_after"),
            DRAW_OPEN_BEFORE: over(f"{loan}.draw_open_before"), DRAW_OPEN_AFTER: over(f"{loan}.draw_open_after"), PAYS: pays,
            RELEASES: over(f"{pool}.{loan}.releases"), IN_LIFE: over(f"{pool}.{loan}.in_life"),
            TARGET: over(f"{box}.liquidity.target"), PAID_OUT: over(f"{box}.distribution.paid_share"),
            THE_SCHEDULED: over(f"{loan}.scheduled"),
            WEIGHT: opening * over(f"{loan}.before") + drawn * over(f"{loan}.draw_before"),
            WEIGHT_AFTER: (opening - over(f"{loan}.scheduled") - over(f"{loan}.balloon")) * over(f"{loan}.after")
            + drawn * over(f"{loan}.draw_after"),
            THE_EXPOSURE: exposure, BY_EXPOSURE: np.where(exposure > tol, 1 / np.maximum(exposure, tol), 0),
            THE_LEFT: over(f"pair.{pool}.left_after"), THE_SERVICE: service,
            BY_SERVICE: np.where(service > tol, 1 / np.maximum(service, tol), 0),
            BY_GROWTH: 1 / np.maximum(over(f"{loan}.growth"), 1e-9),
        }
        for column, array in monthly.items():
            tab[:, column] = array
        single: Mapping[int, float] = {
            TOL: tol, SLA: one(f"{pool}.sla"), UNPAID: one(f"{pool}.uncollected"),
            OPEN_HELD_1: one(f"{pool}.prepayment-1.held_at_start"), OPEN_HELD_2: one(f"{pool}.prepayment-2.held_at_start"),
            FLOOR: one(f"{loan}.floor"), LAST_PERIOD: one(f"{loan}.last_period", 1), BALANCE: one(f"{loan}.balance_at_start"),
            UNDRAWN_BEFORE: one(f"{loan}.undrawn_at_start"), FEE_RATE: one(f"{loan}.undrawn_fee"),
            DRAW_TERM: one(f"{loan}.draw_term"), TARGET_CAP: one(f"{box}.liquidity.target_cap"),
            TARGET_FIXED: one(f"{box}.liquidity.fixed_target"), TARGET_SHARE: one(f"{box}.liquidity.balance_target"),
            RESERVE_BEFORE: one(f"{box}.liquidity.held_before"), REQUIRED: one(f"pair.{pool}.required"),
        }
        for column, value in single.items():
            terms[column] = value
        return tab, terms

    def lanes(self, moved: Any) -> Any:
        out = np.empty((len(PAIRS), len(FIGURES), moved.shape[1]))
        blocks(moved, self.tabs, self.terms, self.months, self.ws, out)
        return out
