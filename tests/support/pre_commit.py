"""A configuration of pre-commit that runs the hooks from this checkout."""

from __future__ import annotations

CONFIG = """\
repos:
  - repo: local
    hooks:
      - id: tiphys-generate
        name: regenerate deployment manifests
        entry: {python} -m generator generate --hook
        language: system
        pass_filenames: false
        always_run: true
        require_serial: true
      - id: tiphys-lint
        name: lint pipeline specs
        entry: {python} -m generator lint
        language: system
        files: (^|/)pipeline\\.ya?ml$
"""
