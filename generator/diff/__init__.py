"""What changes of what is deployed between two revisions: sentences, by service and environment, risky first."""

from generator.diff.model import Comparison, Entry, Where

__all__ = ["Comparison", "Entry", "Where"]
