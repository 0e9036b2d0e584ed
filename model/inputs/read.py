"""A case folder, read whole: every finding of every file at once, or a `Case`."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from os.path import exists, isdir
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.json_schema import models_json_schema

from model.errors import Finding, InputError
from model.inputs.bounds import BoundsFile
from model.inputs.check import problems
from model.inputs.document import Document, read_document, shown
from model.inputs.edits import EDITS, EditsFile
from model.inputs.problem import SCENARIOS, Problem
from model.inputs.raw import UnfitError, fits, raw_of
from model.inputs.risk import RiskFile
from model.inputs.schema import Case, CaseFile, CompanyFile, ContractsFile, DebtFile, MoreScenarios, ScenariosFile
from model.inputs.values import SLUG
from model.inputs.words import AS_SLUG, empty_values, note_errors
from model.timeline import Curve, curve_of

FILES: dict[str, type[BaseModel]] = {
    "case.yaml": CaseFile,
    "contracts.yaml": ContractsFile,
    "debt.yaml": DebtFile,
    "company.yaml": CompanyFile,
    "scenarios.yaml": ScenariosFile,
    "risk.yaml": RiskFile,
    EDITS: EditsFile,
    "bounds.yaml": BoundsFile,
}
REQUIRED = ("case.yaml", "contracts.yaml", "debt.yaml")
MOST_CURVES = 100
BESIDE = "more scenarios"  # how the hash knows a file beside the case, wherever it lies


def load_case(path: Path, more: Path | None = None, files: Mapping[str, bytes] | None = None) -> Case:
    """Read and check a case folder. InputError carries all findings of all its files.

    case.yaml, contracts.yaml and debt.yaml must be there; company.yaml, scenarios.yaml, risk.yaml, bounds.yaml, edits.yaml
    and curves/*.csv may be. `more` is a file of scenarios that stands beside the case. Where `files` are told, by the names
    that the hash knows them by, they are read in place of the folder, and `path` only says where they come from.
    """
    folder = _Folder(Path(path), files)
    folder.read()
    if more is not None:
        folder.add(Path(more))
    case = folder.case()
    if case is None or any(not finding.warning for finding in folder.findings):
        raise InputError(folder.findings)
    return replace(case, warnings=tuple(sorted(set(folder.findings))))


def input_hash(files: dict[str, bytes]) -> str:
    """First 16 hexadecimal digits of SHA-256 over names and contents, in the order of names."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()[:16]


def _refused(name: str) -> Curve:
    """Stands for a curve that cannot be read, so that nothing else is said of it."""
    return Curve((date(1900, 1, 31), date(2200, 1, 31)), (0.0, 0.0), name, "rate", "", "")


def schema_json() -> dict[str, Any]:
    """One JSON Schema (2020-12) document with the models of the files of a case under `$defs`."""
    _, found = models_json_schema([(model, "validation") for model in FILES.values()])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "debtcover case file",
        "description": "; ".join(f"{file}: #/$defs/{model.__name__}" for file, model in FILES.items()),
        "anyOf": [{"$ref": f"#/$defs/{model.__name__}"} for model in FILES.values()],
        "$defs": found["$defs"],
    }


@dataclass
class _Folder:
    """A folder under reading: the bytes of its files, what they hold, and what is wrong."""

    path: Path
    told: Mapping[str, bytes] | None = None
    raw: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    models: dict[str, Any] = field(default_factory=dict)
    curves: dict[str, Curve] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)
    beside: str = ""  # a file of more scenarios

    @property
    def findings(self) -> list[Finding]:
        """Everything wrong, of all files."""
        return self.found + [finding for document in self.documents.values() for finding in document.findings]

    def note(self, file: str, seen: str, allowed: str, warning: bool = False) -> None:
        self.found.append(Finding(shown(file), 0, "file", seen, allowed, warning))

    def read(self) -> None:
        """Read every file of the case."""
        if self.told is None and not isdir(self.path):  # which Path.is_dir does not say of a name that is too long
            seen = "a file" if exists(self.path) else "nothing"
            self.note(str(self.path), seen, "a case folder; `debtcover new DIR` writes one to start from")
            return
        for file, model in FILES.items():
            self._yaml(file, model)
        self._strangers()
        for file in self._curves():
            self._curve(file)
        if BESIDE in (self.told or ()):
            self.beside = BESIDE
            self._yaml(BESIDE, MoreScenarios)

    def _names(self, pattern: str) -> list[str]:
        """The files of the case that match, in order."""
        if self.told is not None:
            return sorted(name for name in self.told if PurePosixPath(name).match(pattern) and
                          name.count("/") == pattern.count("/"))
        return [path.relative_to(self.path).as_posix() for path in sorted(self.path.glob(pattern))]

    def _curves(self) -> list[str]:
        """The curves, which other files name as they name everything else."""
        found = self._names("curves/*.csv")
        wrong = [file for file in found if not re.fullmatch(SLUG, PurePosixPath(file).stem)]
        for file in wrong:
            self.note(file, PurePosixPath(file).stem, f"a curve named with {AS_SLUG}")
        if len(found) > MOST_CURVES:
            self.note("curves", f"{len(found)} files", f"at most {MOST_CURVES} curves")
            found = found[:MOST_CURVES]
        return [file for file in found if file not in wrong]

    def _bytes(self, file: str) -> bytes | None:
        try:
            self.raw[file] = self._of_workbook(file) if self.told is not None else (
                raw_of(self.path / file, inside=None if file == self.beside else self.path))
        except FileNotFoundError:
            if file in REQUIRED:
                self.note(file, "no such file", f"a case folder holds {', '.join(REQUIRED)}")
        except UnfitError as error:
            self.note(file, *error.args)
        return self.raw.get(file)

    def _of_workbook(self, file: str) -> bytes:
        assert self.told is not None
        if file not in self.told:
            raise FileNotFoundError
        fits(len(self.told[file]))
        return self.told[file]

    def _yaml(self, file: str, model: type[BaseModel]) -> None:
        raw = self._bytes(file)
        if raw is None:
            if file not in REQUIRED:
                self.models[file] = model()
            return
        document = self.documents[file] = read_document(file, raw)
        if not document.readable:
            return
        try:
            self.models[file] = model.model_validate({} if document.data is None else document.data)
        except ValidationError as error:
            note_errors(document, model, error)
        for path in list(empty_values(document)):
            document.note(path, None, "a value, or no key: the default is used", warning=True)

    def _strangers(self) -> None:
        """Files that look like those of a case and that nothing reads: a misspelt name would go unseen."""
        for file in [*self._names("*.y*ml"), *self._names("curves/*")]:
            if file not in FILES and not PurePosixPath(file).match("curves/*.csv"):
                near = difflib.get_close_matches(file, FILES, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                self.note(file, "a file that is not read", f"a case is read from {', '.join(FILES)}, curves/*.csv{hint}", True)
        for file in sorted((self.told or {}).keys() - {*FILES, *self._names("curves/*.csv"), BESIDE}):
            self.note(file, "a file that no case has", f"{', '.join(FILES)}, curves/*.csv")

    def _curve(self, file: str) -> None:
        name, raw = PurePosixPath(file).stem, self._bytes(file)
        self.curves[name] = _refused(name)
        if raw is None:
            return
        try:
            self.curves[name] = curve_of(name, raw)
        except InputError as error:
            self.found += [replace(finding, file=file) for finding in error.findings]

    def add(self, more: Path) -> None:
        """Read a file of more scenarios."""
        if self.beside:
            self.note(str(more), "more scenarios", "one file of them: the workbook brings its own")
            return
        self.beside = str(more.resolve())
        if exists(more):
            self._yaml(self.beside, MoreScenarios)
        else:
            self.note(str(more), "no such file", "a file of scenarios, as `debtcover falsify` writes it")

    def _scenarios(self) -> tuple[ScenariosFile, dict[str, str]]:
        """The scenarios of the case and those beside it, and which are beside it; a name stands once."""
        own, more = self.models.get(SCENARIOS, ScenariosFile()), self.models.get(self.beside, MoreScenarios()).scenarios
        for name in own.scenarios.keys() & more.keys():
            self.documents[self.beside].note(("scenarios", name), name, f"a name that {SCENARIOS} of the case does not use")
        return own.model_copy(update={"scenarios": {**own.scenarios, **more}}), dict.fromkeys(more, self.beside)

    def _home(self, problem: Problem, more: dict[str, str]) -> Problem:
        """A problem of a scenario that stands beside the case is one of its own file."""
        beside = problem.file == SCENARIOS and problem.path[0] == "scenarios" and problem.path[1] in more
        return replace(problem, file=self.beside) if beside else problem

    def case(self) -> Case | None:
        """The case, checked as a whole; None where a file that it needs cannot be used."""
        if not set(REQUIRED) <= set(self.models):
            return None
        general, contracts, debt = (self.models[file] for file in REQUIRED)
        scenarios, more = self._scenarios()
        told = {BESIDE if file == self.beside else file: raw for file, raw in self.raw.items()}
        case = Case(self.path, general, contracts, debt, self.models.get("company.yaml", CompanyFile()),
                    scenarios, self.curves, input_hash(told), risk=self.models.get("risk.yaml", RiskFile()), more=more,
                    edits=self.models.get(EDITS, EditsFile()), files=told,
                    bounds=self.models.get("bounds.yaml", BoundsFile()))
        for problem in (self._home(one, more) for one in problems(case)):
            document = self.documents.get(problem.file) or Document(problem.file)
            line, name = document.line(problem.path), document.name(problem.path)
            self.found.append(problem.finding(line, name))
        return case
