"""Changes in the deployment between two revisions, as sentences by service and environment, riskiest first."""

from generator.diff.model import Comparison, Entry, Where

__all__ = ["Comparison", "Entry", "Where"]
