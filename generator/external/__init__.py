"""Other programs: the only places that start a process."""
