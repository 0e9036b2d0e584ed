"""Pieces of program compiled by LLVM: once a text, kept on disk. `llvmlite` is optional and loaded at first use."""

from __future__ import annotations

import hashlib
import inspect
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from model.sheet.kernel import emit
from model.sheet.kernel.driver import DRIVER
from model.sheet.kernel.emit import VECTOR, WIDE, Piece

KEPT = 5000
"""Pieces that stay on disk, of all compilers and programs: those that were used last."""

DECLARED = f"""
declare double @pow(double, double)
declare i64 @llvm.fptosi.sat.i64.f64(double)
declare double @llvm.floor.f64(double)
declare {VECTOR} @llvm.fma.v{WIDE}f64({VECTOR}, {VECTOR}, {VECTOR})
"""


def is_there() -> bool:
    """Whether lanes can be compiled here."""
    return find_spec("llvmlite") is not None


class Compiler:
    """Compiled pieces of this process, and those that earlier ones left on disk."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.addresses: dict[str, int] = {}
        self.compiled = 0
        self.told: Callable[[str], None] = lambda text: None

    @cached_property
    def machine(self) -> Any:
        """What this computer's processor can do."""
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        features = llvm.get_host_cpu_features().flatten()
        return llvm.Target.from_default_triple().create_target_machine(
            cpu=llvm.get_host_cpu_name(), features=features, opt=3, jit=True)

    @cached_property
    def fused(self) -> bool:
        """Whether it multiplies and adds in one step."""
        import llvmlite.binding as llvm

        return "x86" not in str(self.machine.triple) or bool(llvm.get_host_cpu_features().get("fma"))

    @cached_property
    def engine(self) -> Any:
        """Holds the code."""
        import llvmlite.binding as llvm

        return llvm.create_mcjit_compiler(llvm.parse_assembly(""), self.machine)

    @cached_property
    def folder(self) -> Path | None:
        """Where compiled pieces are kept, by compiler, processor and what writes them; None where nobody has a home."""
        import llvmlite
        import llvmlite.binding as llvm

        try:
            cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        except RuntimeError:
            cache = ""
        home = os.environ.get("DEBTCOVER_CACHE") or (Path(cache, "debtcover") if cache else None)
        processor = f"{llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"
        told = f"{llvmlite.__version__} {processor} {DRIVER}{DECLARED}{inspect.getsource(emit)}"
        return Path(home, "pieces-" + hashlib.sha256(told.encode()).hexdigest()[:16]) if home else None

    def address_of(self, pieces: Iterable[Piece]) -> list[int]:
        """Where the functions of pieces are; what is not known yet is loaded or compiled."""
        pieces = list(pieces)
        with self.lock:
            new = {piece.name: piece for piece in pieces if piece.name not in self.addresses}
            self._bring({name: partial(piece.source, self.fused) for name, piece in new.items()})
            return [self.addresses[piece.name] for piece in pieces]

    def driver(self) -> int:
        """Where the function is that walks through the periods."""
        with self.lock:
            if "drive" not in self.addresses:
                self._bring({"drive": lambda: DRIVER})
            return self.addresses["drive"]

    def _bring(self, sources: dict[str, Callable[[], str]]) -> None:
        import llvmlite.binding as llvm

        kept = {name: self._kept(name) for name in sources}
        missing = [name for name, code in kept.items() if not code]
        if missing and not self.compiled:
            kept_in = f"what is compiled is kept in {self.folder}" if self.folder else "there is no folder to keep it in"
            self.told(f"compiling for many columns at once: a first run takes longer; {kept_in}")
        for name in sources:
            code = kept[name] or self._compiled(name, sources[name]())
            self.engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self.engine.finalize_object()
        self.addresses |= {name: self.engine.get_function_address(name) for name in sources}
        if missing:
            self._prune()

    def _compiled(self, name: str, source: str) -> bytes:
        self.compiled += 1
        code: bytes = self.machine.emit_object(self.module(source))
        self._keep(name, code)
        return code

    def module(self, source: str) -> Any:
        """A source as a checked module."""
        import llvmlite.binding as llvm

        module = llvm.parse_assembly(f"{DECLARED}{source}\n!0 = !{{}}\n")
        module.verify()
        return module

    def assembly(self, piece: Piece) -> str:
        """What the processor is told: for tests."""
        return str(self.machine.emit_assembly(self.module(piece.source(self.fused))))

    # ---- on disk -----------------------------------------------------------------------------------------------------

    def _kept(self, name: str) -> bytes:
        """Code from disk; what is cut off or changed does not count."""
        if self.folder is None:
            return b""
        path = self.folder / f"{name}.o"
        try:
            told = path.read_bytes()
        except OSError:
            return b""
        with suppress(OSError):
            os.utime(path)  # used now
        return told[32:] if hashlib.sha256(told[32:]).digest() == told[:32] else b""

    def _keep(self, name: str, code: bytes) -> None:
        """Write it beside and move it in place; a folder that cannot be written is no error."""
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside = self.folder / f"{name}.{os.getpid()}.{threading.get_ident()}"
            beside.write_bytes(hashlib.sha256(code).digest() + code)
            beside.replace(self.folder / f"{name}.o")
        except OSError:
            return

    def _prune(self) -> None:
        """Throw away what has not been used for longest; what another process throws away meanwhile waits for the next time."""
        if self.folder is None:
            return
        with suppress(OSError):
            pieces = sorted(self.folder.parent.glob("pieces-*/piece_*"), key=lambda path: path.stat().st_mtime)
            for path in pieces[:-KEPT]:
                path.unlink(missing_ok=True)


COMPILER = Compiler()
"""One for the process: equal pieces are compiled once, whatever deal they come from."""
