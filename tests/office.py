"""LibreOffice kept open on one workbook, for the Python that knows UNO (Debian: python3-uno).

Run as a script by that Python, it starts soffice with the profile that it is told and answers requests in pickles, one by
one: standard input to standard output. Sheets and cells are named as in the file.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

Cell = tuple[str, str]
ERROR = "#ERROR"
PATIENCE = 60.0  # seconds to wait for soffice


class Office:
    """One workbook in a soffice of its own."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.sheets = {name: document.Sheets.getByName(name) for name in document.Sheets.ElementNames}

    def values(self) -> dict[str, tuple[tuple[Any, ...], ...]]:
        """What every sheet shows, from A1 to the last cell in use."""
        return {name: tuple(tuple(ERROR if value is None else value for value in line) for line in _used(sheet).getDataArray())
                for name, sheet in self.sheets.items()}

    def read(self, cells: list[Cell]) -> list[Any]:
        """What some cells show."""
        shown = (self._cell(at).getDataArray()[0][0] for at in cells)
        return [ERROR if value is None else value for value in shown]

    def write(self, cells: dict[Cell, Any]) -> None:
        """Numbers and texts as if typed; None empties a cell. What rests on them follows when it is read."""
        for at, value in cells.items():
            cell = self._cell(at)
            cell.setDataArray((("" if value is None else value,),))

    def calculate(self) -> None:
        """Every formula anew, whatever rests on what."""
        self.document.calculateAll()

    def overwritten(self, cells: dict[Cell, Any], watched: Cell) -> dict[Cell, Any]:
        """What `watched` shows while one cell after the other holds a value instead of its formula."""
        seen = {}
        for at, value in cells.items():
            cell = self._cell(at)
            formula = cell.getFormula()
            if not formula.startswith("="):
                raise ValueError(f"{at} holds no formula")
            self.write({at: value})
            seen[at] = self.read([watched])[0]
            cell.setFormula(formula)
        return seen

    def _cell(self, at: Cell) -> Any:
        return self.sheets[at[0]].getCellRangeByName(at[1])


def _used(sheet: Any) -> Any:
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.RangeAddress
    return sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)


@contextmanager
def opened(path: str, profile: str) -> Iterator[Any]:
    """The document of a file, calculated anew as the profile says."""
    import uno
    from com.sun.star.beans import PropertyValue

    pipe = f"pipe,name=debtcover-{Path(profile).parent.name};urp"
    command = ["soffice", f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore", "--nodefault",
               f"--accept={pipe};"]
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        here = uno.getComponentContext()
        resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
        there = _answer(lambda: resolver.resolve(f"uno:{pipe};StarOffice.ComponentContext"), program)
        desktop = there.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", there)
        hidden = PropertyValue("Hidden", 0, True, 0)
        document = desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, (hidden,))
        try:
            yield document
        finally:
            document.close(True)
            with suppress(Exception):  # soffice may hang up before it has answered
                desktop.terminate()
    finally:
        try:
            program.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            program.kill()


def _answer(ask: Callable[[], Any], program: subprocess.Popen[bytes]) -> Any:
    """What soffice says as soon as it listens."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except Exception:  # UNO's own exceptions have no common class outside soffice
            if program.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.1)


def main(path: str, profile: str) -> None:
    """Answer until the other side hangs up."""
    with opened(path, profile) as document:
        office = Office(document)
        while True:
            try:
                name, arguments = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            try:
                answer = getattr(office, name)(*arguments)
            except Exception as error:
                answer = RuntimeError(f"{type(error).__name__}: {error}")
            pickle.dump(answer, sys.stdout.buffer)
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
