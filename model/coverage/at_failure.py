"""T6: what lenders lose if the obligor fails on the worst date and the GPUs are sold in a hurry."""

from __future__ import annotations

from model.coverage.cover import Cover
from model.sheet import DEAL, PERIOD, Expr, figure, first_when, given, highest, line, many, maximum, prev, share, sum_of


class AtFailure(Cover):
    """Balance less cash, reserves and GPUs sold in distress, at the start of each period (RULES, T6)."""

    box_reserves = given("USD m", "Box: reserves held", per=PERIOD)
    box_owed = given("USD m", "Box: debt of all pairs", per=PERIOD)
    fleet_distressed = given("USD m", "Contract: GPUs in a distressed sale", per=PERIOD)
    collateral_change = given("share", "Change of appraised values of GPUs", default=0, low=-1, high=5)
    pledged_in = many("share", "Share of the contract that answers", per=DEAL)
    reuse_in = many("USD m", "Cost of putting GPUs to other use", per=DEAL)

    @figure("share")
    def pledged(self) -> Expr:
        """Share of the contract that answers for the debt"""
        return sum_of(self.pledged_in)

    @figure("USD m")
    def reuse_cost(self) -> Expr:
        """Cost of putting the GPUs to other use"""
        return sum_of(self.reuse_in) * self.pledged

    @line("USD m", opening=True)
    def reserve_part(self) -> Expr:
        """Reserves, by share of the box's debt"""
        return self.box_reserves * share(self.left_after, self.box_owed, self.tolerance)

    @line("USD m", opening=True)
    def sold_in_distress(self) -> Expr:
        """GPUs in a distressed sale, pledged share"""
        return self.fleet_distressed * self.pledged * (1 + self.collateral_change)

    @line("USD m")
    def lost_if_failed(self) -> Expr:
        """T6: loss if the obligor fails at the start of the period"""
        met = prev(self.kept) + prev(self.reserve_part) + prev(self.sold_in_distress)
        owed = prev(self.left_after) > self.tolerance
        return owed * maximum(0, prev(self.left_after) + self.reuse_cost - met)

    @figure("USD m", key=True)
    def worst_loss(self) -> Expr:
        """T6: loss if the obligor fails on the worst date"""
        return highest(self.lost_if_failed)

    @line("flag")
    def at_worst(self) -> Expr:
        """The loss is at its highest"""
        return (self.lost_if_failed >= self.worst_loss - self.tolerance) * (self.worst_loss > self.tolerance)

    @figure("date")
    def worst_date(self) -> Expr:
        """T6: the worst date"""
        return first_when(self.at_worst, self.before)

    @figure("flag")
    def t6(self) -> Expr:
        """T6: nothing is lost even on the worst date"""
        return self.worst_loss <= self.tolerance
