"""A thousand deals at random: some 150 structures, and of each a few deals with other prices, costs, balances and rates.

A structure is a deal in plain words (`tests/strategies.py`): other dates, shares, profiles, boxes and scenarios than the
next one. Its variants are scalars of the case file, so that the engine works all of them out at once. `SHAPES` are the
ways in which debt may lie beside its contract; the edges of the tests are among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from tests.oracle import Rows, month_end, months_later
from tests.strategies import AS_OF, box, contract, day, deal_of, draw, loan, num, prepaid, repay, tranche

VARIANTS = 7
LATE = {"drivers.delay_days": 30.0}
STRESS = {"drivers.price_change": -0.1, "drivers.rate_shift": 0.01}
MODERATE = {
    "mild": {"late": {"drivers.delay_days": 10.0}, "stress": STRESS},
    "usual": {"late": LATE, "stress": STRESS},
    "in one": {"stress": LATE | STRESS},
    "not enough": {"stress": STRESS},  # no delay: B at best
}


ADDED = ("delay_days", "rate_shift", "uncollected", "sla_credits", "rent_escalation")
FACTORS = ("delivered", "debt_scale", "draw_factor", "proceeds_factor")


def together(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    """Both changes: days and rates add up, factors multiply, a change of prices or costs comes on top of the first."""
    found = one | other
    for key in one.keys() & other.keys():
        a, b, name = one[key], other[key], key.removeprefix("drivers.")
        found[key] = a + b if name in ADDED else a * b if name in FACTORS else (1 + a) * (1 + b) - 1
    return found


@dataclass
class Structure:
    """A deal, its variants (overrides by key), and the edges that it was built for."""

    deal: Rows
    variants: list[dict[str, float]]
    marks: set[str] = field(default_factory=set)


def structures(seed: int, count: int) -> Iterator[Structure]:
    """So many structures; the same ones for the same seed. Every eighth sits on an edge to the cent."""
    for n in range(count):
        pick = Random(seed * 100_003 + n)
        yield to_the_cent(pick) if n % 8 == 0 else Sketch(pick).structure()


# ---- cash that is service, to the cent ------------------------------------------------------------------------------


def to_the_cent(pick: Random) -> Structure:
    """A loan without interest whose instalment is the cash of its contract, which ends with it or a month before.

    The variants lie within and beyond the tolerance of 1e-6: in the price (T1, and T3 where it adds up), in the balance (T2).
    """
    as_of, every, count = pick.choice(AS_OF), pick.choice([1, 3]), pick.randint(3, 6)
    last = months_later(as_of, every * count, 31)
    longer = pick.random() < 0.25
    price, ends = float(pick.randint(2, 20)), months_later(last, -1, 31) if longer else last
    size = price * every * count - (price if longer else 0.0)
    profile = repay("level") if pick.random() < 0.5 else repay("annuity", rate=num(0, "rate"))
    hair = pick.choice([1e-5, 3e-6, 2e-4])
    promise = guaranteed(pick, size)
    if promise and not longer:  # of what the third variant misses, or of a fifth less
        cap = num(hair * every * count * pick.choice([1.0, 0.8]), grade="filing")
        promise = {"guarantee": promise["guarantee"] | {"amount": cap}}
    debt = loan("l0", last, size, 0.0, profile, months=every, kind=pick.choice(["vendor", "term_loan"]), rate="fixed", **promise)
    sold = contract("c0", tranche(months_later(as_of, -2, 1), ends, price))
    chosen = pick.choice(["usual", "not enough"])
    deal = deal_of(as_of, every * count + 3, [sold], [debt], [that_pays(box(payout=pick.choice([0.0, 1.0])))],
                   scenarios=MODERATE[chosen], moderate=list(MODERATE[chosen]))
    variants = [
        {},
        {"c0.tranche-1.price": price - 1.7e-7},  # less than the tolerance on a date; adds up over the life of the loan
        {"c0.tranche-1.price": price - hair},
        {"c0.tranche-1.price": price + hair},
        {"l0.balance": size + hair},  # its instalments are those of the close: the rest is a balloon
        {"l0.balance": 0.0},
        {"l0.balance": size - hair, "c0.tranche-1.price": price * pick.uniform(1, 1.2)},
    ]
    return Structure(deal, variants, {"to the cent", "one month longer" if longer else "ends together"})


def that_pays(said: Rows) -> Rows:
    """A box that sends nothing up has no such step."""
    said["waterfall"]["steps"] = [step for step in said["waterfall"]["steps"] if step != "distribute 0 %"]
    return said


def guaranteed(pick: Random, size: float) -> Rows:
    """A promise: of enough or of too little, on good evidence or not; or none."""
    if pick.random() < 0.35:
        return {}
    grade = pick.choices(["filing", "press", "transcription", "derived"], [4, 2, 2, 1])[0]
    of_amount = pick.choices(["filing", "press", "assumed"], [4, 2, 1])[0]
    cap = {"amount": num(size * pick.choice([0.05, 0.4, 2.0, 2.0]), grade=of_amount)} if pick.random() < 0.9 else {}
    promise = {"provider": "Parent", "trigger": "non-payment", "source": "test", "grade": grade}
    return {"guarantee": promise | cap}


# ---- deals of any shape ---------------------------------------------------------------------------------------------

SHAPES = {  # how the debt lies beside its contracts, and how often
    "inside": 6,  # repaid while the contract runs
    "ends together": 3,
    "one month longer": 2,
    "far longer": 1,
    "balloon at maturity": 3,  # which the box has paid out, or is too much for it
    "bullet with kept cash": 3,
    "pays early": 3,  # the contract brings in most of its cash at first, and the box keeps it
}


class Sketch:
    """A structure being drawn: one or two boxes, contracts that bring in cash, debt of about the size that they bear."""

    def __init__(self, pick: Random) -> None:
        self.pick, self.as_of = pick, pick.choice(AS_OF)
        self.life = pick.randint(6, 16)  # months to the end of the contracts
        self.shape = pick.choices(list(SHAPES), list(SHAPES.values()))[0]
        self.keeps = self.shape in ("bullet with kept cash", "pays early")
        self.marks, self.knobs = {self.shape}, {}
        self.contracts: list[Rows] = []
        self.loans: list[Rows] = []
        self.bears: dict[str, float] = {}  # what each contract brings in to its end
        self.last = self.as_of

    def structure(self) -> Structure:
        """All of it."""
        pick = self.pick
        boxes = ["box", "other"][: 2 if pick.random() < 0.25 else 1]
        debt_share: Rows = {}
        cash_share: Rows = {}
        for key in boxes:
            inside = [self.contract() for _ in range(pick.choice([1, 1, 2]))]
            loans = [f"l{len(self.loans) + n}" for n in range(pick.choice([1, 1, 2]))]
            for name in inside:
                used = pick.choice([1.0, 1.0, 1.0, 0.8])
                cash_share[name] = {i: part * used for i, part in self.parts(loans).items()}
            for name in loans:
                shares = self.parts(inside)
                none = 0.0 if pick.random() < 0.75 else pick.choice([0.1, 0.3])
                self.loan(name, key, sum(self.bears[c] * cash_share[c].get(name, 0.0) for c in inside), none)
                debt_share[name] = {c: part * (1 - none) for c, part in shares.items()} | {"none": none}
            self.marks |= {"two loans in a box"} if len(loans) > 1 else set()
            self.marks |= {"pairs in a box"} if len(inside) > 1 else set()
        chosen = MODERATE[pick.choices(list(MODERATE), [4, 4, 2, 1])[0]]
        months = (self.last.year - self.as_of.year) * 12 + self.last.month - self.as_of.month + 3
        deal = deal_of(self.as_of, months, self.contracts, self.loans, [self.box(key) for key in boxes], debt_share, cash_share,
                       scenarios=chosen, moderate=list(chosen), basis=pick.choice(["disclosed", "assumed"]))
        return Structure(deal, [self.variant() for _ in range(VARIANTS)], self.marks)

    def parts(self, keys: list[str]) -> dict[str, float]:
        """Shares of 1; often even, so that pairs are seldom hopeless."""
        weights = [1.0 if self.pick.random() < 0.6 else self.pick.uniform(0.6, 1.6) for _ in keys]
        return {key: weight / sum(weights) for key, weight in zip(keys, weights, strict=True)}

    # contracts

    def contract(self) -> str:
        """One or two tranches at a price a month; some with terms on bills and prepayments."""
        pick, key = self.pick, f"c{len(self.contracts)}"
        price, until = pick.uniform(3, 12), months_later(self.as_of, self.life, 31)
        lots = [self.tranche(price * (0.4 if self.shape == "pays early" else 1), until)]
        if self.shape == "pays early":
            lots.append(self.tranche(price * 1.6, months_later(self.as_of, max(3, self.life // 2), 31), soon=True))
        elif pick.random() < 0.25:
            lots.append(self.tranche(price * 0.5, until - timedelta(days=pick.choice([0, 17, 45]))))
        terms: Rows = {}
        if self.shape in ("inside", "far longer") and pick.random() < 0.5:
            terms["payment_days"] = num(pick.choice([10, 30, 45]), "days")
        for name, chance in (("sla", 0.2), ("uncollected", 0.2)):
            terms |= {name: num(round(pick.uniform(0, 0.06), 3), "share")} if pick.random() < chance else {}
        credits = [prepaid(months_later(self.as_of, 1, 31), months_later(self.as_of, 5, 31), held=price)]
        paid = credits if pick.random() < 0.15 else []
        self.contracts.append(contract(key, *lots, prepayments=paid, **terms))
        kept = 1 - sum(terms[name]["value"] for name in ("sla", "uncollected") if name in terms)
        self.bears[key] = kept * sum(self.brings(lot) for lot in lots) - (price if paid else 0.0)
        self.last = max(self.last, until + timedelta(days=45))
        return key

    def tranche(self, price: float, until: date, soon: bool = False) -> Rows:
        """From before the as-of date, or from soon after it."""
        pick = self.pick
        start = self.as_of - timedelta(days=pick.randint(1, 200))
        if not soon and pick.random() < 0.4:
            start = self.as_of + timedelta(days=pick.choice([1, 15, 40, 70]))
        opex, rent = price * pick.uniform(0.05, 0.2), price * pick.uniform(0, 0.15)
        lot = tranche(start, until, price, opex, rent, end_moves=float(pick.random() < 0.3))
        if pick.random() < 0.2:
            lot["escalator"] = num(round(pick.uniform(-0.05, 0.06), 3), "rate")
        where = f"c{len(self.contracts)}.tranche-{1 if not soon else 2}"
        self.knobs |= {f"{where}.price": price, f"{where}.opex": opex, f"{where}.rent": rent}
        return lot

    def brings(self, lot: Rows) -> float:
        """About what a tranche brings in from the as-of date on."""
        first = max(self.as_of, lot["start"]["value"])
        net: float = lot["price"]["value"] - lot["opex"]["value"] - lot["rent"]["value"]
        return net * (lot["end"]["value"] - first).days / 30.4

    # debt

    def matures(self) -> date:
        """When a loan ends, by the shape."""
        pick, ends = self.pick, months_later(self.as_of, self.life, 31)
        if self.shape in ("inside", "balloon at maturity"):
            early = months_later(ends, -pick.randint(0, max(0, self.life - 5)), 31)
            return early if pick.random() < 0.5 else date(early.year, early.month, pick.randint(1, 28))
        later = {"one month longer": 1, "far longer": pick.randint(2, 6), "pays early": 0, "bullet with kept cash": 0}
        return months_later(ends, later.get(self.shape, 0), 31)

    def loan(self, key: str, box_key: str, bears: float, none: float) -> None:
        """Debt of about the size that the cash bears."""
        pick, maturity = self.pick, self.matures()
        margin, every = pick.uniform(0.03, 0.13), pick.choice([1, 1, 3, 3, 6])
        years = max(1, (maturity - self.as_of).days) / 365
        inside = min(1.0, years * 12 / self.life)
        cover = pick.uniform(1.2, 3.0) if self.keeps else pick.uniform(0.95, 2.0)
        size = max(1.0, bears * inside / cover / (1 + margin * years / 2))
        floats = pick.random() < 0.5
        kind = pick.choice(["vendor", "term_loan", "delayed_draw"])
        terms: Rows = {"rate": "floating" if floats else "fixed"} | ({"curve": "sofr"} if floats else {})
        margin = margin - 0.02 if floats else margin
        basis = pick.choice(["ACT/360", "ACT/365F", "30/360"])
        if kind == "delayed_draw":
            terms |= {"undrawn_before": num(size * 0.1), "availability_end": day(months_later(self.as_of, 3, 31)),
                      "undrawn_fee": num(0.005, "rate")}
            if basis != "30/360" and pick.random() < 0.6:
                terms["draws"] = [draw(months_later(self.as_of, 1, 20), size * 0.1)]
        if none:
            terms["unmapped"] = pick.choice(["uncontracted", "undisclosed", "undisclosed"])
            self.marks.add(str(terms["unmapped"]))
        said = loan(key, maturity, size, margin, self.repayment(size, maturity, terms), kind=kind, box=box_key, months=every,
                    day_count=basis, business_days=pick.choice(["none", "modified_following"]),
                    adjust_accrual=pick.random() < 0.5, **terms, **guaranteed(pick, size))
        self.knobs |= {f"{key}.balance": size, f"{key}.margin": margin}
        self.loans.append(said)
        self.last = max(self.last, month_end(maturity + timedelta(days=5)))

    def repayment(self, size: float, maturity: date, terms: Rows) -> Rows:
        """A profile; where draws are planned, one that knows how to repay them."""
        pick = self.pick
        if self.shape == "bullet with kept cash":
            return repay("bullet")
        if self.shape == "balloon at maturity":
            return repay("percent_of_initial", percent=num(pick.choice([0.01, 0.02, 0.04]), "share"))
        chosen = ["level", "level", "annuity", "percent_of_initial", "level_service", "bullet"]
        profile = pick.choice(chosen if terms.get("draws") else [*chosen, "custom", "sculpted"])
        if profile == "annuity":
            return repay(profile, rate=num(0.09, "rate"))
        if profile == "percent_of_initial":
            return repay(profile, percent=num(pick.choice([0.05, 0.1, 0.2]), "share"))
        if profile == "sculpted":
            return repay(profile, target=num(pick.choice([1.0, 1.15, 1.4]), "x"))
        if profile == "custom":
            years = list(range(self.as_of.year + (self.as_of.month == 12), maturity.year + 1))
            return repay(profile, schedule={year: num(size / len(years)) for year in years})
        return repay(profile)

    def box(self, key: str) -> Rows:
        """Pays out, keeps, or sweeps; with a reserve at times."""
        pick, reserve = self.pick, None
        if pick.random() < 0.35:
            reserve = {"held_before": num(pick.choice([0, 1, 4])), "fixed_target": num(pick.choice([0, 2, 5])),
                       "balance_target": num(pick.choice([0, 0.05]), "share"), "releases": num(pick.choice([0, 1]), "flag")}
        sweep = pick.choice([0.5, 1.0]) if not self.keeps and pick.random() < 0.25 else None
        payout = 1.0 if self.shape == "balloon at maturity" else pick.choice([0.0, 0.5, 1.0, 1.0])
        return that_pays(box(key, 0.0 if self.keeps else payout, sweep, reserve))

    # its variants

    def variant(self) -> dict[str, float]:
        """Other prices, costs, balances and rates, and debt of another size."""
        pick, found = self.pick, {}
        for key, value in self.knobs.items():
            low, high = {"price": (0.85, 1.3), "opex": (0.5, 1.8), "rent": (0.5, 1.8), "balance": (0.85, 1.05),
                         "margin": (0.7, 1.3)}[key.rpartition(".")[2]]
            found[key] = value * pick.uniform(low, high)
        if pick.random() < 0.02:
            found |= {key: 0.0 for key in found if key.endswith(".balance")}
        return found | {"drivers.debt_scale": pick.choice([0.6, 0.8, 1.0, 1.0, 1.2])}
