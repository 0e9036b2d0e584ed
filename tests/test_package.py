"""What is installed: what it depends on, what the wheel holds, that it is the same wherever it is built; what make promises."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from importlib.metadata import PackageNotFoundError, metadata, packages_distributions
from pathlib import Path

import pytest

import model
from tests.delivered import PACKAGE, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FOR_WORK = {"test", "bench", "dev"}  # extras of who works on the program


def plain(name: str) -> str:
    """A name or requirement as registries compare it."""
    return re.split(r"[<>=\[; ]", name)[0].lower().replace("_", "-").replace(".", "-")


# ---- what it depends on ----------------------------------------------------------------------------------------------


def told() -> dict[str, tuple[str, str]]:
    """Extra and licence of each dependency, as the table of the README has them."""
    found = re.findall(r"^\| `([\w.-]+)` \| (?:`(\w+(?:`, `\w+)*)`|) ?\| [^|]+ \| ([\w.-]+) \|$", README, re.M)
    return {plain(name): (extra, licence) for name, extra, licence in found}


def test_the_readme_lists_every_dependency() -> None:
    wanted = {plain(one): "" for one in PROJECT["dependencies"]}
    for extra, needs in PROJECT["optional-dependencies"].items():
        for name in map(plain, needs if extra not in FOR_WORK else ()):
            wanted[name] = f"{wanted[name]}`, `{extra}" if name in wanted else extra
    assert {name: extra for name, (extra, _) in told().items()} == wanted


def test_every_dependency_is_needed_and_nothing_else_is() -> None:
    homes = packages_distributions()
    imported = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else (
                [str(node.module)] if isinstance(node, ast.ImportFrom) and not node.level else [])
            imported |= {name.split(".")[0] for name in names}
    others = imported - sys.stdlib_module_names - {"model"}
    owners = {plain(owner) for name in others for owner in homes.get(name, [name])} | {"quantlib"}  # looked up by its name
    assert owners - {"pydantic-core"} == set(told())  # which is pydantic's own


@pytest.mark.parametrize("name", told())
def test_licences_are_those_that_the_distributions_tell(name: str) -> None:
    try:
        found = metadata(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is not installed")
    lines = [value for key, value in found.items() if key in ("License-Expression", "License", "Classifier")]
    said = told()[name][1]
    assert any(re.match(re.escape(said), line) or line.endswith(f":: {said.split('-')[0]} License") for line in lines), lines


# ---- the wheel -------------------------------------------------------------------------------------------------------

IN_SOURCE = (ROOT / "model").is_dir()
BUILD = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
DATA = {"py.typed", "simulate/defaults.yaml", "stress/catalogue.yaml"} | {f"inputs/starter_case/{name}" for name in (
    "case.yaml", "company.yaml", "contracts.yaml", "debt.yaml", "scenarios.yaml", "curves/sofr.csv")}


def built(folder: Path, **places: str) -> Path:
    """The wheel of a copy of the source in which other things lie about."""
    source = folder / "source"
    shutil.copytree(ROOT / "model", source / "model")
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".gitignore"):
        shutil.copy(ROOT / name, source)
    for litter in ("tests/test_x.py", "model/__pycache__/x.cpython-311.pyc", ".venv/x.py", "outputs/x.xlsx"):
        (source / litter).parent.mkdir(parents=True, exist_ok=True)
        (source / litter).write_text("x = 1\n", encoding="utf-8")
    for path in source.rglob("*"):
        path.chmod(0o700 if path.is_dir() else int(places.get("MODE", "644"), 8))
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1764547200", **places}
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=source, env=environment, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="builds wheels; comes with the extra test")
    if not IN_SOURCE:
        pytest.skip("here the wheel is what is tested: there is nothing to build it from")
    return built(tmp_path_factory.mktemp("wheel"))


def test_a_wheel_has_the_same_bytes_wherever_it_is_built(wheel: Path, tmp_path: Path) -> None:
    elsewhere = built(tmp_path, TZ="Asia/Tokyo", PYTHONHASHSEED="4711", LC_ALL="C", MODE="600")
    assert elsewhere.read_bytes() == wheel.read_bytes()


def test_the_wheel_holds_the_program_and_its_data_and_nothing_else(wheel: Path) -> None:
    beside = f"debtcover-{model.__version__}.dist-info"
    of_wheel = {f"{beside}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
    program = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")}
    with zipfile.ZipFile(wheel) as parts:
        assert set(parts.namelist()) == {f"model/{name}" for name in program | DATA} | of_wheel
        assert parts.read(f"{beside}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()
        says = Parser().parsestr(parts.read(f"{beside}/METADATA").decode("utf-8"))
    assert (says["Name"], says["Version"]) == ("debtcover", model.__version__)
    assert (says["License-Expression"], says["License-File"], says["Requires-Python"]) == ("Apache-2.0", "LICENSE", ">=3.11")
    assert str(says.get_payload()).strip() == README.strip()
    needed = {plain(one) for one in says.get_all("Requires-Dist", []) if "extra ==" not in one}
    assert needed == {plain(one) for one in PROJECT["dependencies"]}


def test_what_runs_here_has_its_data() -> None:
    """Of a checkout as of a wheel that was installed."""
    assert {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*")
            if path.is_file() and path.suffix not in (".py", ".pyc")} == DATA


# ---- make, and the Pythons -------------------------------------------------------------------------------------------


def test_the_readme_names_what_make_can_do() -> None:
    targets = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[0].split()
    assert set(re.findall(r"(?:^|`|[A-Z_]+=\S+ )make ([a-z-]+)", README, re.M)) == set(targets) - {"clean"}


def test_the_pythons_that_are_named_are_those_that_are_tested() -> None:
    named = {one.rpartition(" ")[2] for one in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", one)}
    assert PROJECT["requires-python"] == f">={min(named, key=lambda one: int(one[2:]))}"
    (said,) = re.findall(r"tested on Python (3\.\d+), (3\.\d+) and (3\.\d+)", README)
    assert set(said) == named
