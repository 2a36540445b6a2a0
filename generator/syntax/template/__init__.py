"""Structural templates: YAML whose leaves are expressions, evaluated in a sandbox."""
