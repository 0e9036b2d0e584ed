"""The pairs of `inputs/coreweave-ipo` by hand as loops over lanes (numba), with dates, tests and refunds that move.

A block of `B` scenarios advances together; loops go box, month, lane. Every row that moves is worked out by its own
formula in every month, as in the model. What a hand may do and this one does: leave out links, work out once what is
the same in every lane or month (`price / days` is a table), put rows into one loop that are read together, choose the
order of the passes. What it does not do: use that an input of this case happens to be 0.

    back      last month first: days in service, bills, end of the contract, growth of the loan, cash as signed
    contract  prepayments, receipts, cost            lend    the loan
    pay       the box and T1, T2 of its pair         cover   last month first: present value, CLCR, T3

One array, `ws`: fixed rows of `B` numbers, then for each month the rows that another pass reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numba import njit

from tests.bench.lanes import FIGURES, LANES, PAIRS, B, ByHand

# ---- rows of the workspace ------------------------------------------------------------------------------------------
PRICE, COST_UP, DELAY, DELIVERED, CREDITS, UNCOLLECTED, SHIFT = (n * B for n in range(7))
(STARTS_1, ENDS_1, RENT_FROM_1, RENT_TO_1, STARTS_2, ENDS_2, RENT_FROM_2, RENT_TO_2, CREDIT_FROM, CREDIT_TO, PER_DAY,
 CONTRACT_END, ENDED, KEEP, COLLECTED, TO_FALL_DUE, RATE_LAST, SIGNED_NEXT, OPEX, RENT, HELD_1, SO_FAR_1, HELD_2, SO_FAR_2,
 ENTITLED, RECEIPTS, COST, RATE, RECEIVED, REALISED, CLOSING, DRAWS_LEFT, UNDRAWN, DRAWN_SO_FAR, REPAYABLE, SCHEDULED,
 BALLOON, DRAWN, OPENING, ACCRUED, FEES_ACCRUED, INTEREST, FEE, STANDING, RECEIPTS_SINCE, COSTS_SINCE, FIRM_SINCE,
 BOX_KEPT, RESERVE, EARNED, PAIR_KEPT, MISSED, SHORTFALL, UNMET, LEFT, AT_HAND, MIN_DSCR, TO_DRAW, PV, MIN_CLCR,
 THIN, DAYS, MORE_DAYS, BILL, SIGNED_NOW, SIGNED_LATER, THEN, BEGUN) = (n * B for n in range(7, 75))
FIXED = 75
# rows kept for every month
DAYS_1, DAYS_2, BILLED, GROWTH, SIGNED, HISTORY, DRAWN_HISTORY, FIRM, OWED, DRAWN_THEN = (n * B for n in range(10))
NH = 10 * B

# ---- columns of the tables, one line a month ------------------------------------------------------------------------
(FIRST_DAY, LAST_DAY, PRICE_1, OPEX_1, RENT_1, PRICE_2, OPEX_2, RENT_2, ENTITLED_1, RECEIVED_1, RECEIVED_2, BASE, MARGIN,
 YEARS, PAST, PAYS_SIGNED, EXPECTED, WAITED, PLANNED, CONDITIONS, AVAILABLE, LATE, DUE, DUE_DRAWS, COST_CAP, VALUE_CAP,
 ASKED, MATURES, PROCEEDS, SWEPT, BEFORE, AFTER, DRAW_BEFORE, DRAW_AFTER, OPEN_BEFORE, OPEN_AFTER, DRAW_OPEN_BEFORE,
 DRAW_OPEN_AFTER, PAYS, RELEASES, IN_LIFE, FUNDED, MAY_GO_UP, PAID_OUT, IN_TERM, THE_OPENING, THE_DRAWN, THE_SCHEDULED,
 THE_BALLOON, THE_EXPOSURE, THE_LEFT, THE_FEES) = range(52)
NT = 52
# ---- terms: one number a deal ---------------------------------------------------------------------------------------
(START_1, END_1, PENDING_1, END_MOVES_1, RENT_START_1, RENT_END_1, RENT_MOVES_1, START_2, END_2, PENDING_2, END_MOVES_2,
 RENT_START_2, RENT_END_2, RENT_MOVES_2, LOST_ON, SIGNED_END, CREDIT_START, CREDIT_STOP, HELD_BEFORE, OPEN_HELD_1, OPEN_HELD_2,
 REFUNDABLE_1, REFUNDABLE_2, SLA, UNPAID, TOL, FLOATING, FLOOR, LAST_PERIOD, LOOK_BACK, REALISED_BEFORE, BY_COVER, DRAW_COVER,
 COST_TEST, VALUE_TEST, CONTRACT_TEST, INSTALMENTS, BALANCE, UNDRAWN_BEFORE, FEE_RATE, DRAW_TERM, DEBT_SHARE, CASH_SHARE,
 TEST_SHARE, TARGET_CAP, TARGET_FIXED, TARGET_SHARE, RESERVE_BEFORE, MAY_RELEASE, REQUIRED, ACCRUED_BEFORE, AS_OF) = range(52)


@njit(**LANES)
def of_month(ws, t):
    """The rows of a month."""
    return ws[FIXED * B + t * NH : FIXED * B + (t + 1) * NH]


@njit(**LANES)
def begin(ws, terms, two):
    """What one scenario does to the dates of a contract, once for all months."""
    pending, ends, moves, starts = terms[PENDING_1], terms[END_1], terms[END_MOVES_1], terms[START_1]
    rent_from, rent_to, as_of, lost = terms[RENT_START_1], terms[RENT_END_1], terms[AS_OF], terms[LOST_ON]
    rent_moves = terms[RENT_MOVES_1] * (1.0 if rent_from > as_of else 0.0)
    signed, credit_from, credit_to, held = terms[SIGNED_END], terms[CREDIT_START], terms[CREDIT_STOP], terms[HELD_BEFORE]
    for i in range(B):
        shift = pending * ws[DELAY + i]
        ws[STARTS_1 + i] = starts + shift
        planned = ends + shift * moves
        ws[ENDS_1 + i] = min(planned, lost)
        ws[RENT_FROM_1 + i] = rent_from + shift * rent_moves
        ws[RENT_TO_1 + i] = rent_to + shift * rent_moves
        ws[CONTRACT_END + i] = planned
    if two:
        pending, ends, moves, starts = terms[PENDING_2], terms[END_2], terms[END_MOVES_2], terms[START_2]
        rent_from, rent_to = terms[RENT_START_2], terms[RENT_END_2]
        rent_moves = terms[RENT_MOVES_2] * (1.0 if rent_from > as_of else 0.0)
        for i in range(B):
            shift = pending * ws[DELAY + i]
            ws[STARTS_2 + i] = starts + shift
            planned = ends + shift * moves
            ws[ENDS_2 + i] = min(planned, lost)
            ws[RENT_FROM_2 + i] = rent_from + shift * rent_moves
            ws[RENT_TO_2 + i] = rent_to + shift * rent_moves
            ws[CONTRACT_END + i] = max(ws[CONTRACT_END + i], planned)
    sla, unpaid = terms[SLA], terms[UNPAID]
    for i in range(B):
        planned = ws[CONTRACT_END + i]
        moved = planned - signed
        last, first = min(credit_to + moved, planned), min(credit_from + moved, planned)
        span = last - first + 1
        each = held / max(span, 1e-9)
        ws[CREDIT_FROM + i], ws[CREDIT_TO + i] = first, last
        ws[PER_DAY + i] = each if span > 0 else 0.0
        ws[ENDED + i] = min(lost, planned)
        ws[KEEP + i] = min(1.0, sla + ws[CREDITS + i])
        ws[COLLECTED + i] = min(1.0, unpaid + ws[UNCOLLECTED + i])
        ws[CONTRACT_END + i] = 0.0
        ws[TO_FALL_DUE + i] = 0.0


@njit(**LANES)
def back(ws, tab, terms, months, two, tested):
    """Last month first: service, bills, the month of the last bill; the loan's growth and the value of what was signed."""
    tol, floating, floor = terms[TOL], terms[FLOATING], terms[FLOOR]
    last = int(terms[LAST_PERIOD]) - 1
    base, margin = tab[last * NT + BASE], tab[last * NT + MARGIN]
    for i in range(B):
        ws[RATE_LAST + i] = floating * max(base + ws[SHIFT + i], floor) + margin
        ws[SIGNED_NEXT + i] = 0.0
    beyond = of_month(ws, months + 1)
    for i in range(B):
        beyond[SIGNED + i] = 0.0
    for t in range(months, 0, -1):
        month, at = of_month(ws, t), t * NT
        first_day, last_day, price, number = tab[at + FIRST_DAY], tab[at + LAST_DAY], tab[at + PRICE_1], float(t)
        if two:
            more = tab[at + PRICE_2]
            for i in range(B):
                days = max(0.0, min(ws[ENDS_1 + i], last_day) - max(ws[STARTS_1 + i], first_day) + 1)
                days_2 = max(0.0, min(ws[ENDS_2 + i], last_day) - max(ws[STARTS_2 + i], first_day) + 1)
                up = 1 + ws[PRICE + i]
                billed = (price * up * days + more * up * days_2) * ws[DELIVERED + i]
                later = ws[TO_FALL_DUE + i]
                due = later + billed
                ws[TO_FALL_DUE + i] = due
                flag = (1.0 if due > tol else 0.0) * (1.0 if later <= tol else 0.0)
                ws[CONTRACT_END + i] += flag * number
                month[DAYS_1 + i] = days
                month[DAYS_2 + i] = days_2
                month[BILLED + i] = billed
        else:
            for i in range(B):
                days = max(0.0, min(ws[ENDS_1 + i], last_day) - max(ws[STARTS_1 + i], first_day) + 1)
                billed = price * (1 + ws[PRICE + i]) * days * ws[DELIVERED + i]
                later = ws[TO_FALL_DUE + i]
                due = later + billed
                ws[TO_FALL_DUE + i] = due
                flag = (1.0 if due > tol else 0.0) * (1.0 if later <= tol else 0.0)
                ws[CONTRACT_END + i] += flag * number
                month[DAYS_1 + i] = days
                month[BILLED + i] = billed
        base, margin, years = tab[at - NT + BASE], tab[at - NT + MARGIN], tab[at + YEARS]
        if tested:
            past, signed = tab[at + PAST], tab[at + PAYS_SIGNED]
            for i in range(B):
                growth = 1 + (floating * max(base + ws[SHIFT + i], floor) + margin) * years
                value = (signed + ws[SIGNED_NEXT + i]) / (growth + past * ws[RATE_LAST + i])
                month[GROWTH + i] = growth
                ws[SIGNED_NEXT + i] = value
                month[SIGNED + i] = value
        else:
            for i in range(B):
                month[GROWTH + i] = 1 + (floating * max(base + ws[SHIFT + i], floor) + margin) * years


@njit(**LANES)
def contract(ws, tab, terms, t, two):
    """Receipts and cost of one month."""
    month, at = of_month(ws, t), t * NT
    first_day, last_day = tab[at + FIRST_DAY], tab[at + LAST_DAY]
    opex, rent = tab[at + OPEX_1], tab[at + RENT_1]
    for i in range(B):
        ws[DAYS + i], ws[MORE_DAYS + i], ws[BILL + i] = month[DAYS_1 + i], month[DAYS_2 + i], month[BILLED + i]
    for i in range(B):
        days = max(0.0, min(ws[RENT_TO_1 + i], last_day) - max(ws[RENT_FROM_1 + i], first_day) + 1)
        up = 1 + ws[COST_UP + i]
        ws[COST + i] = opex * up * ws[DAYS + i] + rent * up * days
    if two:
        opex, rent = tab[at + OPEX_2], tab[at + RENT_2]
        for i in range(B):
            days = max(0.0, min(ws[RENT_TO_2 + i], last_day) - max(ws[RENT_FROM_2 + i], first_day) + 1)
            up = 1 + ws[COST_UP + i]
            ws[COST + i] += opex * up * ws[MORE_DAYS + i] + rent * up * days
    entitled, new_1, new_2 = tab[at + ENTITLED_1], tab[at + RECEIVED_1], tab[at + RECEIVED_2]
    refundable_1, refundable_2 = terms[REFUNDABLE_1], terms[REFUNDABLE_2]
    for i in range(B):
        billed = ws[BILL + i]
        billable = max(0.0, billed - billed * ws[KEEP + i])
        ended = (1.0 if ws[ENDED + i] >= first_day else 0.0) * (1.0 if ws[ENDED + i] <= last_day else 0.0)
        held = ws[HELD_1 + i] + new_1
        applied = min(min(billable, entitled - ws[SO_FAR_1 + i]), held)
        left = ended * (held - applied)
        ws[HELD_1 + i] = held - applied - left
        ws[SO_FAR_1 + i] += applied
        days = max(0.0, min(ws[CREDIT_TO + i], last_day) - max(ws[CREDIT_FROM + i], first_day) + 1)
        entitled_2 = ws[ENTITLED + i] + ws[PER_DAY + i] * days
        ws[ENTITLED + i] = entitled_2
        held_2 = ws[HELD_2 + i] + new_2
        applied_2 = min(min(billable - applied, entitled_2 - ws[SO_FAR_2 + i]), held_2)
        left_2 = ended * (held_2 - applied_2)
        ws[HELD_2 + i] = held_2 - applied_2 - left_2
        ws[SO_FAR_2 + i] += applied_2
        invoiced = billable - (applied + applied_2)
        ws[RECEIPTS + i] = invoiced - invoiced * ws[COLLECTED + i]
        ws[COST + i] += left * refundable_1 + left_2 * refundable_2


@njit(**LANES)
def lend(ws, tab, terms, t, per_draw):
    """One month of a delayed-draw loan: draw, tests, instalments, interest and fee."""
    month, following, at = of_month(ws, t), of_month(ws, t + 1), t * NT
    then = of_month(ws, max(t - int(terms[LOOK_BACK]), 0))
    waited, expected, by_cover = tab[at + WAITED], tab[at + EXPECTED], terms[BY_COVER]
    planned, conditions, draw_cover = tab[at + PLANNED], tab[at + CONDITIONS], terms[DRAW_COVER]
    available, late, due_draws, due = tab[at + AVAILABLE], tab[at + LATE], tab[at + DUE_DRAWS], tab[at + DUE]
    cost_test, cost_cap, value_test, value_cap = terms[COST_TEST], tab[at + COST_CAP], terms[VALUE_TEST], tab[at + VALUE_CAP]
    contract_test, asked_now = terms[CONTRACT_TEST], tab[at + ASKED]
    instalments, test_share = terms[INSTALMENTS], terms[TEST_SHARE]
    for i in range(B):
        ws[SIGNED_NOW + i], ws[SIGNED_LATER + i], ws[THEN + i] = month[SIGNED + i], following[SIGNED + i], then[HISTORY + i]
    for i in range(B):
        support = max(0.0, ws[SIGNED_LATER + i]) * min(1.0, ws[REALISED + i]) * by_cover
        so_far = ws[RECEIVED + i] + ws[RECEIPTS + i] * test_share
        ws[RECEIVED + i] = so_far
        ws[REALISED + i] = (so_far - ws[THEN + i]) * expected + waited
        opening, undrawn = ws[CLOSING + i], ws[UNDRAWN + i]
        may = conditions * (1.0 if ws[SIGNED_NOW + i] >= (opening + planned) * draw_cover else 0.0)
        drawn = available * min(undrawn, planned * may)
        repayable = opening + drawn - drawn * late
        on_draws = min(ws[DRAWS_LEFT + i] + drawn - drawn * late, due_draws)
        above_cost = cost_test * max(0.0, repayable - cost_cap)
        above_value = value_test * max(0.0, repayable - value_cap)
        above_contracts = contract_test * max(0.0, repayable - support)
        asked = asked_now * max(above_contracts, max(above_cost, above_value))
        ws[SCHEDULED + i] = min(repayable, max((due + on_draws) * instalments, asked))
        ws[OPENING + i] = opening
        ws[DRAWN + i] = drawn
        ws[REPAYABLE + i] = repayable
        ws[DRAWS_LEFT + i] = ws[DRAWS_LEFT + i] + drawn - on_draws
    matures, pays = tab[at + MATURES], tab[at + PAYS]
    if per_draw:
        in_term_before, begun = tab[at + IN_TERM], of_month(ws, max(t - int(terms[DRAW_TERM]), 0))
        for i in range(B):
            ws[BEGUN + i] = begun[DRAWN_HISTORY + i]
        for i in range(B):
            so_far = ws[DRAWN_SO_FAR + i] + ws[DRAWN + i]
            ws[DRAWN_SO_FAR + i] = so_far
            in_term = in_term_before + so_far - ws[BEGUN + i]
            rest = ws[REPAYABLE + i] - ws[SCHEDULED + i]
            matured = pays * max(0.0, rest - in_term + ws[DRAWN + i] * late)
            ws[BALLOON + i] = max(matures * rest, matured)
    else:
        for i in range(B):
            ws[BALLOON + i] = matures * (ws[REPAYABLE + i] - ws[SCHEDULED + i])
    swept, proceeds, floating, floor = tab[at + SWEPT], tab[at + PROCEEDS], terms[FLOATING], terms[FLOOR]
    base, margin, before, after = tab[at + BASE], tab[at + MARGIN], tab[at + BEFORE], tab[at + AFTER]
    draw_before, draw_after, fee_rate = tab[at + DRAW_BEFORE], tab[at + DRAW_AFTER], terms[FEE_RATE]
    open_before, open_after = tab[at + OPEN_BEFORE], tab[at + OPEN_AFTER]
    draw_open_before, draw_open_after = tab[at + DRAW_OPEN_BEFORE], tab[at + DRAW_OPEN_AFTER]
    for i in range(B):
        opening, drawn, scheduled, balloon = ws[OPENING + i], ws[DRAWN + i], ws[SCHEDULED + i], ws[BALLOON + i]
        after_service = ws[REPAYABLE + i] - scheduled - balloon
        from_proceeds = min(after_service - swept + drawn * late, proceeds)
        closing = after_service + drawn * late - swept - from_proceeds
        ws[CLOSING + i] = closing
        ws[STANDING + i] = closing + balloon
        rate, undrawn = ws[RATE + i], ws[UNDRAWN + i]
        accrued = ws[ACCRUED + i] + rate * (opening * before + drawn * draw_before)
        rate = floating * max(base + ws[SHIFT + i], floor) + margin
        interest = pays * accrued
        ws[INTEREST + i] = interest
        ws[ACCRUED + i] = accrued - interest + rate * ((opening - scheduled - balloon - swept) * after + drawn * draw_after)
        ws[RATE + i] = rate
        fees = ws[FEES_ACCRUED + i] + fee_rate * max(0.0, undrawn * open_before - drawn * draw_open_before)
        fee = pays * fees
        ws[FEE + i] = fee
        ws[FEES_ACCRUED + i] = fees - fee + fee_rate * max(0.0, undrawn * open_after - drawn * draw_open_after)
        ws[UNDRAWN + i] = available * max(0.0, undrawn - drawn)
    for i in range(B):
        month[HISTORY + i], month[OWED + i] = ws[RECEIVED + i], ws[OPENING + i]
        month[DRAWN_HISTORY + i], month[DRAWN_THEN + i] = ws[DRAWN_SO_FAR + i], ws[DRAWN + i]


@njit(**LANES)
def equipment(ws, tab, terms, t):
    """One month of the vendor debt: its balance does not move, its interest does."""
    at = t * NT
    opening, drawn, scheduled, swept = tab[at + THE_OPENING], tab[at + THE_DRAWN], tab[at + THE_SCHEDULED], tab[at + SWEPT]
    pays, floating, floor, base, margin = tab[at + PAYS], terms[FLOATING], terms[FLOOR], tab[at + BASE], tab[at + MARGIN]
    weight = opening * tab[at + BEFORE] + drawn * tab[at + DRAW_BEFORE]
    weight_after = (opening - scheduled - tab[at + THE_BALLOON] - swept) * tab[at + AFTER] + drawn * tab[at + DRAW_AFTER]
    for i in range(B):
        accrued = ws[ACCRUED + i] + ws[RATE + i] * weight
        rate = floating * max(base + ws[SHIFT + i], floor) + margin
        interest = pays * accrued
        ws[INTEREST + i] = interest
        ws[ACCRUED + i] = accrued - interest + rate * weight_after
        ws[RATE + i] = rate


@njit(**LANES)
def pay(ws, tab, terms, t):
    """One month of a box with one loan of its own and a liquidity reserve, then T1 and T2 of its pair."""
    month, at = of_month(ws, t), t * NT
    number, tol, cash_share, debt_share = float(t), terms[TOL], terms[CASH_SHARE], terms[DEBT_SHARE]
    released, carried = tab[at + RELEASES], 1 - tab[at - NT + RELEASES]
    pays, paid_out, funded = tab[at + PAYS], tab[at + PAID_OUT], tab[at + FUNDED]
    cap, fixed, of_balance = terms[TARGET_CAP], terms[TARGET_FIXED], terms[TARGET_SHARE]
    may_release = pays * terms[MAY_RELEASE] * tab[at + MAY_GO_UP]
    for i in range(B):
        receipts, cost = ws[RECEIPTS + i] * cash_share, ws[COST + i] * cash_share
        cash = receipts - cost
        fee, interest, principal, balloon = ws[FEE + i], ws[INTEREST + i], ws[SCHEDULED + i], ws[BALLOON + i]
        service = (fee + (interest + principal)) * debt_share
        # since the last payment date
        receipts_since = ws[RECEIPTS_SINCE + i] * carried + receipts
        costs_since = ws[COSTS_SINCE + i] * carried + cost
        firm = ws[FIRM_SINCE + i] * carried + cash * (1.0 if number <= ws[CONTRACT_END + i] else 0.0)
        ws[RECEIPTS_SINCE + i], ws[COSTS_SINCE + i], ws[FIRM_SINCE + i] = receipts_since, costs_since, firm
        got, owed = released * receipts_since, released * costs_since
        tested, waiting = got - owed, (1 - released) * (receipts_since - costs_since)
        # the waterfall
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
        for_balloon = pays * there + (1 - pays) * kept
        to_balloon = max(0.0, min(there, balloon))
        there -= to_balloon
        target = min(cap, max(fixed, of_balance * ws[OPENING + i]))
        reserve = ws[RESERVE + i] + funded
        filled = pays * min(there, max(0.0, target - reserve))
        missing = max(0.0, owed - to_cost + (fee - to_fees) + (interest - to_interest) + (principal - to_principal))
        taken = min(reserve + filled, missing)
        ws[RESERVE + i] = reserve + filled - taken - may_release * max(0.0, reserve - taken - target)
        there -= filled
        new_kept = pays * (there - paid_out * there) + (1 - pays) * kept
        ws[BOX_KEPT + i] = new_kept
        # the pair
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
        owing = balloon * debt_share
        ends_later = 1.0 if number <= ws[CONTRACT_END + i] else 0.0
        ws[UNMET + i] += max(0.0, owing - for_balloon * claim) * ends_later
        ends_now, left, at_hand = ws[CONTRACT_END + i] == number, ws[LEFT + i], ws[AT_HAND + i]
        left_now, at_hand_now = ws[STANDING + i] * debt_share - owing, pair_kept + max(0.0, waiting)
        ws[LEFT + i] = left_now if ends_now else left
        ws[AT_HAND + i] = at_hand_now if ends_now else at_hand
    for i in range(B):
        month[FIRM + i] = ws[FIRM_SINCE + i]


@njit(**LANES)
def pay_simply(ws, tab, terms, t):
    """The same for a box without reserve, whose loan has a fixed schedule."""
    month, at = of_month(ws, t), t * NT
    number, tol, cash_share, debt_share = float(t), terms[TOL], terms[CASH_SHARE], terms[DEBT_SHARE]
    released, carried = tab[at + RELEASES], 1 - tab[at - NT + RELEASES]
    pays, paid_out, fee = tab[at + PAYS], tab[at + PAID_OUT], tab[at + THE_FEES]
    principal, balloon, left = tab[at + THE_SCHEDULED], tab[at + THE_BALLOON], tab[at + THE_LEFT]
    for i in range(B):
        receipts, cost = ws[RECEIPTS + i] * cash_share, ws[COST + i] * cash_share
        cash = receipts - cost
        interest = ws[INTEREST + i]
        service = (interest + principal) * debt_share
        receipts_since = ws[RECEIPTS_SINCE + i] * carried + receipts
        costs_since = ws[COSTS_SINCE + i] * carried + cost
        firm = ws[FIRM_SINCE + i] * carried + cash * (1.0 if number <= ws[CONTRACT_END + i] else 0.0)
        ws[RECEIPTS_SINCE + i], ws[COSTS_SINCE + i], ws[FIRM_SINCE + i] = receipts_since, costs_since, firm
        got, owed = released * receipts_since, released * costs_since
        tested, waiting = got - owed, (1 - released) * (receipts_since - costs_since)
        kept = ws[BOX_KEPT + i]
        there = got + pays * kept
        there -= max(0.0, min(there, owed))
        there -= max(0.0, min(there, fee))
        there -= max(0.0, min(there, interest))
        there -= max(0.0, min(there, principal))
        for_balloon = pays * there + (1 - pays) * kept
        there -= max(0.0, min(there, balloon))
        new_kept = pays * (there - paid_out * there) + (1 - pays) * kept
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
        ends_later = 1.0 if number <= ws[CONTRACT_END + i] else 0.0
        ws[UNMET + i] += max(0.0, balloon - for_balloon * claim) * ends_later
        ends_now, left_before, at_hand = ws[CONTRACT_END + i] == number, ws[LEFT + i], ws[AT_HAND + i]
        at_hand_now = pair_kept + max(0.0, waiting)
        ws[LEFT + i] = left if ends_now else left_before
        ws[AT_HAND + i] = at_hand_now if ends_now else at_hand
    for i in range(B):
        month[FIRM + i] = ws[FIRM_SINCE + i]


@njit(**LANES)
def cover(ws, tab, terms, months, fixed):
    """Last month first: what is still owed and still to be drawn, present value of firm cash, CLCR."""
    tol, required, debt_share = terms[TOL], terms[REQUIRED], terms[DEBT_SHARE]
    for i in range(B):
        ws[TO_DRAW + i], ws[PV + i], ws[THIN + i], ws[MIN_CLCR + i] = 0.0, 0.0, 0.0, np.inf
    for t in range(months, 0, -1):
        month, at = of_month(ws, t), t * NT
        in_life = tab[at + IN_LIFE]
        if fixed:
            exposure = tab[at + THE_EXPOSURE]
            if exposure > tol:
                for i in range(B):
                    pv = (in_life * month[FIRM + i] + ws[PV + i]) / month[GROWTH + i]
                    ws[PV + i] = pv
                    ws[MIN_CLCR + i] = min(ws[MIN_CLCR + i], pv / exposure)
                    ws[THIN + i] += 1.0 if max(0.0, required * exposure - pv) > tol else 0.0
            else:
                for i in range(B):
                    ws[PV + i] = (in_life * month[FIRM + i] + ws[PV + i]) / month[GROWTH + i]
        else:
            for i in range(B):
                to_draw = ws[TO_DRAW + i] + month[DRAWN_THEN + i]
                ws[TO_DRAW + i] = to_draw
                exposure = (month[OWED + i] + to_draw) * debt_share
                pv = (in_life * month[FIRM + i] + ws[PV + i]) / month[GROWTH + i]
                ws[PV + i] = pv
                clcr = pv / max(exposure, tol)
                ws[MIN_CLCR + i] = min(ws[MIN_CLCR + i], clcr if exposure > tol else np.inf)
                deficit = (1.0 if exposure > tol else 0.0) * max(0.0, required * exposure - pv)
                ws[THIN + i] += 1.0 if deficit > tol else 0.0


@njit(**LANES)
def clear(ws, tab, terms):
    """The opening column."""
    floating, floor, base, margin = terms[FLOATING], terms[FLOOR], tab[BASE], tab[MARGIN]
    held_1, held_2, balance, undrawn = terms[OPEN_HELD_1], terms[OPEN_HELD_2], terms[BALANCE], terms[UNDRAWN_BEFORE]
    realised, accrued = terms[REALISED_BEFORE], terms[ACCRUED_BEFORE]
    reserve, debt_share = terms[RESERVE_BEFORE], terms[DEBT_SHARE]
    for i in range(B):
        ws[HELD_1 + i], ws[SO_FAR_1 + i], ws[HELD_2 + i], ws[SO_FAR_2 + i], ws[ENTITLED + i] = held_1, 0.0, held_2, 0.0, 0.0
        ws[RATE + i] = floating * max(base + ws[SHIFT + i], floor) + margin
        ws[RECEIVED + i], ws[REALISED + i], ws[CLOSING + i], ws[DRAWS_LEFT + i] = 0.0, realised, balance, 0.0
        ws[UNDRAWN + i], ws[DRAWN_SO_FAR + i], ws[ACCRUED + i], ws[FEES_ACCRUED + i] = undrawn, 0.0, accrued, 0.0
        ws[RECEIPTS_SINCE + i], ws[COSTS_SINCE + i], ws[FIRM_SINCE + i], ws[BOX_KEPT + i] = 0.0, 0.0, 0.0, 0.0
        ws[RESERVE + i], ws[EARNED + i], ws[PAIR_KEPT + i], ws[MISSED + i] = reserve, 0.0, 0.0, 0.0
        ws[SHORTFALL + i], ws[UNMET + i], ws[LEFT + i], ws[AT_HAND + i] = 0.0, 0.0, balance * debt_share, 0.0
        ws[MIN_DSCR + i] = np.inf
        ws[FIXED * B + HISTORY + i], ws[FIXED * B + DRAWN_HISTORY + i] = 0.0, 0.0


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
def blocks(told, tabs, terms, kinds, months, ws, out):
    """All blocks of lanes: `told` is (7, S), `out` (3, 8, S), S a multiple of `B`."""
    for at in range(0, told.shape[1], B):
        for n in range(7):
            for i in range(B):
                ws[n * B + i] = told[n, at + i]
        for pair in range(tabs.shape[0]):
            tab, term = tabs[pair], terms[pair]
            two, per_draw, fixed = kinds[pair, 0], kinds[pair, 1], kinds[pair, 2]
            begin(ws, term, two)
            clear(ws, tab, term)
            back(ws, tab, term, months, two, not fixed)
            for t in range(1, months + 1):
                contract(ws, tab, term, t, two)
                if fixed:
                    equipment(ws, tab, term, t)
                    pay_simply(ws, tab, term, t)
                else:
                    lend(ws, tab, term, t, per_draw)
                    pay(ws, tab, term, t)
            cover(ws, tab, term, months, fixed)
            judge(ws, term, out, pair, at)


# ---- what stands still, read from a run of the model ----------------------------------------------------------------


class Twin(ByHand):
    """Every row that moves."""

    def __init__(self, values: Any) -> None:
        super().__init__(values)
        self.kinds = np.array([(f"{p}.tranche-2.start" in self.book.by_key, f"{i}.draw_term" in self.book.by_key, i == "oem")
                               for p, i, _ in PAIRS])
        self.ws = np.zeros(FIXED * B + (self.months + 2) * NH)

    def tables(self, pool: str, loan: str, box: str) -> tuple[Any, Any]:
        tab, terms = np.zeros((self.months + 2, NT)), np.zeros(52)
        one, over = self.one, self.over
        days = np.maximum(over(f"{pool}.tranche-1.days"), 1)
        number, back_by = np.arange(self.months + 2.0), one(f"{loan}.look_back", 1)
        tol, expected = one(f"{pool}.tolerance"), over(f"{loan}.expected_lately")
        heard, scale = number >= back_by, one(f"{loan}.scale", 1)
        factor, margin = one(f"{loan}.draw_factor", 1) * scale, over(f"{loan}.margin")
        other = over(f"{loan}.non_ig_share")
        instalment = over(f"{loan}.draw_instalments")[over(f"{loan}.instalment_number").astype(int)]
        pays = over(f"{loan}.pays")
        monthly = {
            FIRST_DAY: over(f"{pool}.starts"), LAST_DAY: over(f"{pool}.ends"),
            **{column: over(f"{pool}.tranche-{n}.{name}") / days for n, names in ((1, (PRICE_1, OPEX_1, RENT_1)),
               (2, (PRICE_2, OPEX_2, RENT_2))) for column, name in zip(names, ("price", "opex", "rent"), strict=True)},
            ENTITLED_1: over(f"{pool}.prepayment-1.entitled"), RECEIVED_1: over(f"{pool}.prepayment-1.received"),
            RECEIVED_2: over(f"{pool}.prepayment-2.received"), BASE: over(f"{loan}.base_rate"),
            MARGIN: margin * (1 - other) + over(f"{loan}.non_ig_margin") * other, YEARS: pays * over(f"{loan}.coupon_years"),
            PAST: over(f"{loan}.past_maturity") * over(f"{loan}.days") / one(f"{loan}.days_in_year", 365),
            PAYS_SIGNED: (pays + over(f"{loan}.past_maturity")) * over(f"{loan}.signed_since"),
            EXPECTED: np.where(expected > tol, heard / np.maximum(expected, tol), 0),
            WAITED: np.where(heard, expected <= tol, one(f"{loan}.realised_before")),
            PLANNED: (over(f"{loan}.planned_draws") + over(f"{loan}.planned_purchases") * one(f"{loan}.advance_rate")) * factor,
            CONDITIONS: over(f"{loan}.conditions_met"), AVAILABLE: over(f"{loan}.available"), LATE: over(f"{loan}.late_share"),
            DUE: over(f"{loan}.due_on_opening"), DUE_DRAWS: pays * over(f"{loan}.amortises") * factor * instalment,
            COST_CAP: over(f"{loan}.book_cost") * one(f"{loan}.cost_limit"),
            VALUE_CAP: over(f"{loan}.market_value") * one(f"{loan}.value_limit"), ASKED: pays * over(f"{loan}.tested"),
            MATURES: over(f"{loan}.matures"), PROCEEDS: over(f"{loan}.planned_proceeds") * one(f"{loan}.proceeds_factor") * scale,
            SWEPT: over(f"{loan}.swept"), BEFORE: over(f"{loan}.before"), AFTER: over(f"{loan}.after"),
            DRAW_BEFORE: over(f"{loan}.draw_before"), DRAW_AFTER: over(f"{loan}.draw_after"),
            OPEN_BEFORE: over(f"{loan}.open_before"), OPEN_AFTER: over(f"{loan}.open_after"),
            DRAW_OPEN_BEFORE: over(f"{loan}.draw_open_before"), DRAW_OPEN_AFTER: over(f"{loan}.draw_open_after"), PAYS: pays,
            RELEASES: over(f"{pool}.{loan}.releases"), IN_LIFE: over(f"{pool}.{loan}.in_life"),
            FUNDED: over(f"{box}.liquidity.funded"), MAY_GO_UP: over(f"{box}.liquidity.may_go_up"),
            PAID_OUT: over(f"{box}.distribution.paid_share"), IN_TERM: over(f"{loan}.in_term_before") * scale,
            THE_OPENING: over(f"{loan}.opening"), THE_DRAWN: over(f"{loan}.drawn"), THE_SCHEDULED: over(f"{loan}.scheduled"),
            THE_BALLOON: over(f"{loan}.balloon"), THE_EXPOSURE: over(f"pair.{pool}.exposure"),
            THE_LEFT: over(f"pair.{pool}.left_after"), THE_FEES: over(f"{box}.fees.due"),
        }
        for column, array in monthly.items():
            tab[:, column] = array
        single: Mapping[int, float] = {
            **{column: one(f"{pool}.tranche-{n}.{name}") for n, columns in (
                (1, (START_1, END_1, PENDING_1, END_MOVES_1, RENT_START_1, RENT_END_1, RENT_MOVES_1)),
                (2, (START_2, END_2, PENDING_2, END_MOVES_2, RENT_START_2, RENT_END_2, RENT_MOVES_2)))
               for column, name in zip(columns, ("start", "end", "pending", "end_moves", "rent_start", "rent_end", "rent_moves"),
                                       strict=True)},
            LOST_ON: one(f"{pool}.lost_on"), SIGNED_END: one(f"{pool}.signed_end"),
            CREDIT_START: one(f"{pool}.prepayment-2.credit_from"), CREDIT_STOP: one(f"{pool}.prepayment-2.credit_to"),
            HELD_BEFORE: (one(f"{pool}.prepayment-2.held_before") + one(f"{pool}.prepayment-2.amount"))
            * one(f"{pool}.prepayment-2.part"),
            OPEN_HELD_1: one(f"{pool}.prepayment-1.held_at_start"), OPEN_HELD_2: one(f"{pool}.prepayment-2.held_at_start"),
            REFUNDABLE_1: one(f"{pool}.prepayment-1.refundable"), REFUNDABLE_2: one(f"{pool}.prepayment-2.refundable"),
            SLA: one(f"{pool}.sla"), UNPAID: one(f"{pool}.uncollected"), TOL: tol, FLOATING: one(f"{loan}.floating"),
            FLOOR: one(f"{loan}.floor"), LAST_PERIOD: one(f"{loan}.last_period", 1), LOOK_BACK: back_by,
            REALISED_BEFORE: one(f"{loan}.realised_before"), BY_COVER: 1 / one(f"{loan}.test_cover", 1),
            DRAW_COVER: one(f"{loan}.draw_cover"), COST_TEST: one(f"{loan}.cost_test"), VALUE_TEST: one(f"{loan}.value_test"),
            CONTRACT_TEST: one(f"{loan}.contract_test"), INSTALMENTS: one(f"{loan}.instalments_apply"),
            BALANCE: one(f"{loan}.balance_at_start"), UNDRAWN_BEFORE: one(f"{loan}.undrawn_at_start"),
            FEE_RATE: one(f"{loan}.undrawn_fee"), DRAW_TERM: one(f"{loan}.draw_term"),
            DEBT_SHARE: one(f"{pool}.{loan}.debt_share"), CASH_SHARE: one(f"{pool}.{loan}.cash_share"),
            TEST_SHARE: one(f"{loan}.tests.{pool}.cash_share"), TARGET_CAP: one(f"{box}.liquidity.target_cap"),
            TARGET_FIXED: one(f"{box}.liquidity.fixed_target"), TARGET_SHARE: one(f"{box}.liquidity.balance_target"),
            RESERVE_BEFORE: one(f"{box}.liquidity.held_before"), MAY_RELEASE: one(f"{box}.liquidity.releases"),
            REQUIRED: one(f"pair.{pool}.required"), ACCRUED_BEFORE: one(f"{loan}.accrued_at_start"),
            AS_OF: float(over(f"{pool}.ends")[0]),
        }
        for column, value in single.items():
            terms[column] = value
        return tab, terms

    def lanes(self, moved: Any) -> Any:
        out = np.empty((len(PAIRS), len(FIGURES), moved.shape[1]))
        blocks(moved, self.tabs, self.terms, self.kinds, self.months, self.ws, out)
        return out
