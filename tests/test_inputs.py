"""Case folders: the starter loads, and each way to spoil it is named with its file, line, field and what is allowed."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from math import ceil
from pathlib import Path

import pytest
from bad_inputs import BAD, BAD_RICH, CASE, COMPANY, CONTRACTS, CURVE, DEBT, POWER, RICH, SCENARIOS, SHARE, UNRATED, N, d, n
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.deal import Deal
from model.errors import Finding, InputError, RequestError
from model.evidence import assumed_kinds, weakest_grades
from model.inputs import Case, input_hash, load_case, months_needed, read, schema_json, write_starter
from model.inputs.contracts import CONTRACTS as KINDS_OF_CONTRACTS
from model.inputs.contracts import TRANCHES
from model.inputs.document import read_document
from model.inputs.instruments import INSTRUMENTS
from model.inputs.parts import terms_of
from model.inputs.read import FILES
from model.inputs.starter import STARTER, starter_text
from model.inputs.values import GRADES
from model.sheet import evaluate
from model.timeline.rolls import months_between
from tests import table_of_bad_inputs as table

TEXTS = {file: starter_text(file) for file in STARTER}


_read_once = cache(read_document)


@pytest.fixture(autouse=True, scope="module")
def unspoilt_files_are_read_once() -> Iterator[None]:
    """Reading is a pure function of the bytes; most cases here share four of their five files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "read_document", lambda file, raw: deepcopy(_read_once(file, raw)))
        yield


def write(folder: Path, texts: Mapping[str, str]) -> Path:
    """A case folder with these texts."""
    for file, text in texts.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text, encoding="utf-8", newline="")
    return folder


def spoilt(file: str, old: str, new: str, texts: Mapping[str, str] = TEXTS) -> dict[str, str]:
    """The starter, or another case, with one text replaced; the old text stands in it exactly once."""
    assert texts[file].count(old) == 1, f"{old!r} stands {texts[file].count(old)} times in {file}"
    return {**texts, file: texts[file].replace(old, new)}


def findings(folder: Path) -> tuple[Finding, ...]:
    """All that is wrong with a case, or its warnings where it is good."""
    try:
        return load_case(folder).warnings
    except InputError as error:
        return error.findings


def line_of(text: str, mark: str) -> int:
    """The line on which a text stands, which it does on one line only."""
    found = [n for n, line in enumerate(text.split("\n"), start=1) if mark in line]
    assert len(found) == 1, f"{mark!r} stands on lines {found}"
    return found[0]


def _name(row: tuple[str, ...]) -> str:
    return f"{row[4] or 'file'}: {row[5][:30]}"


def test_the_starter_loads_without_findings(tmp_path: Path) -> None:
    """What `debtcover new` writes is a good case without warnings."""
    written = write_starter(tmp_path / "new")
    assert [path.relative_to(tmp_path / "new").as_posix() for path in written] == list(STARTER)
    case = load_case(tmp_path / "new")
    assert case.warnings == ()
    assert months_needed(case) == 66 + 12
    assert case.curves["sofr"].at(date(2026, 12, 31)) == 0.036


def test_the_starter_overwrites_nothing(tmp_path: Path) -> None:
    """A folder that holds something is refused and stays as it was."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(RequestError):
        write_starter(tmp_path)
    with pytest.raises(RequestError):
        write_starter(tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("row", BAD, ids=map(_name, BAD))
def test_each_fault_is_named(row: tuple[str, str, str, str, str, str], tmp_path: Path) -> None:
    """File, line, field and message of each way to spoil the starter."""
    assert_named("A case", row, TEXTS, tmp_path)


@pytest.mark.parametrize("row", BAD_RICH, ids=map(_name, BAD_RICH))
def test_each_fault_of_a_term_is_named(row: tuple[str, str, str, str, str, str], tmp_path: Path) -> None:
    """The same for every term that contracts and the company may have: wrong, without its partner, or to no effect."""
    assert_named("A case with every term", row, RICH, tmp_path)


def assert_named(of: str, row: tuple[str, str, str, str, str, str], base: Mapping[str, str], folder: Path) -> None:
    """A spoilt case has the finding of its row, is refused unless the finding is a warning, and says what the table holds."""
    file, old, new, mark, field, words = row
    texts = spoilt(file, old, new, base)
    found = findings(write(folder, texts))
    where = next(f for f in (file, *texts) if mark in texts[f])
    warning = words.startswith("!")
    expected = (where, line_of(texts[where], mark), field, warning)
    told = "\n".join(map(str, found))
    assert expected in [(f.file, f.line, f.field, f.warning) for f in found], told
    assert any((f.file, f.field) == (where, field) and words.lstrip("!") in f.allowed for f in found), told
    assert all(f.warning for f in found) == warning, told
    assert all(len(f.seen) <= 60 for f in found)
    assert table.told([str(f) for f in found], folder) == table.golden()[table.titles(of)[row]]


def test_faults_of_all_files_come_at_once(tmp_path: Path) -> None:
    """One fault in each file: six findings in one error."""
    texts = {
        CASE: TEXTS[CASE].replace("case: starter", "kase: starter"),
        CONTRACTS: TEXTS[CONTRACTS].replace("kind: take_or_pay", "kind: take"),
        DEBT: TEXTS[DEBT].replace("months: 3 ", "months: 4 "),
        COMPANY: TEXTS[COMPANY].replace("facts:", "fact:"),
        SCENARIOS: TEXTS[SCENARIOS].replace("ddtl.margin: 0.06", "ddtl.margin: x"),
        CURVE: TEXTS[CURVE].replace("0.042", "4.2"),
    }
    with pytest.raises(InputError) as caught:
        load_case(write(tmp_path, texts))
    assert {finding.file for finding in caught.value.findings} == set(STARTER)
    assert caught.value.exit_code == 2


def test_all_rules_run(tmp_path: Path) -> None:
    """Broken rules of several files are told together, with a broken curve as well."""
    texts = {**spoilt(CASE, "as_of: 2025-12-31", "as_of: 2025-12-30"), CURVE: TEXTS[CURVE].replace("0.042", "x")}
    texts[CONTRACTS] = TEXTS[CONTRACTS].replace("credit_to: {value: 2028", "credit_to: {value: 2024")
    texts[DEBT] = TEXTS[DEBT].replace("{ddtl: 0.9, vendor: 0.1}", "{ddtl: 0.9, vendor: 0.2}")
    texts[SCENARIOS] = TEXTS[SCENARIOS].replace("drivers.delay_days: 90", "drivers.delay_days: -90")
    assert {f.file for f in findings(write(tmp_path, texts))} == {CASE, CONTRACTS, DEBT, SCENARIOS, CURVE}


@pytest.mark.parametrize("file", [CASE, CONTRACTS, DEBT])
def test_a_missing_file_is_named(file: str, tmp_path: Path) -> None:
    """A required file that is not there is a finding, not a traceback."""
    (only,) = findings(write(tmp_path, {name: text for name, text in TEXTS.items() if name != file}))
    assert (only.file, only.seen) == (file, "no such file")


def test_optional_files_may_be_missing(tmp_path: Path) -> None:
    """Without company.yaml and scenarios.yaml there are no facts and no scenarios."""
    case = load_case(write(tmp_path, {name: text for name, text in TEXTS.items() if name not in (COMPANY, SCENARIOS)}))
    assert (case.company.facts, case.scenarios.moderate, case.warnings) == ([], [], ())


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """No folder, or a file in its place: one friendly finding."""
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "nowhere", tmp_path / "file"):
        (only,) = findings(folder)
        assert "debtcover new" in only.allowed


def test_files_that_are_not_read_are_told(tmp_path: Path) -> None:
    """A misspelt file name would otherwise go unseen."""
    (only,) = findings(write(tmp_path, {**TEXTS, "scenario.yaml": "a: 1"}))
    assert only.warning
    assert "did you mean scenarios.yaml?" in only.allowed


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """Other encodings and files of more than 2 MB are refused."""
    write(tmp_path, TEXTS)
    (tmp_path / COMPANY).write_bytes(b"facts: []\n# \xff\n")
    (tmp_path / SCENARIOS).write_bytes(b"#" * 2_000_001)
    assert {(f.file, f.line, f.seen) for f in findings(tmp_path)} == {
        (COMPANY, 2, "other bytes"), (SCENARIOS, 0, "2000001 bytes")}
    (tmp_path / COMPANY).write_bytes(b"\xef\xbb\xbffacts: []\r\n")
    (tmp_path / SCENARIOS).write_bytes(b"")
    assert findings(tmp_path) == ()


def test_text_stays_text() -> None:
    """YAML 1.2: only plain decimal numbers, true, false and ISO dates are not text."""
    raw = b"[NO, yes, 12:30, 0x1F, 0o17, 017, 1_000, '2028-03-31', 2028-03-31, 1e3, -5, .5, true, ~, 2028-02-30, 1e999]"
    assert read_document("x.yaml", raw).data == [
        "NO", "yes", "12:30", "0x1F", "0o17", "017", "1_000", "2028-03-31", date(2028, 3, 31), 1000.0, -5, 0.5, True,
        None, "2028-02-30", float("inf")]


def test_a_contract_serves_one_box(tmp_path: Path) -> None:
    """Cash of one contract in two boxes is refused."""
    texts = spoilt(DEBT, "\ninstruments:\n", "  - {id: other, name: Other, ring_fenced: true, "
                   "waterfall: {source: x, grade: assumed, steps: [pay opex, pay fees, pay interest, pay principal, "
                   "distribute]}}\n\ninstruments:\n")
    texts[DEBT] = texts[DEBT].replace("kind: vendor\n    box: spv", "kind: vendor\n    box: other")
    (only,) = findings(write(tmp_path, texts))
    assert (only.line, only.seen) == (line_of(texts[DEBT], "atlas: {ddtl: 0.9"), "spv, other")


def test_a_draw_brings_its_own_instalments(tmp_path: Path) -> None:
    """With profile custom a draw is repaid by its own schedule: it adds up, in years with a date after the draw."""
    def part(year: int, value: float) -> str:
        return f"{year}: {{value: {value}, {N}"

    profile = f"profile: custom\n      schedule: {{{part(2029, 240)}}}"
    draw = "amount: {value: 100, unit: USD m, source: invented, grade: assumed}"
    texts = spoilt(DEBT, "profile: level", profile)
    good = texts[DEBT].replace(draw, f"{draw}\n        schedule: {{{part(2028, 40)}, {part(2029, 60)}}}")
    assert findings(write(tmp_path, {**texts, DEBT: good})) == ()
    short = texts[DEBT].replace(draw, f"{draw}\n        schedule: {{{part(2028, 40)}}}")
    (only,) = findings(write(tmp_path, {**texts, DEBT: short}))
    assert only.allowed == "instalments that add up to the draw, 100"
    early = texts[DEBT].replace(draw, f"{draw}\n        schedule: {{{part(2026, 40)}, {part(2029, 60)}}}")
    assert findings(write(tmp_path, {**texts, DEBT: early})) == (), "2026 has dates after 15 June"
    late = early.replace("2026-06-15", "2026-12-31").replace("2026-09-30", "2026-12-31")
    (only,) = findings(write(tmp_path, {**texts, DEBT: late}))
    assert (only.warning, only.field) == (False, "instruments[ddtl].draws[0].schedule.2026")
    assert only.allowed == "a year with an instalment date after the draw, 2026-12-31"


def test_the_timeline_follows_the_case(tmp_path: Path) -> None:
    """Months as given; else up to the last date, with room for the longest delay of a scenario."""
    case = load_case(write(tmp_path, TEXTS))
    assert months_needed(replace(case, general=case.general.model_copy(update={"months": 99}))) == 99
    texts = spoilt(SCENARIOS, "drivers.delay_days: 90", "drivers.delay_days: 730")
    assert months_needed(load_case(write(tmp_path, texts))) == 66 + 25


def test_a_case_with_every_term_is_good(tmp_path: Path) -> None:
    """What `BAD_RICH` spoils has every term, no fault, and nothing to warn of; it runs, and no check fails."""
    case = load_case(write(tmp_path, RICH))
    assert case.warnings == ()
    said = {name for contract in case.contracts.contracts for name in terms_of(contract)}
    said |= {name for contract in case.contracts.contracts for tranche in contract.tranches for name in terms_of(tranche)}
    left = {name for model in (*KINDS_OF_CONTRACTS.values(), *TRANCHES.values()) for name in model.model_fields} - said
    assert left == {"earned_before", "lost_after", "renewed", "redeployment_cost"}, "terms that are 0, or not in this base case"
    deal = Deal(case)
    result = evaluate(deal.book)
    assert [check.title for check in deal.checks if result.one(check.row("failed"))] == []


def test_gpus_of_one_tranche_have_one_price(tmp_path: Path) -> None:
    """Two classes side by side are fine where one curve prices them; with two curves, or one for some, it is not known which."""
    lot = (f"          - {{hardware: h100, gpus: {n(5, 'no.')}, unit_price: {n(61, 'USD k per GPU')}, "
           f"delivered: {d('2026-02-03')}, life: {n(72, 'months')}}}\n")
    found = {}
    for prices in ("", ", spot_prices: spot, contract_prices: spot", ", spot_prices: spot, contract_prices: firm"):
        market = f"  - {{id: h100, name: H100, source: x, grade: press, resale: {{1: {n(0.5, 'share')}}}{prices}}}\n"
        texts = spoilt(CONTRACTS, "hardware:\n", f"hardware:\n{market}", RICH)
        texts = spoilt(CONTRACTS, "        fleet:\n", f"        fleet:\n{lot}", texts)
        found[prices] = [f.seen for f in findings(write(tmp_path, texts))]
    assert list(found.values()) == [["firm, none", "none, spot"], ["firm, spot"], []]


def test_the_timeline_reaches_every_cash_flow(tmp_path: Path) -> None:
    """Sale of the GPUs, and the latest start that sites, landlords and tranches make, in the case or in a scenario."""
    last = date(2031, 3, 17)  # GPUs at spot prices until then, sold 31 days later; atlas serves until 2031-06-30
    assert months_needed(load_case(write(tmp_path, RICH))) == 66 + 12
    sold = spoilt(CONTRACTS, n(31, "days"), n(400, "days"), RICH)
    assert months_needed(load_case(write(tmp_path, sold))) == months_between(date(2025, 12, 31), last + timedelta(days=400)) + 12
    late = spoilt(SCENARIOS, "drivers.delay_days: 90", "core.late_days: 700", RICH)
    assert months_needed(load_case(write(tmp_path, late))) == 66 + ceil((700 + 5 + 6) / 30.4)
    both = spoilt(CONTRACTS, n(5, "days"), n(500, "days"), late)
    assert months_needed(load_case(write(tmp_path, both))) == 66 + ceil((700 + 500 + 6) / 30.4)
    paid = spoilt(CONTRACTS, "date: 2026-12-31", "date: 2033-01-31", RICH)
    assert months_needed(load_case(write(tmp_path, paid))) == 85 + 12, "a tax that falls due after the last service"


def test_a_target_needs_capacity(tmp_path: Path) -> None:
    """Where no contract states its megawatts, nothing is held against the target."""
    (only,) = findings(write(tmp_path, {**TEXTS, COMPANY: RICH[COMPANY], SHARE: RICH[SHARE]}))
    assert (only.warning, only.field) == (True, "capacity.targets[0]")


# ---- what a verdict rests on -----------------------------------------------------------------------------------------

def assumed_in(folder: Path, *terms: str, debt: str = "mw") -> list[str]:
    """Kinds that are assumed where all is filed but these terms of contracts; all loans rest on one of them."""
    texts = {file: text.replace("grade: assumed", "grade: filing").replace("x,assumed", "x,filing")
             for file, text in RICH.items()}
    lines = [line.replace("grade: filing", "grade: assumed") if line.strip().startswith(terms) else line
             for line in texts[CONTRACTS].split("\n")]
    rated = re.sub(r"    obligor: (Hours|Several)\n", rf"\g<0>{UNRATED}", "\n".join(lines))  # a covenant of the box asks
    texts |= {CONTRACTS: rated, DEBT: re.sub(r"\batlas\b", debt, texts[DEBT])}
    return assumed_kinds(load_case(write(folder, texts)))


@pytest.mark.parametrize(("kind", "term"), [
    ("prices", "price:"), ("prices", "escalator:"), ("prices", "escalates_from:"), ("service dates", "- start:"),
    ("service dates", "late_days:"), ("service dates", "- {id: denton"), ("service dates", "long_stop:"),
    ("service dates", "given_up:"), ("capacity", "capacity:"), ("costs", "pue:"), ("costs", "load:"),
    ("costs", "passed_through:"), ("costs", "facility_charge:"), ("costs", "staff:"), ("costs", "rent_per_kw:"),
    ("costs", "rent_escalator:"), ("costs", "- {date: 2026-12-31"), ("collection", "payment_days:"), ("collection", "sla:"),
    ("collection", "- {date: 2026-01-15"), ("collection", "- {date: 2026-09-30"), ("prepayments", "- amount:"),
])
def test_what_is_assumed_is_named(kind: str, term: str, tmp_path: Path) -> None:
    """Each term that enters contracted cash, assumed alone, is what the verdict rests on."""
    assert assumed_in(tmp_path, term) == [kind]


@pytest.mark.parametrize("term", [
    "renewal_to:", "redeployed_to:", "idle_days:", "redeployed_use:", "gpus:", "unit_price:", "delivered:", "life:", "payments:",
    "resale:", "auction:", "notice_days:", "claim_recovery:", "claim_days:", "- {date: 2026-06-30",
    "- {date: 2026-01-16", "- {id: core",
])
def test_no_verdict_rests_on_what_no_test_sees(term: str, tmp_path: Path) -> None:
    """Options, GPUs bought, their sale, shares given and fees at loss are beside the tests; the grade of the loan says so too."""
    assert assumed_in(tmp_path, term) == []
    assert set(weakest_grades(load_case(tmp_path), GRADES).values()) == {"filing"}


def test_gpus_are_capacity_where_they_are_billed(tmp_path: Path) -> None:
    """By the hour GPUs are counted, and a ramp of them; on demand nothing is contracted."""
    assert assumed_in(tmp_path, "gpus:", debt="hours") == ["capacity"]
    assert assumed_in(tmp_path, "gpus:", "ramp:", debt="ramp") == ["capacity"]
    assert assumed_in(tmp_path, "gpus:", "utilisation:", "margin:", debt="demand") == []


def test_no_lateness_is_no_assumption(tmp_path: Path) -> None:
    """Days that are 0 in the base case, for scenarios to set, say nothing; others do."""
    assert assumed_in(tmp_path, "late_days:", "notice_days:") == ["service dates"]
    text = (tmp_path / CONTRACTS).read_text(encoding="utf-8")
    write(tmp_path, {CONTRACTS: text.replace("late_days: {value: 6,", "late_days: {value: 0,")})
    assert assumed_kinds(load_case(tmp_path)) == []
    write(tmp_path, {CONTRACTS: text.replace("notice_days:", "lost_after:")})
    assert assumed_kinds(load_case(tmp_path)) == ["service dates", "loss of the contract"]


@pytest.mark.parametrize(("test", "term", "kinds"), [
    ("cost_test", "unit_price:", ["GPUs"]), ("cost_test", "life:", ["GPUs"]), ("cost_test", "resale:", []),
    ("value_test", "unit_price:", ["GPUs"]), ("value_test", "life:", []), ("value_test", "resale:", ["GPUs"]),
    ("value_test", "auction:", []),
])
def test_gpus_count_where_a_loan_is_tested_on_them(test: str, term: str, kinds: list[str], tmp_path: Path) -> None:
    """Book value by cost and life, market value by cost and the resale curve; without such a test neither counts."""
    assert assumed_in(tmp_path, term) == []
    tested = f"collateral: {{fleet: true, source: x, grade: filing}}\n    {test}: {n(1, 'flag')}\n    months: 3  "
    debt = (tmp_path / DEBT).read_text(encoding="utf-8").replace("months: 3  ", tested.replace("assumed", "filing"))
    write(tmp_path, {DEBT: debt})
    assert assumed_kinds(load_case(tmp_path)) == kinds


def test_prices_of_power_are_costs(tmp_path: Path) -> None:
    """A curve is graded as its weakest point."""
    assert assumed_in(tmp_path) == []
    write(tmp_path, {POWER: RICH[POWER].replace("x,assumed\n", "x,filing\n", 1)})
    assert assumed_kinds(load_case(tmp_path)) == ["costs"]


def test_the_hash_follows_names_and_bytes(tmp_path: Path) -> None:
    """16 hexadecimal digits; another byte or another name gives others."""
    one = load_case(write(tmp_path / "a", TEXTS)).input_hash
    assert one == load_case(write(tmp_path / "b", TEXTS)).input_hash
    assert one != load_case(write(tmp_path / "c", {**TEXTS, COMPANY: TEXTS[COMPANY] + "\n"})).input_hash
    assert one == input_hash({file: text.encode() for file, text in TEXTS.items()})
    assert len(one) == 16
    assert input_hash({"a": b"1", "b": b""}) != input_hash({"a": b"", "b": b"1"})


def test_the_schema_is_one_document() -> None:
    """The six models stand under $defs, every reference leads somewhere, and it survives JSON."""
    schema = json.loads(json.dumps(schema_json(), allow_nan=False))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert {model.__name__ for model in FILES.values()} <= set(schema["$defs"])
    refs = set(_refs(schema))
    assert refs <= {f"#/$defs/{name}" for name in schema["$defs"]}
    price = schema["$defs"]["TakeOrPayTranche"]["properties"]["price"]
    assert price["description"] == "Take-or-pay fee [USD m a month]"
    assert schema["$defs"]["DebtFile"]["additionalProperties"] is False


@pytest.mark.parametrize(("file", "name"), [("ContractsFile", "contracts"), ("DebtFile", "instruments")])
def test_an_editor_knows_the_kinds(file: str, name: str) -> None:
    """One element of the list is one of the kinds, told apart by `kind`, each with its own keys and no others."""
    defs = schema_json()["$defs"]
    items = defs[file]["properties"][name]["items"]
    assert items["discriminator"]["propertyName"] == "kind"
    kinds = items["discriminator"]["mapping"]
    assert sorted(one["$ref"] for one in items["oneOf"]) == sorted(kinds.values())
    assert set(kinds) == set(KINDS_OF_CONTRACTS if name == "contracts" else INSTRUMENTS)
    for kind, ref in kinds.items():
        model = defs[ref.removeprefix("#/$defs/")]
        assert (model["properties"]["kind"]["const"], model["additionalProperties"]) == (kind, False)


def test_an_editor_knows_the_terms_of_a_kind() -> None:
    """A tranche has the terms of its kind, those that it needs are required, and numbers tell their unit."""
    defs = schema_json()["$defs"]
    lease, ramp, stop = (defs[f"{name}Tranche"] for name in ("Lease", "Reserved", "Backstop"))
    assert lease["properties"]["price"]["description"] == "Rent of the tenant [USD per kW-month]"
    assert set(lease["required"]) == {"start", "end", "price", "capacity"}
    assert set(ramp["required"]) == {"start", "end", "price", "gpus", "ramp"}
    assert set(stop["properties"]) == {"start", "end", "opex", "end_moves", "price", "margin"}
    assert {"backs", "cap"} <= set(defs["Backstop"]["required"])
    assert "backs" not in defs["Lease"]["properties"]
    assert lease["properties"]["fleet"]["items"] == {"$ref": "#/$defs/LotFile"}
    assert set(defs["ContractsFile"]["properties"]) == {"hardware", "landlords", "sites", "contracts"}
    assert set(defs["CompanyFile"]["properties"]) >= {"capacity", "concentration"}


def _refs(node: object) -> list[str]:
    if isinstance(node, dict):
        here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return here + [ref for inside in node.values() for ref in _refs(inside)]
    return [ref for inside in node for ref in _refs(inside)] if isinstance(node, list) else []


Mangled = tuple[str, str]
FLIPS = "0-:{}[]&*!|>'\"%@`#,? \t~\x00\u00e9.eZ9"


@st.composite
def mangled(draw: st.DrawFn) -> Mangled:
    """A file of the starter with lines lost or doubled and characters changed."""
    file = draw(st.sampled_from(STARTER))
    lines = TEXTS[file].split("\n")
    for _ in range(draw(st.integers(1, 3))):
        n = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(("lose", "double", "flip", "flip", "swap")))
        if how == "lose" and len(lines) > 1:
            del lines[n]
        elif how == "double":
            lines.insert(n, lines[n])
        elif how == "swap":
            digit, other = draw(st.sampled_from("0123456789")), draw(st.sampled_from(("", "9", "-", "99", "null")))
            lines[n] = lines[n].replace(digit, other)
        elif lines[n]:
            at = draw(st.integers(0, len(lines[n]) - 1))
            lines[n] = lines[n][:at] + draw(st.sampled_from(FLIPS)) + lines[n][at + 1:]
    return file, "\n".join(lines)


@settings(max_examples=80, deadline=timedelta(seconds=5), suppress_health_check=list(HealthCheck))
@given(mangled())
def test_nothing_but_input_errors(spoilt_file: Mangled) -> None:
    """Whatever stands in the files: a case, or findings that name a line."""
    file, text = spoilt_file
    with tempfile.TemporaryDirectory() as folder:
        findings: tuple[Finding, ...] = ()
        try:
            assert isinstance(load_case(write(Path(folder), {**TEXTS, file: text})), Case)
        except InputError as error:
            findings = error.findings
        assert all(f.line <= text.count("\n") + 1 for f in findings if f.file == file)
