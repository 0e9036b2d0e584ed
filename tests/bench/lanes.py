"""How numba compiles what is written by hand here: exact arithmetic, no lock of the interpreter, vectors as wide as they come.

Left alone, LLVM halves vectors on many processors that have wide ones; the kernel writes them out, so its rivals may have them.
"""

from __future__ import annotations

import llvmlite.binding as llvm
import numba

LANES = {"error_model": "numpy", "nogil": True, "cache": True}

_features = llvm.get_host_cpu_features()
if _features.get("avx512f"):
    numba.config.CPU_FEATURES = _features.flatten() + ",-prefer-256-bit"
