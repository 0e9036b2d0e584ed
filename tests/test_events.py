"""Two parsers of YAML against one another: where the quick one has its say, the other says the same."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.inputs import events as reading
from model.inputs.events import BrokenError, Event, events, quickly, slowly
from tests.bad_inputs import BAD

ROOT = Path(__file__).parent.parent
CASES = [ROOT / "inputs" / "coreweave-ipo", ROOT / "tests" / "cases" / "every-kind"]
PIECES = ["a", "b: ", "- ", "-", "\n", "\n  ", "\n- ", "\n  - b: c", " ", "{", "}", "[", "]", ", ", ": ", ":", "? ", "'", '"',
          "''", "#", " # x", "|", ">-\n  ", "&a ", "*a", "!t ", "---", "...", "\n%YAML 1.1\n---\n", "@", "~", "1.5", "<<: ",
          "a" * 1020, "key: 'v'", "'a': ", '"a":b', "{a: 1}", "\t", "\r\n", "\x85", "\u2028", "\ufeff", "\\",
          "é", "\xa0", "\u2019", "\U0001f600", "\x07"]
APART = {  # what only the guard keeps from the quick parser, which reads it otherwise
    "a tab": "a: b\tc", "a version": "%YAML 1.1\n---\na: b\n", "a tag's handle": "%TAG ! x\n---\na: b\n",
    "a colon glued to a quoted key": '["a":b]', "the same behind a blank": "['a' :b]", "to a list": "[[a]:b]",
    "to a mapping": "[{a: b}:c]", "the line of an empty value": "a:\nb: c\n",
}


@cache
def sections() -> list[str]:
    return [text for case in CASES for path in case.glob("*.yaml") for text in path.read_text("utf-8").split("\n\n")]


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A part of a case file with pieces put in or put in place of what was there."""
    text = draw(st.sampled_from(sections()))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        text = text[:start] + draw(st.sampled_from(PIECES)) + text[start + draw(st.integers(0, 5)):]
    return text


def said(text: str, *, at_once: bool) -> list[Event] | str:
    """All events, or the fault."""
    try:
        return list(_as_deep_as_anyone_reads(events(text) if at_once else slowly(text)))
    except BrokenError as fault:
        return repr(fault)


def _as_deep_as_anyone_reads(found: Iterator[Event]) -> Iterator[Event]:
    depth = 0
    for event in found:
        depth += event.kind.endswith("Start") - event.kind.endswith("End")
        yield event
        if depth > reading.MAX_DEPTH + 4:
            return


@pytest.mark.parametrize("path", [path for case in CASES for path in sorted(case.glob("*.yaml"))], ids=lambda p: p.stem)
def test_a_case_is_read_quickly(path: Path) -> None:
    text = path.read_text("utf-8")
    assert quickly(text) == list(slowly(text))


@settings(max_examples=200, deadline=None)
@given(spoilt() | st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_both_say_the_same(text: str) -> None:
    assert said(text, at_once=True) == said(text, at_once=False)


def test_both_say_the_same_of_what_is_refused() -> None:
    for text in {new for _, _, new, *_ in BAD}:
        assert said(text, at_once=True) == said(text, at_once=False), text


@pytest.mark.parametrize("text", APART.values(), ids=APART)
def test_where_they_differ_the_slow_one_decides(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = said(text, at_once=False)
    assert said(text, at_once=True) == told
    monkeypatch.setattr(reading, "_is_simple", lambda event: True)
    assert quickly(text) not in (None, told)


@pytest.mark.parametrize("text", ["a: |\n  b\n", "a: >+\n  b\n\n", "a: &x b", "a: *x", "a: !t b", "a: !!str b"])
def test_what_is_not_simple_is_left_to_the_slow_one(text: str) -> None:
    assert quickly(text) is None


def test_without_libyaml_all_is_read_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LIBYAML", None)
    assert quickly("a: b") is None
    assert [event.value for event in events("a: b") if event.kind == "Scalar"] == ["a", "b"]
