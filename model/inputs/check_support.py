"""Rules on documented support: what each promise must say before it can be judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from model.inputs.check_contracts import contracts_of, said_of, tranches_of
from model.inputs.document import Path
from model.inputs.problem import CONTRACTS, DEBT, USD_M, Problem, Problems, Rule, unit_and_range
from model.inputs.schema import Case


def _promises(case: Case) -> Iterator[tuple[str, Path, Any]]:
    """Every promise with its file and place."""
    for path, contract in contracts_of(case):
        for name in ("support", "residual_support"):
            if promise := said_of(contract, name):
                yield CONTRACTS, (*path, name), promise
    for path, _, said in tranches_of(case):
        if promise := said_of(said, "renewal_support"):
            yield CONTRACTS, (*path, "renewal_support"), promise
    for n, loan in enumerate(case.debt.instruments):
        for name in ("guarantee", "take_out"):
            if promise := getattr(loan, name):
                yield DEBT, ("instruments", n, name), promise


def promises_fit(case: Case) -> Problems:
    """An amount or a cap, not both, in USD m."""
    for file, path, promise in _promises(case):
        for name in ("amount", "cap"):
            yield from unit_and_range(file, (*path, name), getattr(promise, name), USD_M)
        if promise.amount and promise.cap:
            yield Problem(file, (*path, "cap"), promise.cap.value, "an amount or a cap, not both")


def limits_are_said(case: Case) -> Problems:
    """A backstop has its cap; a renewal, a sale or a take-out without an amount or cap counts for nothing."""
    for path, contract in contracts_of(case):
        promise = said_of(contract, "support")
        for name in ("amount", "cap"):
            if promise and (limit := getattr(promise, name)):
                allowed = "no amount of its own: the cap of the backstop counts"
                yield Problem(CONTRACTS, (*path, "support", name), limit.value, allowed)
    for file, path, promise in _promises(case):
        if path[-1] in ("renewal_support", "residual_support", "take_out") and promise.limit is None:
            yield Problem(file, (*path, "cap"), None, "an amount or a cap: without it the support does not count", True)


def sales_have_gpus(case: Case) -> Problems:
    """A sale up to a cap is one of GPUs that the file states; otherwise somebody has promised a price."""
    for path, contract in contracts_of(case):
        promise = contract.residual_support
        owned = any(said_of(said, "fleet") for said in contract.tranches)
        if promise and promise.cap and not owned:
            yield Problem(CONTRACTS, (*path, "residual_support", "cap"), promise.cap.value,
                          "a cap with the fleet of a tranche, whose value it limits; or the amount that is promised")


RULES: tuple[Rule, ...] = (promises_fit, limits_are_said, sales_have_gpus)
