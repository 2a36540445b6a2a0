"""What an index shows of the package: the README with links that work there, and the addresses of the project.

The project has no address of its own that is written down here: a release is made for the repository that
`TIPHYS_SOURCE_URL` names, such as https://github.com/OWNER/tiphys, at the tag in `TIPHYS_SOURCE_REF`
(by default that of the version). Without them, as in a build of a clone, links into the repository become text.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PICTURE = re.compile(r"<picture>.*?</picture>\n*", re.DOTALL)
_IMAGE = re.compile(r"<img [^>]*>|<source [^>]*>")
_ADDRESS = re.compile(r'(src|srcset)="(?![a-z]+:)([^"]+)"')
_LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?![a-z]+:|#)([^)\s]+)\)")
_FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)


def long_description(text: str, source: str, ref: str) -> str:
    """Return Markdown whose links and pictures do not depend on where it is read.

    `source` is the address of the repository, or "" for unknown; `ref` the tag or commit that links lead to.
    Code blocks stay as they are.
    """
    parts = _FENCED.split(text)
    return "".join(part if part.startswith("```") else _prose(part, source, ref) for part in parts)


def _prose(text: str, source: str, ref: str) -> str:
    if not source:
        return _LINK.sub(r"\1", _PICTURE.sub("", text))
    linked = _LINK.sub(rf"[\1]({source}/blob/{ref}/\2)", text)
    return _IMAGE.sub(lambda tag: _ADDRESS.sub(rf'\1="{source}/raw/{ref}/\2"', tag[0]), linked)


def addresses(source: str, ref: str) -> dict[str, str]:
    """Return the links that an index shows next to the text; none if the repository is unknown."""
    if not source:
        return {}
    return {
        "Source": source,
        "Documentation": f"{source}/tree/{ref}/docs",
        "Changelog": f"{source}/blob/{ref}/CHANGELOG.md",
        "Issues": f"{source}/issues",
        "Security": f"{source}/blob/{ref}/SECURITY.md",
    }


class PackageMetadata(MetadataHookInterface):
    """Sets `readme` and `urls`, unless a source distribution has brought them."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the fields that pyproject.toml calls dynamic."""
        source = os.environ.get("TIPHYS_SOURCE_URL", "").removesuffix("/").removesuffix(".git")
        if source and not re.fullmatch(r"https://[\w.-]+(/[\w.-]+)+", source):
            raise ValueError(f"TIPHYS_SOURCE_URL must be the https address of a repository, not {source!r}")
        ref = os.environ.get("TIPHYS_SOURCE_REF") or f"v{metadata['version']}"
        text = Path(self.root, "README.md").read_text(encoding="utf-8")
        metadata.setdefault("readme", {"content-type": "text/markdown", "text": long_description(text, source, ref)})
        metadata.setdefault("urls", addresses(source, ref))
