"""The only rooms that touch disk, processes and the clock."""
