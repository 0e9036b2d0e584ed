"""A process that runs commands and ends itself, with a stack, at whatever the program must never do.

`python guarded.py COMMANDS` with a JSON list of command lines; `python guarded.py --plant NAME` does one of those things. The
hook of the interpreter hears them whoever asks, the libraries too: a connection or a look-up of a name, another process, a class
out of a pickle, code in which a word of the input stands (MARK: all of them hold it), code that a file of the program runs but
those two that write it from formulas, a file that is written outside the working folder. Beside it: `sum` of floats, which
rounds otherwise since Python 3.12; `math.fsum` is the same in all.
"""

from __future__ import annotations

import builtins
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any

MARK = "quokka"
STOPPED = 97
REFUSED = ("socket.", "subprocess.", "pickle.", "pty.", "urllib.", "http.", "webbrowser.", "os.system", "os.exec", "os.fork",
           "os.posix_spawn", "os.spawn", "os.startfile")
WRITERS = ("sheet/walk.py", "sheet/kernel/scalar.py")
HEARD: Counter[str] = Counter()
PROGRAM: list[str] = []  # the folder of the package, once it is imported


def stop(*told: object) -> None:
    """No exception, which somebody might catch."""
    import traceback

    sys.stderr.write(f"refused: {' '.join(map(str, told))[:300]}\n")
    traceback.print_stack()
    sys.stderr.flush()
    os._exit(STOPPED)


def words_of(code: object) -> str:
    """What stands in a source or in code that is ready."""
    if not isinstance(code, CodeType):
        return code.decode("latin-1") if isinstance(code, bytes) else str(code)
    return " ".join([*code.co_names, *code.co_varnames, *(words_of(one) for one in code.co_consts)])


def hear(event: str, told: tuple[Any, ...]) -> None:
    """The hook."""
    if event.startswith(REFUSED):
        stop(event, told)
    elif event in ("exec", "compile", "import", "ctypes.dlopen"):
        HEARD[event] += 1
        if MARK in words_of(told[0]):
            stop(event, "with a word of the input", told)
        asked = sys._getframe(1).f_code.co_filename
        if event in ("exec", "compile") and PROGRAM and asked.startswith(PROGRAM[0]) and not asked.endswith(WRITERS):
            stop(event, "asked for by", asked)
    elif event == "open" and written(told):
        HEARD["written"] += 1
        path = os.path.realpath(os.fsdecode(told[0]))
        if not path.startswith(os.path.realpath(os.getcwd()) + os.sep) and path != os.devnull:
            stop("writes outside the working folder:", path)


def written(told: tuple[Any, ...]) -> bool:
    """Whether a file is opened by name and for more than reading."""
    path, mode, flags = told
    return not isinstance(path, int) and bool(flags & (os.O_WRONLY | os.O_RDWR) if isinstance(flags, int) else mode != "r")


def compiled_texts() -> None:
    """What LLVM compiles is code too, and no event of the interpreter."""
    try:
        import llvmlite.binding as llvm
    except ImportError:
        return
    parse = llvm.parse_assembly

    def heard(text: str, *more: Any) -> Any:
        HEARD["llvm"] += 1
        return stop("LLVM: a word of the input") if MARK in text else parse(text, *more)

    llvm.parse_assembly = heard


def adding() -> None:
    """Floats are not added up with `sum`."""
    add = builtins.sum

    def heard(these: Iterable[Any], start: Any = 0) -> Any:
        these = list(these)
        asked = sys._getframe(1).f_code.co_filename
        if asked.startswith(PROGRAM[0]) and len(these) > 1 and any(type(one) is float for one in these):
            stop("sum of floats in", asked, these)
        return add(these, start)

    builtins.sum = heard


def run(commands: list[list[str]]) -> None:
    """One after the other; what each printed is the caller's."""
    import model
    from model.cli import main

    PROGRAM.append(os.path.dirname(model.__file__) + os.sep)
    compiled_texts()
    adding()
    for command in commands:
        try:
            main(command)
        except SystemExit as ending:
            if ending.code:
                stop("exit", ending.code, *command)
    sys.stderr.write(json.dumps(HEARD) + "\n")


def inside() -> None:
    """What a line in a file of the program would do."""
    PROGRAM.append("/there/model/")
    exec(compile("eval('1 + 1')", "/there/model/inputs/read.py", "exec"))


def planted() -> dict[str, Callable[[], object]]:
    """What must be refused, one of each kind."""
    import pickle
    import socket
    import subprocess

    return {
        "connection": lambda: socket.create_connection(("127.0.0.1", 9)),
        "name": lambda: socket.getaddrinfo("example.org", 443),
        "process": lambda: subprocess.run([sys.executable, "--version"], check=False),
        "shell": lambda: os.system("true"),
        "pickle": lambda: pickle.loads(b"cos\nsystem\n."),
        "word": lambda: eval("quokka - 4711"),
        "text": lambda: compile("print('quokka')", "<string>", "exec"),
        "module": lambda: __import__("quokka"),
        "inside": inside,
        "sum": lambda: (PROGRAM.append("/there/model/"), adding(),
                        eval(compile("sum([0.1, 0.2])", "/there/model/inputs/read.py", "eval"))),
        "outside": lambda: open("../beside", "w"),
    }


if __name__ == "__main__":
    plants = planted() if sys.argv[1] == "--plant" else {}
    sys.addaudithook(hear)
    plants[sys.argv[2]]() if plants else run(json.loads(sys.argv[1]))
