"""Linting: the rules, the engine that runs them, and the settings that decide which findings count."""
