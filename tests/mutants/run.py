"""Breaks the finance files on purpose, one place at a time, and sees whether a test goes red.

    python -m tests.mutants.run cover        which function each test calls, and its processor seconds
    python -m tests.mutants.run try 300      a sample of so many mutants, drawn by file with a fixed seed
    python -m tests.mutants.run again        the survivors once more, with every test that calls the function
    python -m tests.mutants.run tell         survivors.md

Nothing is written into `model/`: one process imports the model and collects the tests once; a child of it gets the code of
one function changed in memory, and runs the tests that call this function, until one fails. A change outside functions (the
default or the range of an input) is imported anew by a child. Results stand in `.mutants/`, one line a mutant.
"""

from __future__ import annotations

import cProfile
import gc
import importlib
import importlib.util
import json
import os
import random
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.sites import ROOT, Mutant, files, mutants
from tests.mutants.tell import tell

KEPT = ROOT / ".mutants"
COVERED, FOUND = KEPT / "covered.jsonl", KEPT / "found.jsonl"
SEED = 2026
FIRST = """golden_verdicts golden_boxes golden_contracts golden_company golden timeline arrears oracle debt capital_stack company
conversion coreweave_contracts coupon_by_coupon effective events inferred interest_2025 loss profiles selling sizing stacks
support waterfall certainty clauses cases_clouds cases_landlords on_request break_even valuation"""
BRIEF, LONG = 5.0, 30.0  # processor seconds of all tests of a mutant in the first round, in the second
NEAR = {  # which tests speak first of a file
    "golden_contracts coreweave_contracts selling golden_verdicts":
        "contracts selling timetable sold fleet clauses capacity customers",
    "golden debt profiles sizing effective conversion inferred capital_stack": "debt lending repayment converting accreting",
    "timeline arrears golden": "timeline clock",
    "golden_boxes box_properties random_boxes": "box cascade contractual covenants cure measuring paying reserve waterfall",
    "golden_company company": "company parent",
    "certainty break_even": "certainty bracket break_even",
    "golden_verdicts support capital_stack": "",  # all others: pairs, support, the claim
}
LEFT_OUT = ("workbook", "live", "spreadsheet", "libreoffice")
Told = dict[str, Any]


def tests_of(words: Iterable[str]) -> list[str]:
    return [str(ROOT / "tests" / f"test_{word}.py") for word in words]


def lines(path: Path) -> list[Told]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def spent() -> float:
    return time.process_time()


class Warm:
    """A pytest that has collected, and then does what it is told instead of running the tests."""

    def __init__(self, work: Callable[[list[pytest.Item]], None]) -> None:
        self.work = work

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """A failing example is not made smaller: it is not read."""
        from hypothesis import Phase, settings

        settings.register_profile("mutants", settings.get_profile("same"), phases=(Phase.explicit, Phase.generate))
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        gc.collect()
        gc.freeze()
        self.work(session.items)
        return True


def collected(words: Iterable[str], work: Callable[[list[pytest.Item]], None]) -> None:
    sys.dont_write_bytecode = True
    pytest.main(["-qq", "-p", "no:cacheprovider", *tests_of(words)], plugins=[Warm(work)])


def child(work: Callable[[], Told], seconds: float) -> Told:
    """What a copy of this process has to say; killed, where it went over its limit of time."""
    reads, writes = os.pipe()
    if not (number := os.fork()):
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 9))
        try:
            os.write(writes, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        said = pipe.read()
    ended = os.WTERMSIG(os.waitpid(number, 0)[1])
    if not said and ended not in (signal.SIGXCPU, signal.SIGKILL, signal.SIGSEGV):
        raise RuntimeError("a trial ended without a word: this is no result")
    return json.loads(said) if said else {"killed": True, "by": signal.Signals(ended).name}


def passes(item: pytest.Item, then: pytest.Item | None = None) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=then))


# ---- which test calls what -------------------------------------------------------------------------------------------


def cover(items: list[pytest.Item]) -> None:
    known = {told["test"] for told in lines(COVERED)}
    for item in items:
        if item.nodeid not in known and not any(word in item.name.split("[")[0] for word in LEFT_OUT):
            with COVERED.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"test": item.nodeid, **_covered(item)}) + "\n")


def _covered(item: pytest.Item) -> Told:
    profile, began = cProfile.Profile(builtins=False), spent()
    profile.enable()
    passed = passes(item)
    profile.disable()
    called = {place(entry.code) for entry in profile.getstats() if isinstance(entry.code, CodeType)}
    return {"passed": passed, "seconds": round(spent() - began, 3), "calls": sorted(filter(None, called))}


def place(code: CodeType) -> str:
    """`model/box.py Box.paid` of a code object, also of what stands inside it."""
    if not code.co_filename.startswith(str(ROOT / "model")):
        return ""
    return f"{Path(code.co_filename).relative_to(ROOT)} {code.co_qualname.split('.<locals>')[0]}"


# ---- one mutant ------------------------------------------------------------------------------------------------------


def codes(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from codes(inner)


def near(path: str) -> list[str]:
    part = Path(path).parts[1].removesuffix(".py")
    return next(tests for tests, parts in NEAR.items() if part in parts.split() or not parts).split()


class Trial:
    """The collected tests, and who has killed what so far."""

    def __init__(self, items: list[pytest.Item], brief: float, tried: dict[str, list[str]]) -> None:
        self.items, self.brief, self.tried = {item.nodeid: item for item in items}, brief, tried
        self.seconds = {told["test"]: told["seconds"] for told in lines(COVERED) if told["test"] in self.items}
        self.calling: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for told in lines(COVERED):
            if told.get("passed") and told["test"] in self.items:
                for function in told["calls"]:
                    self.calling[function].append((told["test"], told["seconds"]))
        for where in list(self.calling):  # what stands outside functions is a matter of all tests of its file
            self.calling[f"{where.split()[0]} "] = list({*self.calling[f"{where.split()[0]} "], *self.calling[where]})
        self.killers: Counter[tuple[str, str]] = Counter()
        self.functions: dict[str, list[FunctionType]] = defaultdict(list)
        gc.unfreeze()
        for thing in gc.get_objects():
            if isinstance(thing, FunctionType) and (where := place(thing.__code__)):
                self.functions[where].append(thing)
        gc.freeze()

    def order(self, mutant: Mutant) -> list[tuple[str, float]]:
        """Tests that call the function (or one of the file); those first that have killed in it, then near and quick ones."""
        where = f"{mutant.path} {mutant.inside}"
        far = {f"tests/test_{word}.py": n for n, word in enumerate(near(mutant.path))}
        # in the second round also those that called nothing, since an earlier test had left them what they need
        more = [(test, seconds) for test, seconds in self.seconds.items() if self.tried and test.split("::")[0] in list(far)[:2]]
        tests = [*self.calling[where], *more]
        found = sorted(dict(tests).items(), key=lambda t: (
            -self.killers[where, t[0]], -self.killers[mutant.path, t[0]], far.get(t[0].split("::")[0], 99), t[1]))
        total, kept = 0.0, []
        for test, seconds in found:
            if total + seconds <= self.brief and test not in self.tried.get(mutant.name, ()):
                total += seconds
                kept.append((test, seconds))
        return kept

    def __call__(self, mutant: Mutant) -> Told:
        tests, began = self.order(mutant), time.time()
        told = child(lambda: self._tried(mutant, [t for t, _ in tests]), 20.0 + 4 * sum(s for _, s in tests))
        for where in (f"{mutant.path} {mutant.inside}", mutant.path):
            self.killers[where, told.get("by", "")] += 1
        if told.get("killed") is False:
            told["tried"] = [*self.tried.get(mutant.name, ()), *(test for test, _ in tests)]
        return {"tests": len(tests), "of": len(self.calling[f"{mutant.path} {mutant.inside}"]), **told,
                "wall": round(time.time() - began, 1)}

    def _tried(self, mutant: Mutant, tests: list[str]) -> Told:
        began = spent()
        try:
            new = compile(mutant.text(), str(ROOT / mutant.path), "exec")
        except SyntaxError:
            return {"invalid": True}
        for function in self.functions[f"{mutant.path} {mutant.inside}"]:
            old = function.__code__
            same = [c for c in codes(new) if (c.co_qualname, c.co_firstlineno) == (old.co_qualname, old.co_firstlineno)]
            if len(same) == 1 and len(same[0].co_freevars) == len(old.co_freevars):
                function.__code__ = same[0]
        try:
            if not mutant.inside and not redeclared(mutant, new):
                return {"anew": True}
        except Exception as error:  # the changed file cannot be imported
            return {"killed": True, "by": f"import: {error!r}"}
        for test in tests:
            if not passes(self.items[test]):
                return {"killed": True, "by": test, "seconds": round(spent() - began, 2)}
        return {"killed": False, "seconds": round(spent() - began, 2)}


def asked(row: object) -> bool:
    return getattr(row, "ask", False)


def redeclared(mutant: Mutant, code: CodeType) -> bool:
    """A row or an input as the changed file declares it, put into the one that stands; not where the case file is to state it."""
    from model.sheet.block import Declared

    name = module_of(mutant.path)
    old, fresh = sys.modules[name], ModuleType(name)
    exec(code, fresh.__dict__)
    done = 0
    for title, block in vars(fresh).items():
        if isinstance(block, type) and block.__module__ == name:
            for row, told in vars(block).items():
                stands = vars(getattr(old, title)).get(row)
                if isinstance(told, Declared) and isinstance(stands, Declared) and not asked(told) | asked(stands):
                    for key, value in vars(told).items():
                        if isinstance(value, int | float) and value != vars(stands)[key]:
                            vars(stands)[key], done = value, done + 1
    return done == 1


def module_of(path: str) -> str:
    parts = Path(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class Changed(SourceFileLoader):
    """Reads the changed text where the file stands."""

    text = ""

    def source_to_code(self, data: Any, path: Any, **more: Any) -> Any:
        return compile(self.text, path, "exec")

    def get_code(self, fullname: str) -> Any:
        return self.source_to_code(b"", self.path)


class Finder:
    """Finds one module changed."""

    def __init__(self, mutant: Mutant) -> None:
        self.name, self.path, self.text = module_of(mutant.path), ROOT / mutant.path, mutant.text()

    def find_spec(self, name: str, *_: Any) -> Any:
        if name != self.name:
            return None
        loader = Changed(name, str(self.path))
        loader.text = self.text
        return importlib.util.spec_from_file_location(name, self.path, loader=loader)


class Quick:
    """Collected tests in a process that imports a changed file: the first failure is told."""

    told: Told = {"killed": True, "by": "import"}  # noqa: RUF012

    def __init__(self, words: list[str], brief: float) -> None:
        self.words, self.brief = words, brief

    def __call__(self) -> Told:
        def work(items: list[pytest.Item]) -> None:
            seconds = {t["test"]: t["seconds"] for t in lines(COVERED) if t.get("passed")}
            began, self.told = spent(), {"killed": False}
            for item in sorted((i for i in items if i.nodeid in seconds), key=lambda i: seconds[i.nodeid]):
                if spent() - began > self.brief:
                    break
                if not passes(item):
                    self.told = {"killed": True, "by": item.nodeid}
                    return
        began = spent()
        collected(self.words, work)
        return {**self.told, "seconds": round(spent() - began, 2)}


def outside(mutant: Mutant, brief: float) -> Told:
    """A change outside functions: the model is imported with it."""
    try:
        compile(mutant.text(), mutant.path, "exec")
    except SyntaxError:
        return {"invalid": True}

    def work() -> Told:
        sys.meta_path.insert(0, Finder(mutant))  # type: ignore[arg-type]
        return Quick([*near(mutant.path)[:2], "inputs"], brief)()

    return child(work, 30 + 2 * brief)


# ---- many ------------------------------------------------------------------------------------------------------------


def sample(size: int) -> list[Mutant]:
    """A sample that takes from every file in proportion; a larger one holds the smaller."""
    chance, ranked = random.Random(SEED), []
    for path in files():
        here = list(mutants(path))
        chance.shuffle(here)
        start = chance.random()
        ranked += [((n + start) / len(here), mutant) for n, mutant in enumerate(here)]
    return [mutant for _, mutant in sorted(ranked, key=lambda pair: pair[0])[:size]]


def keep(mutant: Mutant, told: Told) -> None:
    with FOUND.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"mutant": mutant.name, **told}) + "\n")


class Unchanged(Mutant):
    """Changes nothing: a trial that kills it is worth nothing."""

    def text(self) -> str:
        return (ROOT / self.path).read_text(encoding="utf-8")


CONTROL = Unchanged("model/box.py", "", 0, (0, 0), (0, 0), "Account.closing")


def attempt(wanted: list[Mutant], brief: float, words: Iterable[str], tried: dict[str, list[str]]) -> None:
    """First what a running model can be told, then what it has to be imported for."""
    anew: list[Mutant] = []

    def work(items: list[pytest.Item]) -> None:
        trial = Trial(items, brief, tried)
        assert not trial(CONTROL)["killed"]
        for mutant in wanted:
            told = trial(mutant)
            if told.get("anew"):
                anew.append(mutant)
            else:
                keep(mutant, told)

    def first() -> Told:
        collected(words, work)
        return {"anew": [mutant.name for mutant in anew]}

    named = child(first, 1e6)["anew"]
    _preload()
    assert not named or not outside(CONTROL, 1.0)["killed"]
    for mutant in wanted:
        if mutant.name in named:
            keep(mutant, outside(mutant, brief / 2))


def _preload() -> None:
    """What every child needs and no mutant changes."""
    for name in ("numpy", "openpyxl", "pandas", "pydantic", "ruamel.yaml"):
        importlib.import_module(name)


def main(command: str, *more: str) -> None:
    KEPT.mkdir(exist_ok=True)
    latest = {told["mutant"]: told for told in lines(FOUND)}
    drawn = sample(int(more[0]) if more and more[0].isdecimal() else 300)
    if command == "cover":
        collected([word for word in more if not word.isdecimal()] or FIRST.split(), cover)
    elif command == "try":
        attempt([mutant for mutant in drawn if mutant.name not in latest], BRIEF, FIRST.split(), {})
    elif command == "again":
        left = [mutant for mutant in drawn if latest.get(mutant.name, {}).get("killed") is False]
        attempt(left, LONG, FIRST.split(), {mutant.name: latest[mutant.name].get("tried", [""]) for mutant in left})
    elif command == "tell":
        tell([(mutant, latest[mutant.name]) for mutant in drawn if mutant.name in latest], SEED)


if __name__ == "__main__":
    main(*sys.argv[1:])
