"""The playground of the documentation: Tiphys in the browser, made of this checkout, its dependencies and Pyodide.

A hook of MkDocs. Pyodide, which is Python for WebAssembly, comes from npm by the hash in `browser/package-lock.json`:
`npm ci --prefix tools/browser`, or elsewhere with `TIPHYS_PYODIDE` as the path of the package. Without it, the page
says why there is no playground; in CI the build fails.
"""

from __future__ import annotations

import gzip
import io
import json
import logging
import os
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
BROWSER = ROOT / "tools" / "browser"
PAGE = "playground.md"
FOLDER = "playground"
MARK = '<div id="playground">The playground is on the site.</div>'
"""What the page has in the place of the playground."""

OF_THE_PAGE = ("playground.css", "playground.js")
REPLACED = {"rpds-py": "rpds.py"}
"""Packages that cannot run in a browser, with what does their work there."""

_TARGET = {
    "implementation_name": "cpython", "os_name": "posix", "platform_machine": "wasm32", "python_version": "3.14",
    "platform_python_implementation": "CPython", "python_full_version": "3.14.2", "sys_platform": "emscripten", "extra": "",
}  # fmt: skip
"""By what the dependencies of a package are chosen: Python in Pyodide."""
_LEFT_OUT = ("/tests/", "/benchmarks/", "/__pycache__/", ".so", "/RECORD", "/INSTALLER", "/REQUESTED", "/direct_url.json")
"""What a package has and a browser does not need, or cannot run."""

_log = logging.getLogger("mkdocs.hooks.playground")


class MissingError(Exception):
    """What the playground is made of is not here; the message says what, and how to get it."""


def pyodide() -> Path:
    """Return the folder of Pyodide; raises MissingError if it is not there, or is of another version than the pinned one."""
    folder = Path(os.environ.get("TIPHYS_PYODIDE") or BROWSER / "node_modules" / "pyodide")
    wanted = json.loads((BROWSER / "package.json").read_text(encoding="utf-8"))["dependencies"]["pyodide"]
    how = "run `npm ci --ignore-scripts --prefix tools/browser`"
    try:
        found = json.loads((folder / "package.json").read_text(encoding="utf-8"))["version"]
    except FileNotFoundError:
        raise MissingError(f"Pyodide {wanted} is not installed; {how}") from None
    if found != wanted:
        raise MissingError(f"Pyodide {found} is installed and {wanted} is needed; {how}")
    return folder


def contents() -> dict[str, bytes]:
    """Return the files that the page and its worker load, by name; raises MissingError."""
    own = {name: (BROWSER / name).read_bytes() for name in (*OF_THE_PAGE, "worker.js")}
    return {**own, **_of_pyodide(pyodide()), "tiphys.zip": archive()}


@cache
def _of_pyodide(folder: Path) -> dict[str, bytes]:
    lock = json.loads((folder / "pyodide-lock.json").read_bytes())
    return {
        **{name: (folder / name).read_bytes() for name in ("pyodide.mjs", "pyodide.asm.mjs", "python_stdlib.zip")},
        "pyodide.asm.wasm.gz": gzip.compress((folder / "pyodide.asm.wasm").read_bytes(), mtime=0),
        # The packages that it lists are on a server of others, and none of them is needed.
        "pyodide-lock.json": json.dumps({**lock, "packages": {}}).encode(),
    }


def archive() -> bytes:
    """Return Tiphys, its dependencies and what calls it in a browser, as a zip file with the same bytes for the same files."""
    files = {name: (BROWSER / name).read_bytes() for name in ("workspace.py", *REPLACED.values())}
    files |= {**_wheel(), **{name: content for found in _dependencies() for name, content in _files(found)}}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as target:
        for name in sorted(files):
            target.writestr(zipfile.ZipInfo(name), files[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _wheel() -> dict[str, bytes]:
    try:
        from hatchling.builders.wheel import WheelBuilder
    except ModuleNotFoundError:
        raise MissingError("hatchling is not installed; install requirements/docs.txt") from None
    with tempfile.TemporaryDirectory() as folder:
        (built,) = WheelBuilder(str(ROOT)).build(directory=folder, versions=["standard"])
        with zipfile.ZipFile(built) as wheel:
            return {name: wheel.read(name) for name in wheel.namelist() if not name.endswith("/RECORD")}


def _dependencies() -> list[metadata.Distribution]:
    """Return the installed packages that Tiphys needs in a browser, with those that they need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: dict[str, metadata.Distribution] = {}
    waiting = list(project["dependencies"])
    while waiting:
        wanted = Requirement(waiting.pop())
        if wanted.name in found or wanted.name in REPLACED or (wanted.marker and not wanted.marker.evaluate(_TARGET)):
            continue
        try:
            found[wanted.name] = metadata.distribution(wanted.name)
        except metadata.PackageNotFoundError:
            raise MissingError(f"{wanted.name} is not installed; install requirements/docs.txt") from None
        waiting += found[wanted.name].requires or []
    return list(found.values())


def _files(package: metadata.Distribution) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a package that a browser needs, with its licence."""
    for path in package.files or ():
        name = path.as_posix()
        if not name.startswith("..") and not any(part in f"/{name}" for part in _LEFT_OUT):
            yield name, path.locate().read_bytes()  # type: ignore[union-attr]


def size_of(files: dict[str, bytes]) -> int:
    """Return how many bytes "Start" loads."""
    return sum(len(content) for name, content in files.items() if name not in OF_THE_PAGE)


_left_out = ""
"""Why this build has no playground."""
_bytes = 0


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what the page loads."""
    global _left_out, _bytes
    try:
        found = contents()
    except MissingError as error:
        if os.environ.get("CI"):
            raise PluginError(f"the playground cannot be built: {error}") from None
        _left_out = str(error)
        _log.info("the playground is left out: %s", error)
        return files
    _left_out, _bytes = "", size_of(found)
    for name, content in found.items():
        files.append(File.generated(config, f"{FOLDER}/{name}", content=content))
    return files


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Put the playground into its page, or the reason why there is none."""
    if page.file.src_uri != PAGE:
        return output
    if MARK not in output:
        raise PluginError(f"docs/{PAGE} has no {MARK}")
    if _left_out:
        return output.replace(MARK, f"<p><strong>This copy of the site has no playground</strong>: {_left_out}.</p>")
    markup = (BROWSER / "playground.html").read_text(encoding="utf-8")
    return output.replace(MARK, markup.format(bytes=_bytes, size=f"{_bytes / 1e6:.0f} MB"))
