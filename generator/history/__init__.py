"""Releases of services, as Git records them: the ledger, and the moves that write it."""
