"""Arguments in, text and exit code out: one file per command."""
