"""The ledger: which release of a service landed in which environment when, and by whom, from Git alone."""

from generator.history.ledger.releases import Ledger, Release, releases
from generator.history.ledger.versions import Version

__all__ = ["Ledger", "Release", "Version", "releases"]
