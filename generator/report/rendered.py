"""What is generated for a service, as one YAML stream or for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from generator.report import table
from generator.syntax.secrets.redaction import shown


class Rendered(NamedTuple):
    """One file, or the stream of manifests that Helm renders."""

    path: str
    """Relative to the root of the workspace; empty for what Helm renders."""
    text: str

    def masked(self) -> Rendered:
        """Return it with the secrets in it masked."""
        return self._replace(text=shown(self.text))


def as_stream(files: Sequence[Rendered]) -> str:
    """Return files as one stream of YAML; a comment names the path of each."""
    by_helm = any(not file.path for file in files)
    head = "Source: " if by_helm else ""
    return "".join(f"---\n# {head}{file.path}\n{file.text}" if file.path else file.text for file in files)


def as_json(service: str, environment: str, files: Sequence[Rendered]) -> str:
    """Return files for programs."""
    told = [{"path": file.path or None, "content": file.text} for file in files]
    return table.as_json({"version": 1, "service": service, "environment": environment, "files": told})
