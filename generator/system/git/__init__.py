"""Git, called as a program."""
