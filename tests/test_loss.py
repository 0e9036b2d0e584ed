"""What a lender loses on all cash of a box, against sums by hand and against a second walk over the same cash."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from simulated import LOAN, loss, loss_with_claim
from test_certainty import write as small_case

from model.cases import load, run
from model.deal import Deal
from model.sheet import Figures, evaluate
from tests.delivered import the_deal

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("day", [0, 1, 15, 31, 32, 200, 358, 359, 400])
def test_loss_of_a_contract_lost_on_a_day_is_the_sum_of_what_is_not_paid(tmp_path: Path, day: int) -> None:
    """Monthly dues discounted at the 12 % of the loan; surplus of earlier months has gone up and pays nothing later."""
    deal = load(small_case(tmp_path / "small"))
    done = run(deal)
    rows = [deal.lenders[f"{name}-box"].losses[f"{name}-loan"].row("lost") for name in ("hill", "lake")]
    found = Figures(done.values, ["hill.lost_after"], rows)({"hill.lost_after": np.array([float(day)])})
    assert found[rows[0]][0] == pytest.approx(loss(day), abs=1e-9)
    assert found[rows[1]][0] == pytest.approx(0, abs=1e-9)
    assert loss(1) == pytest.approx(LOAN - 13 / 31 / 1.01)


@pytest.mark.parametrize("day", [0, 3, 100, 300, 358])
@pytest.mark.parametrize(("recovery", "claim_days"), [(0.15, 200), (0.4, 360), (1.0, 30)])
def test_a_claim_is_paid_to_the_lender_as_far_as_arrears_go(tmp_path: Path, day: int, recovery: float, claim_days: int) -> None:
    deal = load(small_case(tmp_path / "small"))
    row = deal.lenders["hill-box"].losses["hill-loan"].row("lost")
    told = {"hill.lost_after": day, "hill.claim_recovery": recovery, "hill.claim_days": claim_days}
    found = Figures(run(deal).values, list(told), [row])({key: np.array([float(value)]) for key, value in told.items()})
    assert found[row][0] == pytest.approx(loss_with_claim(day, recovery, claim_days), abs=1e-9)


@pytest.mark.parametrize("case", ["coreweave-ipo", "iren-microsoft", "coreweave-2025-12"])
def test_loss_equals_a_second_walk_over_the_cash(case: str) -> None:
    """Dense loops over months, loans and scenarios; only rows below this block are read."""
    deal = the_deal(case)
    days = [0.0, 300.0, 900.0]
    first = next(iter(deal.contracts))
    values = evaluate(deal.book, {f"{first}.lost_after": days})
    for key, lenders in deal.lenders.items():
        for n in range(len(days)):
            hand = by_hand(deal, key, lambda row, n=n: np.broadcast_to(
                values[row], (*values[row].shape[:-1], len(days)))[..., n])
            for loan, loss_block in lenders.losses.items():
                assert values.one(loss_block.row("lost"), n) == pytest.approx(hand[loan], abs=1e-6)


def by_hand(deal: Deal, key: str, read: object) -> dict[str, float]:
    """Cash by month, arrears by loan; arrears at the loan's rate, after maturity by days over 360."""
    box, now = deal.boxes[key], read
    assert callable(now)
    pieces = [mapped.piece for mapped in box.mapped]
    came = now(box.account.row("cash")) + sum(now(piece.row("renewal")) for piece in pieces)
    came = came + sum(now(piece.row("merchant")) + now(piece.row("residual")) for piece in pieces)
    came = came + sum(now(one.row("funded")) for one in box.accounts)
    gone = now(box.up("distribution")) + sum(now(loan.row("swept")) for loan in box.loans)
    left = sum(float(now(one.row("held_before"))) for one in box.accounts)
    arrears, grown = dict.fromkeys((loan.key for loan in box.loans), 0.0), dict.fromkeys((loan.key for loan in box.loans), 1.0)
    for t in range(1, deal.timeline.count + 1):
        owed = {}
        for loan in box.loans:
            growth = now(loan.row("growth"))[t]
            if t > now(loan.row("last_period")):
                growth += now(loan.row("rate"))[t - 1] * deal.timeline.days[t - 1] / 360
            due = now(loan.row("service"))[t] + now(deal._at_maturity(loan)["loan_balloon"])[t]
            owed[loan.key], grown[loan.key] = arrears[loan.key] * growth + due, grown[loan.key] * growth
        hand, whole = max(0.0, left + came[t]), sum(owed.values())
        part = min(1.0, hand / whole) if whole > 1e-6 else 0.0
        arrears = {name: amount * (1 - part) for name, amount in owed.items()}
        left = max(0.0, hand - part * whole - gone[t])
    return {name: amount / grown[name] for name, amount in arrears.items()}
