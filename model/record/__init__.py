"""What a run has to say, as plain data: run.json, the records of its pairs, the actions of its waterfalls."""

from model.record.document import record, version
from model.record.pairs import pair_records
from model.record.waterfall import actions

__all__ = ["actions", "pair_records", "record", "version"]
