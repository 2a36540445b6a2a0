"""The steps of a run: load, resolve, build, lint, emit, compare, write."""
