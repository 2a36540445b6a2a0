"""Releases of services in Git: the ledger that reads them, and the moves that write them."""
