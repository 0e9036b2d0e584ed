"""From a box to what its lenders lose: the blocks of `model/coverage/loss.py`, wired."""

from __future__ import annotations

from collections.abc import Mapping

from model.box import Box
from model.clock import Clock
from model.coverage import AllCash, Loss
from model.drivers import Drivers
from model.sheet import Block, Row
from model.sold import rows

NOT_CONTRACTED = ("renewal", "merchant", "residual")


class Lenders:
    """The loans of one box; `balloons` is what each owes in cash at maturity."""

    def __init__(self, box: Box, balloons: Mapping[str, Row], clock: Clock, drivers: Drivers) -> None:
        assert box.payout is not None
        pieces = [mapped.piece for mapped in box.mapped]
        self.cash = AllCash(f"{box.title}: all cash", key=f"{box.key}.all-cash", tolerance=drivers.row("tolerance"),
                            contracted=box.account.row("cash"),
                            other_in=[row for name in NOT_CONTRACTED for row in rows(pieces, name)],
                            reserves_in=rows(box.accounts, "held_before"), funded_in=rows(box.accounts, "funded"),
                            gone_in=[box.payout.row("distribution"), *rows(box.loans, "swept")])
        self.losses = {loan.key: Loss(
            f"{loan.title}: loss of the lender", key=f"{loan.key}.loss", balloon=balloons[loan.key],
            principal=loan.row("pro_forma"), paid_share=self.cash.row("paid_share"),
            **{name: clock.row(name) for name in ("number", "days")},
            **{name: loan.row(name) for name in ("service", "growth", "rate", "last_period")}) for loan in box.loans}
        self.cash.bind(owed_in=rows(self.losses.values(), "owed"))

    def blocks(self) -> list[Block]:
        """The box, then its loans."""
        return [self.cash, *self.losses.values()]
