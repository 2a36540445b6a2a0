"""What MkDocs needs to make a site of the same files that people read in the repository.

Pages outside docs/ become pages of the site. A link in a page is relative to its file, as a forge shows it: here it
leads to the page of its target or, if the target is not on the site, into the repository that `TIPHYS_SOURCE_URL`
names, such as https://github.com/OWNER/tiphys, at `TIPHYS_SOURCE_REF` (by default `main`). Without an address, such
links become text.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from pymdownx.slugs import slugify

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "RELEASING.md": "releasing.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "benchmarks.md",
    "templates/chart/README.md": "chart.md",
}
"""The pages of the site whose files are elsewhere: by their path in the repository, what they are called here."""

_BY_NAME = {name: path for path, name in OUTSIDE.items()}
_FENCED = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)
_PLACE = re.compile(
    r"(?P<code>`+[^`]+`+)"
    r"|(?P<mark>!?)\[(?P<label>(?:[^\[\]]|\[[^\]]*\])*)\]\((?![a-z]+:|#)(?P<target>[^)\s#]+)(?P<anchor>#[^)\s]+)?\)"
    r'|(?P<attribute>src|srcset)="(?![a-z]+:)(?P<address>[^"]+)"'
)
"""Code, which stays; a link, whose label may have code in it; and a picture in HTML: what begins first."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Give headings the anchors that a forge gives them."""
    config.mdx_configs["toc"]["slugify"] = slugify(case="lower")
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are outside docs/."""
    for path, name in OUTSIDE.items():
        files.append(File.generated(config, name, content=(ROOT / path).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn the links of a page from those between files of the repository into those between pages."""
    here = _BY_NAME.get(page.file.src_uri, f"docs/{page.file.src_uri}")
    return rewritten(markdown, here, page.file.src_uri, {file.src_uri for file in files})


def rewritten(text: str, here: str, name: str, known: set[str]) -> str:
    """Return the Markdown of a page with links that work on the site; code stays as it is.

    `here` is the path of the file in the repository, `name` that of the page on the site, and `known` has those of
    all its pages and pictures. Raises PluginError for a link to a file that does not exist.
    """

    def place(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        if match["attribute"]:
            return f'{match["attribute"]}="{_address(match["address"], here, name, known)}"'
        address = _address(match["target"], here, name, known)
        return f"{match['mark']}[{match['label']}]({address}{match['anchor'] or ''})" if address else match["label"]

    return "".join(part if part.lstrip().startswith("```") else _PLACE.sub(place, part) for part in _FENCED.split(text))


def _address(target: str, here: str, name: str, known: set[str]) -> str:
    """Return where a link from a file leads on the site, or "" if that is nowhere."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(here), target))
    if path.startswith("../") or not (ROOT / path).exists():
        raise PluginError(f"{here}: the link to {target} leads to no file of the repository")
    wanted = OUTSIDE.get(path, path.removeprefix("docs/") if path.startswith("docs/") else "")
    if wanted in known:
        return posixpath.relpath(wanted, posixpath.dirname(name) or ".")
    source, ref = os.environ.get("TIPHYS_SOURCE_URL", "").rstrip("/"), os.environ.get("TIPHYS_SOURCE_REF", "main")
    kind = "tree" if (ROOT / path).is_dir() else "blob"
    return f"{source}/{kind}/{ref}/{path}" if source else ""


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Name the dialog of the search for those who do not see it, which the theme leaves out."""
    return output.replace(
        'data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"'
    )
