"""Boxes at random in the words of a case file: steps in some order, accounts, covenants and cures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from tests.oracle import Rows, months_later
from tests.strategies import box, day, draw, num

LEVELS = ["opex", "fees", "interest", "principal"]


EVERY_TEST = ("dscr", "dscr", "clcr", "realisation", "non_ig", "liquidity", "ltc", "ltv")


def full_box(pick: Random, key: str, loans: Sequence[str], as_of: date, size: float, tests: Sequence[str] = EVERY_TEST) -> Rows:
    """A box of debt of about some size, with a few of the parts that a box may have."""
    accounts = [account(pick, n, as_of, size) for n in range(pick.choice([0, 1, 2, 2, 3]))]
    serve(pick, accounts)
    covenants = [covenant(pick, n, as_of, size, tests) for n in range(pick.choice([1, 2, 3]))]
    more: Rows = {"covenants": covenants} if covenants else {}
    floors = [c["id"] for c in covenants if c["test"] == "dscr" and "default" in c]
    if floors and pick.random() < 0.6:
        more["cures"] = {"on": pick.choice(floors), "until": day(months_later(as_of, pick.randint(4, 20), 31)), "source": "test",
                         "grade": "assumed", "at_most": num(round(size * pick.choice([0.02, 0.2, 5.0]), 3)),
                         "times": num(pick.choice([1, 2, 99]), "no.")}
    steps = order(pick, loans, [a["id"] for a in accounts], covenants)
    return box(key, steps=steps, accounts=accounts, **more)


def account(pick: Random, n: int, as_of: date, size: float) -> Rows:
    """A reserve with one or two targets."""
    said: Rows = {"id": f"r{n}", "held_before": num(round(size * pick.choice([0, 0.02, 0.1]), 3))}
    target = pick.choice(["months_of_service", "months_of_service", "months_of_cost", "months_of_power", "fixed_target",
                          "balance_target"])
    said[target] = {"fixed_target": num(round(size * 0.05, 3)), "balance_target": num(0.06, "share")}.get(
        target, num(pick.randint(1, 6), "no."))
    if pick.random() < 0.3:
        said["target_cap"] = num(round(size * pick.choice([0.03, 0.2]), 3))
    if pick.random() < 0.3:
        said |= {"letters": num(round(size * 0.03, 3)), "letters_cash": num(pick.choice([0, 0.4, 1]), "share")}
    if pick.random() < 0.6:
        said["releases"] = num(1, "flag")
    if pick.random() < 0.3:
        said["funding"] = [draw(months_later(as_of, pick.randint(1, 6), 17), round(size * 0.04, 3))]
    return said


def serve(pick: Random, accounts: Sequence[Rows]) -> None:
    """The narrower before the wider: the first may serve a few levels, the second the others; the rest serve all."""
    some = sorted(pick.sample(LEVELS, pick.randint(1, 3)), key=LEVELS.index)
    if accounts and pick.random() < 0.6:
        accounts[0]["serves"] = some
        if len(accounts) > 1 and pick.random() < 0.4:
            accounts[1]["serves"] = [level for level in LEVELS if level not in some]


def covenant(pick: Random, n: int, as_of: date, size: float, tests: Sequence[str]) -> Rows:
    """A test at levels that are met at times."""
    test = pick.choice(tests)
    low, high, unit = {"dscr": (0.9, 1.8, "x"), "clcr": (0.7, 1.6, "x"), "realisation": (0.8, 1.02, "share"),
                       "non_ig": (0.2, 0.8, "share"), "liquidity": (0.01 * size, 0.2 * size, "USD m"),
                       }.get(test, (0.4, 1.2, "share"))
    one, other = sorted(round(pick.uniform(low, high), 3) for _ in range(2))
    better, worse = (one, other) if test in ("ltc", "ltv", "non_ig") else (other, one)
    levels = {"lock_up": num(better, unit), "default": num(worse, unit)}
    if pick.random() < 0.35:
        levels.pop(pick.choice(list(levels)))
    said: Rows = {"id": f"t{n}", "test": test, **levels}
    if test in ("dscr", "realisation", "non_ig"):
        said["months"] = num(pick.choice([1, 3, 6, 12]), "no.")
    if test == "dscr" and pick.random() < 0.4:
        said["look"] = "forward"
    said |= {"clean_tests": num(pick.randint(2, 3), "no.")} if pick.random() < 0.3 else {}
    said |= {"first_test": day(months_later(as_of, pick.randint(1, 8), 31))} if pick.random() < 0.4 else {}
    return said


def order(pick: Random, loans: Sequence[str], accounts: Sequence[str], covenants: Sequence[Rows]) -> list[str]:
    """Cost first; then, loan by loan or together, what is due; accounts, sweeps and distributions in between."""
    steps = ["pay opex"]
    one_by_one = len(loans) > 1 and pick.random() < 0.7
    for level in LEVELS[1:]:
        steps += [f"pay {level} of {key}" for key in loans] if one_by_one else [f"pay {level}"]
    if pick.random() < 0.25:
        steps.append("pay balloon")
    for key in accounts:
        steps.insert(pick.randint(1, len(steps)), f"fill {key}")
    if pick.random() < 0.5:
        steps.append(f"sweep {pick.choice([25, 50, 100])} %{condition(pick, covenants)}")
    if pick.random() < 0.2:
        steps.append(f"sweep 40 %{condition(pick, covenants, good=False)}")
    if pick.random() < 0.2:
        steps.append(f"distribute {pick.choice([10, 50])} %{condition(pick, covenants)}")
    steps.append(f"distribute{condition(pick, covenants)}")
    return steps


def condition(pick: Random, covenants: Sequence[Rows], good: bool = True) -> str:
    """None, one or two conditions: that a test is well, or that it is not."""
    told = []
    for said in pick.sample(list(covenants), min(len(covenants), pick.choice([0, 1, 1, 2]))):
        level = pick.choice([level for level in ("lock_up", "default") if level in said])
        ceiling = said["test"] in ("ltc", "ltv", "non_ig")
        told.append(f"{said['id']} {'<=' if good and ceiling else '>=' if good else '>' if ceiling else '<'} {level}")
    return f" if {' and '.join(told)}" if told else ""
