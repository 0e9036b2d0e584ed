"""The text of a piece as a function in the language of LLVM, every operation on a vector of doubles.

The vectors are written out, so that no optimiser has to find them: they cannot be lost.
"""

from __future__ import annotations

import ast
import ctypes
import hashlib
import re
from collections.abc import Iterable

WIDE = 16
"""Lanes of one vector: two registers at least, so that one works while the other waits for a result."""
VECTOR = f"<{WIDE} x double>"
MASK = f"<{WIDE} x i1>"
POINTERS = ("w", "now", "columns", "tables", "numbers", "places", "lists")
ARGUMENTS = ", ".join([*(f"ptr %{name}" for name in POINTERS), *(f"i64 %{name}" for name in ("lanes", "stride", "last"))])
"""What a piece is called with; see `driver.py`."""
AREAS = {"h": 0, "p": 1, "k": 2, "l": 2, "f": 2}
"""Areas of the home of a piece, with their place on the list."""
WHOLE = "wxyz"
"""Places that a piece of one deal knows itself."""
_NAME = re.compile(r"[a-z]+[0-9]+")


class Piece:
    """The text of a piece, with the names that a `Segment` gives; `stores` says what goes where, for so many `lanes`."""

    def __init__(self, lines: Iterable[str], stores: Iterable[tuple[str, str]], lanes: int) -> None:
        self.lines, self.stores, self.lanes = tuple(lines), tuple(stores), lanes
        told = "\n".join([*self.lines, *(f"{place} <- {value}" for place, value in self.stores), str(lanes)])
        self.name = "piece_" + hashlib.sha256(told.encode()).hexdigest()[:24]

    def source(self, fused: bool) -> str:
        """The function in the language of LLVM; `fused` where the processor multiplies and adds in one step."""
        return _Emitter(self, fused).function()


class _Emitter:
    """Statement after statement, everything a vector."""

    def __init__(self, piece: Piece, fused: bool) -> None:
        self.piece, self.fused = piece, fused
        self.body: list[str] = []
        self.head: list[str] = []
        self.known: dict[str, str] = {}
        self._count = 0

    def function(self) -> str:
        results: dict[str, list[str]] = {}
        for place, value in self.piece.stores:
            if value[0] == "r":
                results.setdefault(value, []).append(place)
            else:  # what a place holds from another period, saved before it is written over
                self.store(place, self.vector(ast.parse(value, mode="eval").body))
        read_last = {name: n for n, line in enumerate(self.piece.lines) for name in _NAME.findall(line)}
        late: list[tuple[str, str]] = []
        for n, line in enumerate(self.piece.lines):
            made, tree = line.split(" = ", 1)
            self.known[made] = self.vector(ast.parse(tree, mode="eval").body)
            for place in results.get(made, ()):
                if read_last.get(place, -1) <= n:
                    self.store(place, self.known[made])
                else:
                    late.append((place, made))
        for place, made in late:
            self.store(place, self.known[made])
        return "\n".join([
            f"define void @{self.piece.name}({ARGUMENTS}) {{", "entry:", *self.head, "br label %strip", "strip:",
            "%i = phi i64 [0, %entry], [%next, %strip]", *self.body, f"%next = add nuw nsw i64 %i, {WIDE}",
            f"%more = icmp ult i64 %next, {self.piece.lanes}", "br i1 %more, label %strip, label %done",
            "done:", "ret void", "}"])

    def store(self, place: str, vector: str) -> None:
        """A vector to its place."""
        self.body.append(f"store {VECTOR} {vector}, ptr {self.address(place)}, align 8")

    def put(self, text: str) -> str:
        """A new value of the loop."""
        self._count += 1
        self.body.append(f"%v{self._count} = {text}")
        return f"%v{self._count}"

    # ---- expressions -------------------------------------------------------------------------------------------------

    def vector(self, node: ast.expr) -> str:
        """An expression as a vector."""
        if isinstance(node, ast.Name):
            return self.named(node.id)
        if isinstance(node, ast.Constant) or (isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)):
            return self.literal(float(ast.literal_eval(node)))
        if isinstance(node, ast.BinOp):
            if self.fused and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Name) and node.right.id[0] in "sc":
                return self.divided(self.vector(node.left), node.right.id)
            word = {ast.Add: "fadd", ast.Sub: "fsub", ast.Mult: "fmul", ast.Div: "fdiv"}[type(node.op)]
            left, right = self.vector(node.left), self.vector(node.right)
            return self.put(f"{word} {VECTOR} {left}, {right}")
        if isinstance(node, ast.IfExp):
            return self.choice(node)
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        return self.power(node) if node.func.id == "power" else self.pick(node)

    def divided(self, above: str, below: str) -> str:
        """Division by a number that all lanes share: by its inverse, put right by what is left over.

        A division takes longer than three products. With a correctly rounded inverse the correction gives the rounded quotient.
        Source: P. Markstein, Computation of elementary functions on the IBM RISC System/6000 processor, 1990."""
        if f"%inverse.{below}" not in self.known:
            self.known[f"%inverse.{below}"] = f"%inverse.{below}"
            base = "%tables" if below[0] == "s" else "%numbers"
            self.head += [f"%below.{below}.q = getelementptr double, ptr {base}, i64 {below[1:]}",
                          f"%below.{below} = load double, ptr %below.{below}.q, align 8, !invariant.load !0",
                          f"%inverse.{below} = fdiv double 1.0, %below.{below}"]
        inverse, exact = self.splat(f"%inverse.{below}"), self.named(below)
        near = self.put(f"fmul {VECTOR} {above}, {inverse}")
        back = self.put(f"fneg {VECTOR} {near}")
        left = self.put(f"call {VECTOR} @llvm.fma.v{WIDE}f64({VECTOR} {back}, {VECTOR} {exact}, {VECTOR} {above})")
        return self.put(f"call {VECTOR} @llvm.fma.v{WIDE}f64({VECTOR} {left}, {VECTOR} {inverse}, {VECTOR} {near})")

    def choice(self, node: ast.IfExp) -> str:
        test = node.test
        assert isinstance(test, ast.Compare)
        word = {ast.Lt: "olt", ast.LtE: "ole", ast.Gt: "ogt", ast.GtE: "oge", ast.Eq: "oeq", ast.NotEq: "une"}[type(test.ops[0])]
        then, other = self.vector(node.body), self.vector(node.orelse)
        left, right = self.vector(test.left), self.vector(test.comparators[0])
        mask = self.put(f"fcmp {word} {VECTOR} {left}, {right}")
        return self.put(f"select {MASK} {mask}, {VECTOR} {then}, {VECTOR} {other}")

    def literal(self, value: float) -> str:
        """The same number in every lane."""
        bits = f"0x{ctypes.c_uint64.from_buffer(ctypes.c_double(value)).value:016X}"
        return f"<{', '.join([f'double {bits}'] * WIDE)}>"

    def named(self, name: str) -> str:
        if name in ("inf", "nan"):
            return self.literal(float(name))
        if name not in self.known:
            if name[0] in "sc":
                self.known[name] = self.splat(self.scalar(name))
            else:
                self.known[name] = self.put(f"load {VECTOR}, ptr {self.address(name)}, align 8")
        return self.known[name]

    def splat(self, scalar: str) -> str:
        one = self.put(f"insertelement {VECTOR} poison, double {scalar}, i32 0")
        return self.put(f"shufflevector {VECTOR} {one}, {VECTOR} poison, <{WIDE} x i32> zeroinitializer")

    def scalar(self, name: str) -> str:
        """A number that all lanes share."""
        base = "%tables" if name[0] == "s" else "%numbers"
        where = self.put(f"getelementptr double, ptr {base}, i64 {name[1:]}")
        return self.put(f"load double, ptr {where}, align 8, !invariant.load !0")

    def address(self, name: str) -> str:
        """Where the lanes of a name begin, for this strip."""
        if name[0] in WHOLE:
            base, by = self.whole(name[0]), int(name[1:]) * self.piece.lanes
            start = self.put(f"getelementptr double, ptr {base}, i64 {by}") if by else base
        elif name[0] in AREAS:
            base, by = self.area(name[0]), int(name[1:]) * self.piece.lanes
            start = self.put(f"getelementptr double, ptr {base}, i64 {by}") if by else base
        else:
            start = self.start(name, "%w" if name[0] == "a" else "%now")
        return self.put(f"getelementptr double, ptr {start}, i64 %i")

    def whole(self, kind: str) -> str:
        """Where the workspace begins, or all columns of this period, the one before or the next."""
        if kind in "yz" and f"%{kind}" not in self.known:
            away = "sub i64 0, %stride" if kind == "y" else "add i64 0, %stride"
            self.known[f"%{kind}"] = f"%{kind}"
            self.head += [f"%away{kind} = {away}", f"%{kind} = getelementptr i8, ptr %now, i64 %away{kind}"]
        return f"%{kind}" if kind in "yz" else {"w": "%w", "x": "%now"}[kind]

    def area(self, kind: str) -> str:
        """Where an area of the home begins; of columns also a period earlier or later."""
        if kind in "lf":
            if f"%{kind}" not in self.known:
                away = "sub i64 0, %stride" if kind == "l" else "add i64 0, %stride"
                self.known[f"%{kind}"] = f"%{kind}"
                base = self.area("k")
                self.head += [f"%away{kind} = {away}", f"%{kind} = getelementptr i8, ptr {base}, i64 %away{kind}"]
            return f"%{kind}"
        return self.listed(f"%{kind}", AREAS[kind], "%now" if kind == "k" else "%w")

    def start(self, name: str, base: str) -> str:
        """The same for something of another home, by its place on the list: the workspace's, columns', what is picked from."""
        return self.listed(f"%{name}", 3 + {"a": 0, "b": 1, "m": 2, "g": 2}[name[0]] + 3 * int(name[1:]), base)

    def listed(self, key: str, number: int, base: str) -> str:
        """A pointer from the list of places; found once a call."""
        if key not in self.known:
            self.known[key] = key
            self.head += [f"{key}.q = getelementptr i64, ptr %places, i64 {number}",
                          f"{key}.o = load i64, ptr {key}.q, align 8, !invariant.load !0",
                          f"{key} = getelementptr i8, ptr {base}, i64 {key}.o"]
        return key

    # ---- calls -------------------------------------------------------------------------------------------------------

    def power(self, node: ast.Call) -> str:
        base, exponent = (self.vector(arg) for arg in node.args)
        found = "poison"
        for lane in range(WIDE):
            x, y = (self.put(f"extractelement {VECTOR} {v}, i32 {lane}") for v in (base, exponent))
            one = self.put(f"call double @pow(double {x}, double {y})")
            found = self.put(f"insertelement {VECTOR} {found}, double {one}, i32 {lane}")
        return found

    def pick(self, node: ast.Call) -> str:
        """A column in another period: one for all lanes, or one for each."""
        column, index = node.args
        assert isinstance(column, ast.Name)
        shared = isinstance(index, ast.Constant) or (isinstance(index, ast.Name) and index.id[0] in "sc")
        if shared and column.id[0] == "m":
            inside, at = self.period(self.scalar(index.id) if isinstance(index, ast.Name) else repr(ast.literal_eval(index)))
            found = self.put(f"load {VECTOR}, ptr {self.cell(column.id, at, '%i')}, align 8")
            return self.put(f"select i1 {inside}, {VECTOR} {found}, {VECTOR} zeroinitializer")
        periods, found = self.vector(index), "poison"
        for lane in range(WIDE):
            inside, at = self.period(self.put(f"extractelement {VECTOR} {periods}, i32 {lane}"))
            here = self.put(f"add i64 %i, {lane}")
            one = self.put(f"load double, ptr {self.cell(column.id, at, here)}, align 8")
            one = self.put(f"select i1 {inside}, double {one}, double 0.0")
            found = self.put(f"insertelement {VECTOR} {found}, double {one}, i32 {lane}")
        return found

    def period(self, value: str) -> tuple[str, str]:
        """Whether a period lies on the sheet, and its number, 0 where it does not."""
        below = self.put(f"call double @llvm.floor.f64(double {value})")
        whole = self.put(f"call i64 @llvm.fptosi.sat.i64.f64(double {below})")
        inside = self.put(f"icmp ule i64 {whole}, %last")
        return inside, self.put(f"select i1 {inside}, i64 {whole}, i64 0")

    def cell(self, column: str, at: str, lane: str) -> str:
        """Where a column has its number of a period, for a lane; a list that does not move has one for all."""
        if column[0] == "g":
            start = self.start(column, "%lists")
            return self.put(f"getelementptr double, ptr {start}, i64 {at}")
        start = self.start(column, "%columns")
        along = self.put(f"mul i64 {at}, %stride")
        begin = self.put(f"getelementptr i8, ptr {start}, i64 {along}")
        return self.put(f"getelementptr double, ptr {begin}, i64 {lane}")
