"""The parts of a workbook against the schemas of its file format, as the Open XML SDK holds them: it opens without repair.

The SDK knows what the transitional schemas of ECMA-376 allow, what refers to what, and what Excel adds to both.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openxml_audit import OpenXmlValidator, ValidationSeverity

from model.report.layout import INPUTS, OVER_TIME, TIME, WORKINGS
from tests.test_workbook import EVERYTHING, FOLDERS, SMALL, written

HEARD = list(FOLDERS) if EVERYTHING else ["every-kind", "coreweave-ddtl-4-benchmark", SMALL]
LAST_LINE = 40
ROW = re.compile(rb'<row r="(\d+)".*?</row>', re.S)
LATER = re.compile(rb'<c r="(?:[L-Z]|[A-Z]{2,3})\d+"[^>]*?(?:/>|>.*?</c>)', re.S)


def trimmed(path: Path, target: Path, **spoilt: tuple[bytes, bytes]) -> Path:
    """A copy whose sheets along time end at line 40 and column K, as what follows is of the same kind and there is much of it.

    In parts named by the end of their names, the first bytes of a pair are replaced by the second.
    """
    titles = load_workbook(path, read_only=True).sheetnames
    long = {f"xl/worksheets/sheet{n}.xml" for n, title in enumerate(titles, 1) if title in (*WORKINGS, OVER_TIME, TIME, INPUTS)}
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            part = source.read(name)
            if name in long and not EVERYTHING:
                part = ROW.sub(lambda row: b"" if int(row[1]) > LAST_LINE else LATER.sub(b"", row[0]), part)
            for end, (found, other) in spoilt.items():
                if name.endswith(f"/{end}.xml"):
                    assert found in part, end
                    part = part.replace(found, other, 1)
            copy.writestr(name, part)
    return target


def faults(path: Path) -> list[str]:
    """What the schemas do not allow.

    The order of what a font says is left out: any is allowed by the standard (CT_Font is a choice without end), one by the
    SDK. Text beside its cell instead of in a common table is a warning of what Excel does when it saves.
    """
    found = OpenXmlValidator(max_errors=0).validate(path).errors
    told = [f"{one.part_uri} {one.path}: {one.description}" for one in found if one.severity is ValidationSeverity.ERROR]
    return [one for one in told if not re.match(r"/xl/styles\.xml /styleSheet\[1\]/fonts\[1\]/font\[\d+\]: Unexpected", one)]


@pytest.mark.slow
@pytest.mark.parametrize("case", HEARD)
def test_every_part_is_as_the_schemas_want_it(case: str, tmp_path: Path) -> None:
    path = written(case)
    assert not faults(trimmed(path, tmp_path / "trimmed.xlsx"))


def test_a_fault_in_a_part_is_found(tmp_path: Path) -> None:
    """An element out of order, a word for a number, names that do not exist: each is told with its part."""
    path = written(SMALL)
    told = faults(trimmed(
        path, tmp_path / "spoilt.xlsx",
        sheet1=(b"<sheetViews>", b'<printOptions /><sheetViews>'), sheet2=(b'zoomScale="85"', b'zoomScale="wide"'),
        sheet3=(b'<selection ', b'<selected '), workbook=(b"<definedNames>", b"<definedNoms /><definedNames>"),
        chart1=(b"<plotArea>", b"<legende /><plotArea>"), styles=(b"<fills ", b"<filled /><fills ")))
    parts = ("worksheets/sheet1", "worksheets/sheet2", "worksheets/sheet3", "workbook", "charts/chart1", "styles")
    assert [part for part in parts if not any(one.startswith(f"/xl/{part}.xml") for one in told)] == []
