"""The same inputs give the same file, wherever and whenever it is written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.delivered import the_book
from tests.test_workbook import FOLDERS, ROOT

CASE = "coreweave-ddtl-4-benchmark"
PLACE = {"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONOPTIMIZE": "1"}
"""Order of sets and dictionaries, clock, language and coding of text: nothing of these is in the file."""


def test_the_bytes_do_not_know_where_they_are_written(tmp_path: Path) -> None:
    """Another process, another working folder, another time and language."""
    here = the_book(CASE)
    command = [sys.executable, "-m", "model", "run", str(FOLDERS[CASE]), "--out", "there"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), **PLACE}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert run.returncode in (0, 1), run.stderr.decode(errors="replace")
    assert (tmp_path / "there" / f"{CASE}.xlsx").read_bytes() == here.read_bytes()
