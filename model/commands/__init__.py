"""The commands, by what they are for. Each loads what it needs when it is called, so that `--help` costs nothing."""

from model.commands.attack import falsify, simulate, stress
from model.commands.case import check, diff, import_workbook, new, schema
from model.commands.judge import backtest, explain, run
from model.commands.prove import bounds
from model.commands.request import size, value

COMMANDS = (run, check, explain, stress, falsify, simulate, bounds, backtest, size, value, import_workbook, diff, new, schema)
