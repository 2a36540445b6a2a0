"""What `tiphys --version` prints: the version, and those of what its results depend on."""

from __future__ import annotations

import platform

from generator import __version__
from generator.errors import ConfigError
from generator.lint import schema_versions
from generator.system import helm


def text() -> str:
    """Return one line each for Tiphys, Python, Helm and the schemas; the first is `tiphys VERSION` and nothing more."""
    return "\n".join(
        [f"tiphys {__version__}", f"Python {platform.python_version()}", _helm(), f"schemas: tiphys/v1, {_kubernetes()}"]
    )


def _helm() -> str:
    try:
        found = helm.find()
    except ConfigError as error:
        return f"Helm: {error.message}"
    return f"Helm {found.release} ({found.path})"


def _kubernetes() -> str:
    if not schema_versions.installed():
        return "without those of Kubernetes, which the extra `verify` brings"
    known = schema_versions.versions()
    return f"Kubernetes {known[0]} to {known[-1]}" if known else "none of Kubernetes"
