"""Pages for the one person at this machine: on the loopback address, read only."""
