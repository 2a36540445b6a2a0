"""Several files replaced as one: staged, noted, renamed, and completed after an interruption."""
