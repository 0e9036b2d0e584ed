"""The company as plain data: K1 to K7, the cover that boxes must reach, its cash, its creditors; what is not given is said."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Any

import numpy as np

from model.record.stack import treasury
from model.record.years import Years
from model.timeline import from_serial
from model.verdict import test

if TYPE_CHECKING:
    from model.cases import Run
    from model.parent import Parent
    from model.sheet import Block

Json = Any
NO_CASH = "company.yaml does not say what cash the company has (liquidity)"
NO_COST = "company.yaml does not state the corporate cost (overhead)"
NO_CAPEX = "company.yaml states no purchases (capex)"
NO_NOTES = "the case has no convertible note with terms of conversion"
NEEDS = {"K1": NO_COST, "K2": NO_CASH, "K3": NO_COST, "K4": NO_CASH, "K5": NO_NOTES, "K6": NO_CAPEX, "K7": NO_CASH}
FLOWS = ("received", "business", "plan_in", "overhead", "premises", "tax", "capex", "claims", "unsecured_interest",
         "unsecured_principal", "repaid_early", "raised", "put_into_boxes", "accelerated", "plan_out")
BUSINESS = ("contracted", "prepaid", "uncontracted", "renewal", "on_demand", "residual", "support")
RANKS = (("debt of boxes", "boxes", "boxes_reached", "boxes"),
         ("secured debt of the company", "secured", "secured_reached", "to_secured"),
         ("unsecured notes and loans", "unsecured", "unsecured_reached", "to_unsecured"),
         ("convertible notes", "convertible", "convertible_reached", "to_convertible"))


def company(run: Run) -> Json:
    """Everything of the company; the tests first."""
    facts = [{"label": f.label, "value": f.number.value, "unit": f.number.unit, "source": f.number.source,
              "grade": f.number.grade} for f in run.deal.case.company.facts]
    parent = run.deal.parent
    if parent is None:
        hidden = {name: test(None, None, None, None, NO_CASH) for name in NEEDS}
        return {**hidden, "K5": notes_in_cash(run), "facts": facts}
    return {**tests(run, parent), "required_cover": required(run, parent), "verdict": verdict(run, parent),
            "runway": runway(run, parent), "liquidity": liquidity(run, parent), "wall": wall(run, parent),
            "guarantees": guarantees(run, parent), "recourse": recourse(run, parent), "subordination": ranks(run, parent),
            "loan_tests": loan_tests(run, parent), "events": events(run, parent), "by_year": by_year(run, parent),
            "treasury": treasury(run), "facts": facts}


class Figures:
    """The figures of one block in the scenario that is read."""

    def __init__(self, run: Run, block: Block) -> None:
        self.run, self.block = run, block

    def __getitem__(self, name: str) -> float | None:
        return self.run.read.number(self.block.row(name))

    def day(self, name: str) -> str | None:
        """A date."""
        return self.run.read.day(self.block.row(name))

    def passes(self) -> bool:
        """Whether the test holds."""
        return bool(self.run.read(self.block.row("passes")))

    def over_time(self, name: str) -> Any:
        """A line over the periods, the opening column first."""
        return self.run.read(self.block.row(name))[:-1]

    def said(self, *names: str) -> dict[str, float | None]:
        """Several figures."""
        return {name: self[name] for name in names}


def money(value: float | None) -> str:
    """USD m in a sentence."""
    return "no figure" if value is None else f"USD {value:,.1f}m"


# ---- K1 to K7 --------------------------------------------------------------------------------------------------------


def tests(run: Run, parent: Parent) -> dict[str, Json]:
    """The seven tests; null with what is missing where the case does not say enough."""
    outlook = parent.outlook
    made = {"K1": (outlook.fixed_charges, fixed_charges), "K2": (outlook.runway, lasts), "K3": (outlook.two_years, two_years),
            "K4": (outlook.guarantees, called_together), "K6": (outlook.growth, growth)}
    found = {name: make(run, block) if block is not None else test(None, None, None, None, NEEDS[name])
             for name, (block, make) in made.items()}
    found |= {"K5": notes_in_cash(run), "K7": counted_once(run)}
    return {name: found[name] for name in NEEDS}


def fixed_charges(run: Run, block: Block) -> Json:
    """K1."""
    k = Figures(run, block)
    lowest = "" if k["lowest_cover"] is None else (
        f"; lowest of any 12 months {k['lowest_cover']:,.2f}x to {k.day('lowest_on')}")
    cover = "nothing is due" if k["first_year"] is None else f"{k['first_year']:,.2f}x"
    reason = (f"Distributions of {money(k['distributions_of_first_year'])} against fixed charges of "
              f"{money(k['charges_of_first_year'])} in the first 12 months: {cover}{lowest}.")
    return {**test(k.passes(), k["first_year"], k["limit"], None, reason), "headroom": k["headroom"],
            "parts": k.said("distributions_of_first_year", "charges_of_first_year", "lowest_cover")
            | {"lowest_on": k.day("lowest_on")}}


def lasts(run: Run, block: Block) -> Json:
    """K2."""
    k = Figures(run, block)
    lines = "to the end of the timeline" if k["months_with_lines"] is None else f"{k['months_with_lines']:.0f} month(s)"
    alone = "to the end of the timeline" if k["months"] is None else (
        f"{k['months']:.0f} month(s) and is negative on {k.day('out_on')}")
    said = run.deal.case.company.overhead
    reason = f"With draws frozen cash lasts {alone}; with undrawn lines {lines}." + ("" if said else f" But {NO_COST}.")
    return {**test(k.passes(), k["months"], k["months_asked"], k.day("out_on"), reason),
            "parts": k.said("months", "months_with_lines", "lowest_cash")}


def two_years(run: Run, block: Block) -> Json:
    """K3: what its boxes without a ring fence lack is the company's own; calls for the others stand beside (RULES, K3)."""
    k = Figures(run, block)
    reason = (f"The company's own debt, and what its boxes without a ring fence lack, take {money(k['due'])} in 24 months; "
              f"liquidity of {money(k['liquidity_at_start'])} "
              f"and distributions of {money(k['distributed'])} less {money(k['cost'])} of corporate cost, interest, rent and tax "
              f"leave {money(k['available'])}.")
    if (k["called_on"] or 0.0) > 0.05:
        reason += f" Beside the test, {money(k['called_on'])} is called on it for ring-fenced boxes."
    return {**test(k.passes(), k["due"], k["available"], None, reason), "headroom": k["headroom"],
            "parts": k.said("due", "liquidity_at_start", "distributed", "cost", "available", "called_on")}


def called_together(run: Run, block: Block) -> Json:
    """K4."""
    k = Figures(run, block)
    own = run.read(block.row("answered_for"))[0] - (k["at_start"] or 0.0)
    reason = f"{money(k['at_start'])} is guaranteed; liquidity is {money(k['liquidity_at_start'])}."
    if own > 0.05:
        reason += f" {money(own)} of boxes that are not ring-fenced comes on top."
    return {**test(k.passes(), k["to_liquidity"], k["limit"], None, reason), "headroom": k["headroom"],
            "parts": k.said("at_start", "liquidity_at_start", "highest_guaranteed") | {"not_ring_fenced": float(own)}}


def notes_in_cash(run: Run) -> Json:
    """K5: it needs notes and a share price, and nothing of company.yaml."""
    read, notes = run.read, run.deal.conversions
    if not notes:
        return test(None, None, None, None, NO_NOTES)
    told: list[Json] = [
        {"name": n.note.title, "cash_due": read.number(n.conversion.row("cash_due")),
         "maturity": read.day(n.note.row("maturity")), "share_price": read.number(n.conversion.row("price_at_maturity")),
         "converts_from": read.number(n.conversion.row("conversion_price"))} for n in notes.values()]
    cash = fsum(one["cash_due"] or 0.0 for one in told)
    due = [one for one in told if (one["cash_due"] or 0.0) > 1e-6]
    reason = "; ".join(f"{one['name']}: {money(one['cash_due'])} in cash on {one['maturity']}, share at "
                       f"{one['share_price'] or 0.0:,.2f}, converts from {one['converts_from']:,.2f}" for one in told) + "."
    return {**test(not due, cash, 0.0, min((one["maturity"] or "" for one in due), default=None), reason), "notes": told}


def growth(run: Run, block: Block) -> Json:
    """K6."""
    k = Figures(run, block)
    reason = (f"{money(k['committed'])} of purchases is committed; undrawn lines are {money(k['undrawn'])} and cash is "
              f"{money(k['cash'])}: {money(k['unfunded'])} is unfunded.")
    return {**test(k.passes(), k["unfunded"], 0.0, None, reason), "parts": k.said("committed", "undrawn", "cash")}


def counted_once(run: Run) -> Json:
    """K7: the check that company cash and box cash are all cash."""
    check = next(one for one in run.deal.checks if one.key == "check.company.cash")
    k = Figures(run, check)
    held = Figures(run, run.deal.parent.outlook.liquidity) if run.deal.parent else k
    boxes = float(held.over_time("in_boxes")[0])
    reason = (f"Company cash and box cash add up to all cash, with a largest gap of {money(k['difference'])}; "
              f"{money(boxes)} in boxes at the as-of date is in no liquidity figure.")
    return test(not k["failed"], k["difference"], k["allowed"], None, reason)


# ---- the cover that boxes must reach -----------------------------------------------------------------------------------


def required(run: Run, parent: Parent) -> list[Json]:
    """DSCR* beside the average cover, by window `[x, USD m]`."""
    return [{**Figures(run, block).said("window", "required", "actual", "fixed", "service", "cash", "surplus"),
             "self_funding": bool(run.read(block.row("self_funding"))), "verdict": str(run.read(block.row("verdict")))}
            for block in parent.outlook.required]


def verdict(run: Run, parent: Parent) -> str | None:
    """The words of the first twelve months; None without a corporate cost."""
    return str(run.read(parent.outlook.required[0].row("verdict"))) if parent.outlook.required else None


# ---- cash and liquidity ------------------------------------------------------------------------------------------------


def runway(run: Run, parent: Parent) -> Json:
    """Months of cash with draws frozen, without and with undrawn lines."""
    k = Figures(run, parent.outlook.runway)
    return {"months": k["months"], "until": k.day("out_on"), "months_with_lines": k["months_with_lines"],
            "until_with_lines": k.day("out_on_with_lines"), "lowest_cash": k["lowest_cash"]}


def liquidity(run: Run, parent: Parent) -> Json:
    """Liquidity at the as-of date and at its lowest; cash of boxes apart."""
    k = Figures(run, parent.outlook.liquidity)
    start = {name: float(k.over_time(name)[0]) for name in ("cash", "undrawn", "liquidity", "trapped", "reserved")}
    return {**start, "minimum": k["minimum"], "lowest": k["lowest_liquidity"], "lowest_on": k.day("lowest_on"),
            "short_from": k.day("short_from")}


def by_year(run: Run, parent: Parent) -> Json:
    """The company's cash by calendar year, and what stands behind its business."""
    years = Years(run)
    flows = {name: years.total(parent.treasury.row(name)) for name in FLOWS}
    business = {name: years.total(parent.plan.business.row(name)) for name in BUSINESS}
    cash = years.closing(parent.treasury.row("cash"))
    return {year: {**{name: flow.get(year, 0.0) for name, flow in flows.items()},
                   "of_business": {name: flow.get(year, 0.0) for name, flow in business.items()}, "cash": cash[year]}
            for year in cash}


def wall(run: Run, parent: Parent) -> list[Json]:
    """Principal by quarter against liquidity at its start and distributions in it."""
    k = Figures(run, parent.outlook.wall)
    names = ("parent_so_far", "boxes_so_far", "distributed_so_far", "liquidity_before", "gap")
    rows = {name: k.over_time(name) for name in names}
    ends = run.read(run.deal.clock.row("ends"))
    return [{"quarter_end": from_serial(int(ends[t])).isoformat(), "parent": float(rows["parent_so_far"][t]),
             "boxes": float(rows["boxes_so_far"][t]), "liquidity": float(rows["liquidity_before"][t]),
             "distributions": float(rows["distributed_so_far"][t]), "gap": float(rows["gap"][t])}
            for t in np.flatnonzero(k.over_time("quarter_ends"))]


# ---- creditors ---------------------------------------------------------------------------------------------------------


def guarantees(run: Run, parent: Parent) -> list[Json]:
    """Who answers for which loan, and for how much at the as-of date."""
    return [{"guarantor": str(run.read(p.row("guarantor"))), "loan": p.title.removesuffix(": answered for"),
             "balance": float(run.read(p.row("balance"))[0]), "direct": bool(run.read(p.row("direct")))} for p in parent.promises]


def recourse(run: Run, parent: Parent) -> list[Json]:
    """What each box lacks over the timeline, and who pays it."""
    names = ("missing", "called", "paid", "not_honoured", "without_recourse")
    return [{"box": key, **{name: float(run.read(block.row(name))[1:-1].sum()) for name in names}}
            for key, block in parent.recourse.items()]


def ranks(run: Run, parent: Parent) -> list[Json]:
    """Who stands in front of whom."""
    k = Figures(run, parent.outlook.ranks)
    return [{"rank": label, "amount": k[amount], "cash_that_reaches": k[reached], "cumulative": k[so_far]}
            for label, amount, reached, so_far in RANKS]


def loan_tests(run: Run, parent: Parent) -> list[Json]:
    """Net leverage and contracted revenue on each test date, with headroom."""
    block = parent.outlook.loan_tests
    if block is None:
        return []
    k = Figures(run, block)
    names = ("leverage", "net_debt", "ebitda_of_year", "leverage_headroom", "contracted", "revenue_headroom", "leverage_breach",
             "revenue_breach")
    rows = {name: k.over_time(name) for name in names}
    ends, limit, floor = run.read(run.deal.clock.row("ends")), k["leverage_limit"] or 0.0, k["revenue_floor"] or 0.0
    found = []
    for t in np.flatnonzero(k.over_time("tested")):
        room = limit * max(0.0, float(rows["ebitda_of_year"][t]))
        found.append({"date": from_serial(int(ends[t])).isoformat(), "limit": limit, "floor": floor,
                      **{name: float(row[t]) if np.isfinite(row[t]) else None for name, row in rows.items()},
                      "leverage_headroom_share": float(rows["leverage_headroom"][t]) / room if room > 0 else None,
                      "revenue_headroom_share": float(rows["revenue_headroom"][t]) / floor if floor > 0 else None})
    return found


def events(run: Run, parent: Parent) -> Json:
    """A cross-default: when, what falls due at once, what of it is missing; None where there is none."""
    k = Figures(run, parent.event)
    month = int(k["month"] or 0)
    if month == 0:
        return {"cross_default": None}
    inside = month < len(k.over_time("called"))
    day = from_serial(int(run.read(run.deal.clock.row("ends"))[month])).isoformat() if inside else None
    return {"cross_default": {"date": day, **{name: float(k.over_time(name).sum()) for name in ("called", "paid", "missing")}}}
