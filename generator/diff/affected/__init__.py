"""Which services, in which environments, a change can alter: for a CI that spreads its work over many runners."""

from generator.diff.affected.comparison import Affected, Pair, affected

__all__ = ["Affected", "Pair", "affected"]
