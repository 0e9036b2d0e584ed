"""Everything that can go wrong, as one tree.

    DebtcoverError
    ├── InputError      the case is refused            exit 2   carries every finding at once
    ├── BuildError      the declarations do not hold together   exit 3
    ├── CheckError      a result breaks its own rules  exit 3
    └── OutputError     nothing could be written       exit 3
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """One thing wrong with an input: where it stands, what was seen, what is allowed."""

    file: str
    line: int
    field: str
    seen: str
    allowed: str
    warning: bool = False

    def __str__(self) -> str:
        word = "warning" if self.warning else "error"
        text = f"{self.file}:{self.line}: {word}: {self.field}: saw {self.seen}; {self.allowed}"
        return "".join(c if c.isprintable() else " " for c in text)  # one line, whatever stands in a name


class DebtcoverError(Exception):
    """Root of all errors that a user may meet; the exit code stands on the class."""

    exit_code = 3


class InputError(DebtcoverError):
    """A case that cannot be accepted. `findings` holds everything that was wrong with it."""

    exit_code = 2

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(set(findings)))
        super().__init__("\n".join(map(str, self.findings)))


class BuildError(DebtcoverError):
    """Declarations that cannot become a book: a circle, a wrong shape, a ratio in arithmetic."""


class CheckError(DebtcoverError):
    """A figure that breaks conservation or a tie-out: the run stops rather than print it."""


class OutputError(DebtcoverError):
    """A file that could not be written; what stood there before still stands."""


class RequestError(DebtcoverError):
    """Asked for something that the case does not hold, or that needs a library which is not installed."""

    exit_code = 2
