"""The first page on a screen, from a record. In a pipe: the same words, without colour, rules or wrapped sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import fsum
from typing import TYPE_CHECKING, Any

from rich.text import Text
from rich.tree import Tree

from model.report import explanation
from model.report.screen import Screen
from model.report.words import money, months, percent, times
from model.sheet import PERIOD

if TYPE_CHECKING:
    from model.cases import Run
    from model.sheet import Row

Json = Any
YEAR_WIDTH, NAME_WIDTH = 10, 24
RESIDUAL = 0.5  # disclosed in millions and rounded
NO_SHARE = 1e-9
RELIED = ("vendor", "renewal", "residual", "refinancing", "guarantee")
BESIDE = {"renewal": ("renewal",), "on-demand and spot": ("merchant",), "residual": ("residual",),
          "support": ("vendor", "termination")}
GRADE_STYLES = {"A": "bold green", "B": "green", "C": "yellow", "D": "bold red", "N": "magenta"}
COMPANY_STYLES = {"holds": "green", "fails": "bold red", "not known": "magenta"}
TEST_OF_COMPANY = re.compile("K[1-7]")
VERDICT_STYLES = {"holds": "bold green", "holds_if_assumed": "bold yellow", "not_proven": "bold yellow",
                  "fails": "bold red"}


def show(record: Json, screen: Screen) -> None:
    """Everything of the first page, in the order of a credit committee's questions."""
    show_verdict(record, screen)
    show_pairs(record, screen)
    show_customers(record, screen)
    show_boxes(record, screen)
    show_break_evens(record, screen)
    show_years(record, screen)
    show_stack(record, screen)
    show_company(record, screen)
    show_bridge(record, screen)
    show_evidence(record, screen)


def pair_name(pair: Json) -> str:
    """The contract and the debt it is to cover."""
    return f"{', '.join(pair['contracts']) or 'No contract'} / {', '.join(pair['debt'])}"


def show_verdict(record: Json, screen: Screen) -> None:
    """Who, when, under which scenario, and the sentence."""
    claim = record["claim"]
    screen.say(f"{record['title']}", "bold")
    screen.say(f"case {record['case']} | as of {record['as_of']} | scenario {record['scenario']} | "
               f"{record['currency']} m", "dim")
    screen.say(f"claim: {record['headline']['claim']}", "dim")
    screen.say()
    screen.say(claim["sentence"], VERDICT_STYLES.get(claim["H1"], ""))
    screen.say(claim["weakest_sentence"])
    words = {key: claim[key].replace("_", " ") for key in ("H1", "H2", "H3a", "H3b")}
    screen.say(f"H1 each contract covers its own debt: {words['H1']} | H2 with documented support: {words['H2']} | "
               f"H3a pooled GPU debt: {words['H3a']} | H3b all debt: {words['H3b']}")
    hidden = fsum(p["principal"] for p in record["pairs"] if p["grade"] == "N")
    if hidden > 0:
        screen.say(f"Not testable: {percent(hidden / claim['debt'])} of the GPU debt, as nobody says what it is secured on.")
    if relied := record["support"]["guarantee"]:
        liquidity = record["company"].get("K4", {}).get("parts", {}).get("liquidity_at_start")
        stands = f"; the guarantor's liquidity is {money(liquidity)}" if liquidity is not None else ""
        screen.say(f"Before reserves guarantees would have to pay {money(relied)} in all{stands}.")


def show_pairs(record: Json, screen: Screen) -> None:
    """The pair table, then one reason a pair."""
    screen.head("Contracts against the debt that bought their GPUs")
    screen.table(("pair", "debt", "grade", "min DSCR", "on", "min CLCR", "tail, months", "uncovered"), [
        (pair_name(p), money(p["principal"]), Text(p["grade"], style=GRADE_STYLES.get(p["grade"][0], "")),
         times(p["min_dscr"]), p["min_dscr_date"] or "-", times(p["min_clcr"]), months(p["tail_months"]),
         money(p["uncovered_balance"]))
        for p in record["pairs"]])
    for p in record["pairs"]:
        screen.say(f"{p['grade']}  {pair_name(p)}: {p['reason']}", indent=2)
        if p["grade"] != "N":
            if p["tests"]["T5"]["pass"] and p["headroom_percent"] is not None:
                screen.say(f"{p['binding_test']} binds on {p['binding_date']}: headroom {money(p['headroom_usd'])} "
                           f"({p['headroom_percent']:.1f} %)", "dim", indent=5)
            screen.say(f"T4 {p['tests']['T4']['reason']}", "dim", indent=5)


def show_boxes(record: Json, screen: Screen) -> None:
    """Each borrower: what went up, what is missing, and what its covenants say."""
    screen.head(f"Borrowers: what goes up and what is missing, all years ({record['currency']} m)")
    heads = {"up to the parent": "distributed", "missing": "called", "balloons missing": "to_refinance", "swept": "swept",
             "cured": "cured", "most in the trap": "trapped_most"}
    screen.table(("borrower", *heads), [
        (told["name"], *(money(told[key]) for key in heads.values())) for told in record["boxes"]])
    for told in record["boxes"]:
        for covenant in told["covenants"]:
            screen.say(f"{covenant['title']}: {covenant_words(covenant)}", indent=2)


def covenant_words(told: Json) -> str:
    """A covenant in a line: tests, worst reading, when it locks up or is in default."""
    if not told["tests"]:
        return "no test falls inside the time of the model"
    events = [f"{word} from {told[key]}" for word, key in (("lock-up", "first_lock_up"), ("default", "first_default"))
              if told[key]]
    return (f"{told['tests']} tests, worst {told['worst']:,.2f} against {told['lock_up']:,.2f}"
            + f" (default {told['default']:,.2f})" * bool(told["default"] and told["default"] != told["lock_up"])
            + f"; {', '.join(events) or 'never locked up'}")


def show_break_evens(record: Json, screen: Screen) -> None:
    """The single change that breaks a pair that is covered, or mends one that is not."""
    screen.head("Break-even: the one change at which a pair's verdict turns (-: none in the range)")
    screen.table(("pair", "now", "price", "cash margin", "delay, months", "base rate"), [
        (pair_name(p), "covered" if p["tests"]["T5"]["pass"] else "not covered",
         percent(p["break_even"]["price"], signed=True),
         percent(p["break_even"]["margin"]), months(p["break_even"]["delay_months"]),
         percent(p["break_even"]["rate"], signed=True)) for p in record["pairs"] if p["grade"] != "N"], left=2)


def show_years(record: Json, screen: Screen) -> None:
    """The backlog as it runs off, beside the debt as it is repaid; then the debt by instrument."""
    years = {year: told for year, told in record["by_year"].items() if _anything(told)}
    screen.head(f"Backlog against debt, by year ({record['currency']} m)")
    one = ("backlog_opening", "recognised", "cash_collected", "principal_total", "interest_total", "closing_total")
    screen.table(("year", "backlog, start", "recognised", "cash collected", "principal", "interest", "debt, end"),
                 [(year, *(money(told[key]) for key in one)) for year, told in years.items()])
    screen.head(f"How each debt runs off ({record['currency']} m)")
    at_once = max(1, (screen.console.width - NAME_WIDTH) // YEAR_WIDTH)
    names = list(years)
    for some in (names[n : n + at_once] for n in range(0, len(names), at_once)):
        lines = debt_lines(record, [years[year] for year in some])
        screen.table(("", *some), [(label, *map(money, values)) for label, values in lines])


def debt_lines(record: Json, told: Sequence[Json]) -> list[tuple[str, list[float]]]:
    """The debt as a roll-forward: start, drawn, principal of each instrument, repaid early, end `[USD m]`."""
    joined = "+ drawn, interest in kind" if any(t["capitalised"] for t in told) else "+ drawn"
    return [("debt, start", [t["debt_opening"] for t in told]), (joined, [t["drawn"] + t["capitalised"] for t in told]),
            *((f"- {name}", [t["principal"][name] for t in told]) for name in record["debt"]["by_instrument"]),
            ("- repaid early", [t["from_proceeds"] + t["swept"] + t["repaid_early"] for t in told]),
            ("debt, end", [t["closing_total"] for t in told])]


def _anything(told: Json) -> bool:
    return any(abs(value) > 5e-2 for value in told.values() if isinstance(value, float))


def show_customers(record: Json, screen: Screen) -> None:
    """On whom it rests, what capacity serves it, what cash stands beside the tests, and cover as revenue shows it."""
    told, capacity = record["concentration"], record["capacity"]
    owes = percent(told["largest"])
    if told["undisclosed"] > NO_SHARE:
        owes = f"at least {owes} and at most {percent(told['at_most'])}"
    screen.say(f"Nobody above {percent(told['limit'])} of the backlog: {told['verdict']}. The largest customer owes {owes}.")
    if capacity and "active_mw" in capacity:
        late = capacity["late_share"]
        screen.say(f"Capacity: {money(capacity['active_mw'])} MW in service, {money(capacity['contracted_mw'])} MW under contract"
                   + f"; late starts are {percent(late)} of the programme" * bool(late and late > NO_SHARE) + ".")
    cash = {name: fsum(record["support"]["beside"][key] for key in keys) for name, keys in BESIDE.items()}
    if any(abs(value) > RESIDUAL / 10 for value in cash.values()):
        screen.say("In no test: " + ", ".join(f"{name} {money(value)}" for name, value in cash.items()) + ".")
    if shown := [pair for pair in record["pairs"] if times(pair["avg_dscr"]) != times(pair["avg_dscr_on_revenue"])]:
        screen.head("DSCR on cash, and on recognised revenue, in which credited prepayments count")
        screen.table(("pair", "cash, lowest", "cash, average", "revenue, lowest", "revenue, average"), [
            (pair_name(p), *(times(p[name]) for name in ("min_dscr", "avg_dscr", "min_dscr_on_revenue", "avg_dscr_on_revenue")))
            for p in shown])


def show_stack(record: Json, screen: Screen) -> None:
    """Each debt at the as-of date, the whole, and what the share price makes of convertible notes."""
    debt = record["debt"]
    screen.head(f"Capital stack on {record['as_of']} ({record['currency']} m; (s): secured, (g): guaranteed)")
    lines = [(name + " (s)" * (loan["ranking"] == "senior secured") + " (g)" * (loan["guarantor"] is not None), loan)
             for name, loan in debt["by_instrument"].items()]
    screen.table(("instrument", "principal", "carrying", "within 12m", "rate", "life, years", "maturity"), [
        (name, money(loan["principal_as_of"]), money(loan["carrying"]), money(loan["current"]), percent(loan["rate"]),
         months(loan["average_life"]), loan["maturity"] or "-")
        for name, loan in (*lines, ("all", {**debt["totals"], "rate": debt["totals"]["weighted_rate"], "maturity": None}))])
    mixed = f"At a floating rate after swaps: {percent(debt['totals']['floating_share'])}."
    if left := {year: value for year, value in debt["maturities"]["residual"].items() if abs(value) > RESIDUAL}:
        mixed += " Maturities not explained: " + ", ".join(f"{year} {money(v, signed=True)}" for year, v in left.items()) + "."
    screen.say(mixed)
    for note in record["convertibles"]:
        screen.say(f"{note['name']}: {money(note['cash_due'])} in cash at maturity; {note['reason']}.")


def show_company(record: Json, screen: Screen) -> None:
    """K1 to K7, and the cover that boxes must reach beside the one they have."""
    told = record["company"]
    known = {key: told[key] for key in told if TEST_OF_COMPANY.fullmatch(key)}
    screen.head("The company above its boxes")
    if all(test["pass"] is None for test in known.values()):
        screen.say(f"K1 to K7 are not known: {told['K1']['reason']}.")
        return
    for key, test in known.items():
        word = "not known" if test["pass"] is None else "holds" if test["pass"] else "fails"
        screen.say(f"{key}  {word}: {test['reason']}", COMPANY_STYLES[word], indent=2)
    for one in told.get("required_cover", []):
        screen.say(f"DSCR* {times(one['required'])} over {one['window']:.0f} months, average cover {times(one['actual'])}: "
                   f"{one['verdict']}.", indent=2)


def show_bridge(record: Json, screen: Screen) -> None:
    """From the press figure to the debt that is modelled."""
    told = record["headline"]
    screen.head(f"What the quoted debt of {money(told['debt'])} may mean ({record['currency']} m)")
    screen.table(("reading", "amount", "less quoted"),
                 [(r["label"], money(r["value"]), money(r["difference"], signed=True))
                  for r in record["debt"]["readings"]])
    screen.say(f"Quoted debt is {times(told['debt_to_revenue'])} revenue ({money(told['revenue'])}), "
               f"{times(told['debt_to_contracted'])} contracted revenue ({money(told['contracted'])}) and "
               f"{times(told['debt_to_market_value'])} market value ({money(told['market_value'])}).")
    backlog = record["backlog"]
    screen.say(f"Contracted: revenue {money(backlog['revenue'])}, of which cash still to come "
               f"{money(backlog['cash_to_come'])}. Principal due in 24 months: "
               f"{money(record['debt']['due_24_months'])}.")


def show_evidence(record: Json, screen: Screen) -> None:
    """Support relied on, what is assumed, whether the checks hold."""
    relied = {kind: value for kind in RELIED if (value := record["support"][kind])}
    screen.head("Support relied on, and what is assumed")
    ledger = ", ".join(f"{kind} {record['currency']} {money(value)}m" for kind, value in relied.items())
    screen.say(f"Support: {ledger or 'none'}.")
    shares = record["evidence"]["debt_share_by_grade"]
    screen.say("Debt by evidence: " + ", ".join(f"{grade} {percent(share)}" for grade, share in shares.items()) + ".")
    for assumption in record["evidence"]["assumptions"]:
        screen.say(f"- {assumption}", indent=2)
    show_certainty(record, screen)
    checks = record["checks"]
    screen.say(f"Checks: {len(checks['names'])} run, {checks['failed'] or 'none'} failed"
               + "".join(f"; FAILED: {name}" for name in checks["failed_names"]) + ".")
    screen.say(f"debtcover {record['version']}, inputs {record['input_hash']}.", "dim")


def show_certainty(record: Json, screen: Screen) -> None:
    """How sure the verdict is: the claim, then a line for each pair that something uncertain touches."""
    told = record["evidence"]
    screen.say(told["sentence"])
    for p in record["pairs"]:
        if told["by_pair"][p["id"]]["ranged_inputs"]:
            screen.say(f"{span(p)}  {pair_name(p)}: {told['by_pair'][p['id']]['sentence']}", indent=2)


def span(pair: Json) -> str:
    """The grade, and the range it lies in where that is wider."""
    best, worst = pair["grade_range"]
    return str(pair["grade"]) if best == worst else f"{pair['grade']} ({best} to {worst})"


# ---- explain ---------------------------------------------------------------------------------------------------------


def show_explanation(run: Run, row: Row, period: int | None, depth: int | None, screen: Screen) -> None:
    """A row, its values over time where no period is meant, then the tree below it."""
    if row.per == PERIOD and period is None:
        head, rows = explanation.by_month(run, row)
        screen.say(f"{row.block.title}: {row.label} ({row.key}) by month [{row.unit}], scenario {run.scenario}", "bold")
        screen.table(head, rows)
        screen.say()
    nodes = explanation.tree(run, row, period, depth)
    if screen.live:
        screen.console.print(grown(run, nodes))
    else:
        for node in nodes:
            screen.say(explanation.named(run, node), indent=2 * node.depth)
            if reason := explanation.why(node):
                screen.say(f"= {reason}", indent=2 * node.depth + 4)


def grown(run: Run, nodes: Iterable[explanation.Node]) -> Tree:
    """The same as a tree with branches."""
    branches: list[Tree] = []
    for node in nodes:
        label = Text(explanation.named(run, node), style="bold" if node.depth == 0 else "")
        if reason := explanation.why(node):
            label.append("\n" + reason, style="cyan" if node.row.input is not None else "dim")
        del branches[node.depth :]
        branches.append(branches[-1].add(label) if branches else Tree(label))
    return branches[0]
