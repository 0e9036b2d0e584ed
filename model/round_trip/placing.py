"""What was typed, put into the files of the case.

A number that a case file states is changed there; the old number and its source stay readable in the new source. An
override is changed in its scenario. What no file states one to one goes to edits.yaml, as does every input that would
follow a changed file although the workbook leaves it alone: an instalment frozen at close, a contract as it was signed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from model import cases
from model.deal import Deal
from model.errors import CheckError, InputError
from model.inputs.document import Path, read_document
from model.inputs.edits import EDITS
from model.inputs.problem import CASE, SCENARIOS
from model.inputs.read import BESIDE
from model.inputs.values import Ranged
from model.round_trip.edited import Edited, Typed
from model.round_trip.pins import Pins, source, text
from model.round_trip.places import Text, places_of
from model.round_trip.typed import BASE
from model.sheet import TEXT, Row

Files = Mapping[str, bytes]
Stated = tuple[str, Path, Typed]
"""Where a case file states a number, and what was typed in its place."""
BY_EVIDENCE = ("evidence.", "claim.")  # blocks that follow the words of evidence, and typed numbers are assumed


def placed(deal: Deal, typed: Sequence[Typed], book: str) -> Edited:
    """The case with everything that was typed; each input holds to the bit what it holds in the workbook."""
    base = [one for one in typed if one.scenario == BASE and one.end is None]
    wanted = Pins(deal, typed, book)
    for stated in (_stated(deal, base), []):
        if (found := _settled(wanted, _texts(deal, typed, stated, book), stated)) is not None:
            return found
    raise CheckError("what was typed cannot be told in case files: type less at a time, or change the case files")


def _stated(deal: Deal, base: Sequence[Typed]) -> list[Stated]:
    """Numbers that a case file states, where a new one was typed for the first input that is bound to them."""
    places, typed = places_of(deal.case), {one.key: one for one in base}
    first: dict[int, Row] = {}
    for row in deal.book.inputs:
        if row.input is not None and id(row.input.origin) in places:
            first.setdefault(id(row.input.origin), row)
    return [(*places[origin], one) for origin, row in first.items() if (one := typed.get(row.key))
            and row.input is not None and getattr(row.input.origin, "value", None) == one.before]


def _settled(wanted: Pins, texts: Files, stated: Sequence[Stated]) -> Edited | None:
    """Load the files; what moved although nobody typed it is held where the workbook has it. None where that fails."""
    case, months = wanted.deal.case, wanted.deal.timeline.count
    edits = wanted.typed_but(_keys(wanted, stated))
    typed = set(edits)
    for _ in range(3):
        files = {**case.files, **texts, **({EDITS: text(edits)} if edits else {})}
        try:
            deal = cases.load(case.folder, files=files)
        except InputError:
            return None
        if deal.timeline.count != months:  # later dates would make it longer
            texts = {**texts, CASE: files[CASE].rstrip() + f"\nmonths: {months}\n".encode()}
            continue
        if _shape(deal) != _shape(wanted.deal):
            return None
        moved = {key: edit for key, edit in wanted.moved(deal, edits).items() if not key.startswith(BY_EVIDENCE)}
        if not moved:
            return Edited(deal, files, list(_lines(wanted, files, stated)), len(edits.keys() - typed))
        edits |= moved
    return None


def _keys(wanted: Pins, stated: Sequence[Stated]) -> set[str]:
    """The inputs that were typed and hold what is stated anew in a file of the case."""
    new = {id(told.origin): one.after for _, _, one in stated if (told := wanted.deal.book.by_key[one.key].input)}
    return {key for key, one in wanted.base.items()
            if (told := wanted.deal.book.by_key[key].input) and one.after == new.get(id(told.origin))}


def _shape(deal: Deal) -> dict[str, object]:
    """Every row with what it reads."""
    return {row.key: (type(row.block), sorted(other.key for other in deal.book.needs[row]))
            for row in deal.book.rows if not row.key.startswith(BY_EVIDENCE) and row.per != TEXT}


# ---- the text of the files -------------------------------------------------------------------------------------------


def _texts(deal: Deal, typed: Sequence[Typed], stated: Sequence[Stated], book: str) -> dict[str, bytes]:
    """The files that change."""
    texts: dict[str, Text] = {}

    def of(file: str) -> Text:
        return texts[file] if file in texts else texts.setdefault(file, Text(deal.case.files[file]))

    for file, path, one in stated:
        _state(deal, of(file), path, one, book)
    for name in dict.fromkeys(one.scenario for one in typed if one.scenario != BASE):
        file = BESIDE if name in deal.case.more else SCENARIOS
        _override(deal, of(file), name, [one for one in typed if one.scenario == name], book)
    for one in typed:
        if one.scenario == BASE and one.end is None:
            for path in _ranges(deal, one):
                of(SCENARIOS).put(path, one.after)
    return {file: told.written() for file, told in texts.items()}


def _state(deal: Deal, text: Text, path: Path, one: Typed, book: str) -> None:
    told = deal.book.by_key[one.key].input
    assert told is not None
    assert one.after is not None
    text.put((*path, "value"), one.after)
    text.put((*path, "source"), source(book, [one], told.source))
    text.put((*path, "grade"), "assumed")
    if isinstance(told.origin, Ranged) and told.origin.range:
        for end, beyond in enumerate((one.after < told.origin.range[0], one.after > told.origin.range[1])):
            if beyond:  # stretched to hold it
                text.put((*path, "range", end), one.after)


def _override(deal: Deal, text: Text, name: str, typed: Sequence[Typed], book: str) -> None:
    place: Path = ("scenarios", name)
    said = deal.case.scenarios.scenarios[name]
    new = {**said.overrides, **{one.key: one.after for one in typed if one.after is not None}}
    for one in typed:
        if one.after is None:
            del new[one.key]
    if new.keys() == said.overrides.keys():
        for one in typed:
            text.put((*place, "overrides", one.key), one.after)
    else:
        text.put((*place, "overrides"), new)
    text.put((*place, "source"), source(book, typed, said.source))
    text.put((*place, "grade"), "assumed")


def _ranges(deal: Deal, one: Typed) -> Iterator[Path]:
    """Ends of ranges in scenarios.yaml that lie on the wrong side of a new base value: they move to it."""
    assert one.after is not None
    for name, told in deal.case.scenarios.ranges.items():
        if one.key in told.low and one.key in told.high:
            ends = {"low": told.low[one.key], "high": told.high[one.key]}
            first, last = sorted(ends, key=lambda end: ends[end])
            if one.after < ends[first]:
                yield "ranges", name, first, one.key
            elif one.after > ends[last]:
                yield "ranges", name, last, one.key


def _lines(wanted: Pins, files: Files, stated: Sequence[Stated]) -> Iterator[tuple[Typed, str, int]]:
    """Where each typed number stands now."""
    documents = {file: read_document(file, files[file]) for file in files if file.endswith("yaml") or file == BESIDE}
    bound = {row.key: id(row.input.origin) for row in wanted.deal.book.inputs if row.input is not None}
    homes = {bound[one.key]: (file, (*path, "value")) for file, path, one in stated}
    in_files = _keys(wanted, stated)
    for one in wanted.typed:
        home: tuple[str, Path] = (EDITS, ("inputs", one.key))
        if one.scenario != BASE:
            home = (BESIDE if one.scenario in wanted.deal.case.more else SCENARIOS,
                    ("scenarios", one.scenario, "overrides", one.key))
        elif one.end is None and one.key in in_files:
            home = homes[bound[one.key]]
        yield one, home[0], documents[home[0]].line(home[1])
