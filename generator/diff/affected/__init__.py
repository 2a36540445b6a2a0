"""Which services a change can alter, by environment, for CI that splits its work over many runners."""

from generator.diff.affected.batches import Batch, batches
from generator.diff.affected.comparison import Affected, Pair, affected

__all__ = ["Affected", "Batch", "Pair", "affected", "batches"]
