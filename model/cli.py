"""The command line: one group of commands, whose errors are told in words.

Exit status: 0 done, 1 done but not `holds` under --strict, 2 usage or input refused, 3 not written or a check failed,
130 interrupted, 141 nobody reads on. Results go to standard output, messages to standard error.
"""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from model import __version__
from model.commands import COMMANDS
from model.commands.steps import message
from model.errors import DebtcoverError, InputError

INTERRUPTED, BROKEN, UNREAD = 130, 3, 141


class Commands(click.Group):
    """A group whose errors are told in words and end with the exit status of their kind."""

    def main(self, *args: Any, **more: Any) -> Any:
        """Ctrl-C before a command has begun ends with the same status as after."""
        try:
            return super().main(*args, **more)
        except SystemExit as ending:
            if isinstance(ending.__context__, click.Abort):
                raise SystemExit(INTERRUPTED) from None
            raise

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; no traceback unless DEBTCOVER_DEBUG is set."""
        try:
            with ended_as_interrupted():
                done = super().invoke(ctx)
                sys.stdout.flush()
                return done
        except (KeyboardInterrupt, click.Abort):
            message("interrupted; what was written before still stands")
            ctx.exit(INTERRUPTED)
        except InputError as error:
            refuse(ctx, error)
        except DebtcoverError as error:
            fail(ctx, error, str(error))
        except BrokenPipeError:
            from model.report.screen import unread

            unread()
            ctx.exit(UNREAD)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except OSError as error:
            from model.report.screen import unread

            unread()
            fail(ctx, error, f"{error.filename or 'standard output'}: {error.strerror or error}")
        except Exception as error:
            fail(ctx, error, f"internal error: {type(error).__name__}: {error} (DEBTCOVER_DEBUG=1 shows where)")


@contextmanager
def ended_as_interrupted() -> Iterator[None]:
    """Who asks the process to end is heard as Ctrl-C is: what was begun is cleared away first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {one: signal.signal(one, signal.default_int_handler) or signal.SIG_DFL
              for one in asked if signal.getsignal(one) != signal.SIG_IGN}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def refuse(ctx: click.Context, error: InputError) -> NoReturn:
    """Every finding at once."""
    wrong = sum(not finding.warning for finding in error.findings)
    message(f"refused: {wrong} {'error' if wrong == 1 else 'errors'} in the case, nothing was written")
    for finding in error.findings:
        message(f"  {finding}")
    ctx.exit(error.exit_code)


def fail(ctx: click.Context, error: Exception, text: str) -> NoReturn:
    """The reason, and the exit status of its kind."""
    if os.environ.get("DEBTCOVER_DEBUG"):
        raise error
    message(f"failed: {text}")
    ctx.exit(getattr(error, "exit_code", BROKEN))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="debtcover")
def main() -> None:
    """Do the contracts of a GPU cloud cover the debt that bought its GPUs?

    CASE is a case folder, or a workbook that debtcover wrote and in which blue cells may have been changed; `debtcover new DIR`
    writes a folder to start from.
    """
    gc.set_threshold(500_000)  # books and pages stay until the end: to look for circles in them costs a tenth of a run
    atexit.register(gc.freeze)  # and at the end the process gives its memory back as a whole


for command in COMMANDS:
    main.add_command(command)
