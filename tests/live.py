"""LibreOffice as a live judge: one soffice that stays open, so that a change costs milliseconds and not a start."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils import get_column_letter

from tests import office
from tests.judges import HAVE_LIBREOFFICE, RECALCULATE_ALWAYS, Cells, Test

SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's, for which python3-uno is made


@cache
def knows_uno() -> bool:
    """Whether Debian's Python can talk to soffice."""
    if not HAVE_LIBREOFFICE or not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0


def live_libreoffice(test: Test) -> Test:
    """Marks a test that needs a live LibreOffice. Where it is missing the test is skipped, but fails in CI."""
    may_skip = not knows_uno() and not os.environ.get("CI")
    skip = pytest.mark.skipif(may_skip, reason="no soffice on PATH, or no python3-uno to talk to it")
    return pytest.mark.libreoffice(skip(test))  # type: ignore[no-any-return]


class LibreOffice:
    """A workbook open in LibreOffice, in memory: the file stays as it is. To be closed, as a `with` does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.folder = tempfile.TemporaryDirectory(prefix="office-")
        profile = Path(self.folder.name, "profile")
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(RECALCULATE_ALWAYS, encoding="utf-8")
        copy = shutil.copy(path, self.folder.name)  # a file that is open elsewhere would be refused
        command = [SYSTEM_PYTHON, office.__file__, copy, str(profile)]
        self.program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> LibreOffice:
        return self

    def __exit__(self, *_: object) -> None:
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.program.stdin.close()
        self.program.wait(2 * office.PATIENCE)
        self.program.stdout.close()
        self.folder.cleanup()

    def _ask(self, name: str, *arguments: Any) -> Any:
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        pickle.dump((name, arguments), self.program.stdin)
        self.program.stdin.flush()
        answer = pickle.load(self.program.stdout)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def change(self, cells: Mapping[tuple[str, str], Any]) -> None:
        """Type numbers and texts into cells; None empties one."""
        self._ask("write", dict(cells))

    def calculate(self) -> None:
        """Calculate every formula anew."""
        self._ask("calculate")

    def one(self, sheet: str, cell: str) -> Any:
        return self._ask("read", [(sheet, cell)])[0]

    def values(self) -> Cells:
        """Every filled cell by (sheet, "D7")."""
        return {(sheet, f"{letter}{number}"): value for sheet, lines in self._ask("values").items()
                for letters in [[get_column_letter(column) for column in range(1, len(lines[0]) + 1)]]
                for number, line in enumerate(lines, start=1)
                for letter, value in zip(letters, line, strict=True) if value != ""}

    def overwritten(self, cells: Mapping[tuple[str, str], Any], watched: tuple[str, str]) -> dict[tuple[str, str], Any]:
        """What `watched` shows while one cell after the other holds a value instead of its formula."""
        return self._ask("overwritten", dict(cells), watched)  # type: ignore[no-any-return]
