"""Case folders: what they may say (`schema`), how they are read (`read`) and what must hold across them (`check`)."""

from __future__ import annotations

from model.inputs.check import months_needed
from model.inputs.read import input_hash, load_case, schema_json
from model.inputs.schema import Case
from model.inputs.starter import write_starter

__all__ = ["Case", "input_hash", "load_case", "months_needed", "schema_json", "write_starter"]
