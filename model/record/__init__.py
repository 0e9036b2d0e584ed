"""What a run has to say, as plain data: run.json and the records of its pairs."""

from model.record.document import record, version
from model.record.pairs import pair_records

__all__ = ["pair_records", "record", "version"]
