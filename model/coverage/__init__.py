"""Coverage: the cash of contracts against the service and balance of the debt mapped to them."""

from model.coverage.cover import Cover
from model.coverage.loss import AllCash, Loss
from model.coverage.pair import Pair
from model.coverage.pool import Pool
from model.coverage.relied import SupportedCover
from model.coverage.slice import Slice
from model.coverage.support import SupportCash, SupportedSlice

__all__ = ["AllCash", "Cover", "Loss", "Pair", "Pool", "Slice", "SupportCash", "SupportedCover", "SupportedSlice"]
