"""The lists of whole numbers that the driver walks through: which piece is called when, with which places and numbers."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from model.sheet.formula import Array
from model.sheet.kernel.native import COMPILER
from model.sheet.kernel.tree import Item

if TYPE_CHECKING:
    from model.sheet.kernel.lanes import Lanes, Part, Segment


class Plan:
    """The program of a deal as the driver reads it. `width` is what one place takes, `stride` one period of all columns."""

    def __init__(self, lanes: Lanes, width: int) -> None:
        self.lanes, self.places, self.width = lanes, lanes.places, width * 8
        self.periods = lanes.periods + 2
        self.stride = max(1, len(lanes.columns)) * self.width
        self.kept: list[Array] = []
        self.driver = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p, ctypes.c_int64] * 3, *[ctypes.c_void_p] * 3,
                                       *[ctypes.c_int64] * 5)(COMPILER.driver())
        segments = [segment for part in lanes.parts for segment in part.segments]
        self.code = dict(zip(map(id, segments), COMPILER.address_of([s.piece(width) for s in segments]), strict=True))
        self.tables = lanes.lowered.tables
        self.lists = np.concatenate([np.zeros(1), *self.tables])
        self.parts = np.array([number for part in lanes.parts for number in self._part(part)], dtype=np.int64)

    def _part(self, part: Part) -> list[int]:
        calls: list[int] = []
        read: list[int] = []
        for segment in part.segments:
            constants = self._keep(np.array(segment.constants, dtype=float))
            calls += [self.code[id(segment)], len(read) * 8, constants, self._keep(self._places(segment))]
            read += segment.tables
        numbers = np.array([self.tables[place] for place in read]).reshape(len(read), self.periods).T
        return [self._keep(np.array(calls, dtype=np.int64)), len(part.segments), part.first, part.last, part.step,
                self._keep(np.ascontiguousarray(numbers)), len(read) * 8]

    def _keep(self, array: Array) -> int:
        """The address of an array that stays."""
        self.kept.append(array)
        return int(array.ctypes.data)

    def _places(self, segment: Segment) -> Array:
        """Where the areas of the home begin, then what is listed: workspace, columns, what is picked from, in turn."""
        areas = (segment.scratch, self.places.kept_of.get(segment.home, 0), self.places.column_of.get(segment.home, 0))
        kinds = ([place.whole * self.width for place in segment.workspace],
                 [place.whole * self.width + by * self.stride for place, by in segment.columns],
                 [(1 + one * self.periods) * 8 if isinstance(one, int) else one.whole * self.width for one in segment.picked])
        told = np.zeros(3 + 3 * max(map(len, kinds), default=0), dtype=np.int64)
        told[:3] = [area * self.width for area in areas]
        for n, kind in enumerate(kinds):
            told[3 + n : 3 + n + 3 * len(kind) : 3] = kind
        return told

    def run(self, workspace: Array, columns: Array, ins: Mapping[Item, Array], outs: Sequence[Array], blocks: int) -> None:
        """Every block of lanes, in this thread."""
        into, out = self._copies(ins.items()), self._copies(zip(self.lanes.order.targets, outs, strict=True))
        self.driver(self.parts.ctypes.data, len(self.lanes.parts), into.ctypes.data, len(into), out.ctypes.data, len(out),
                    workspace.ctypes.data, columns.ctypes.data, self.lists.ctypes.data, self.width // 8, self.stride,
                    self.periods - 1, 0, blocks)

    def _copies(self, pairs: Iterable[tuple[Item, Array]]) -> Array:
        found = []
        for item, array in pairs:
            if item in self.lanes.columns:
                found.append((array.ctypes.data, array.strides[0], array.shape[0], self.lanes.columns[item].whole * self.width,
                              self.stride, 1))
            elif item in self.places.at:
                found.append((array.ctypes.data, 0, 1, self.places.at[item].whole * self.width, 0, 0))
        return np.array(found, dtype=np.int64).reshape(len(found), 6)
