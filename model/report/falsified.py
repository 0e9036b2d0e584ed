"""What a search for a counter-example prints and leaves behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from model.falsify import lines
from model.report.files import Writer, as_json
from model.report.screen import Screen

Json = Any


def show(record: Json, as_data: bool) -> None:
    """The record as sentences, or as it is."""
    if as_data:
        click.echo(as_json(record), nl=False)
        return
    screen = Screen()
    for text in lines(record):
        screen.say(text.lstrip(), indent=len(text) - len(text.lstrip()))


def write_yaml(text: str) -> Writer:
    """falsified.yaml: the same bytes on every machine."""

    def write(path: Path) -> None:
        path.write_bytes(text.encode("ascii"))

    return write
