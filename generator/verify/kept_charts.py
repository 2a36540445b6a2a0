"""Charts of repositories that were fetched before, below the user's cache folder."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping

from generator.system import store
from generator.system.charts import folder as chart_folder
from generator.system.charts.package import fits, is_name
from generator.system.files import Folder, UnreadableFileError


def keep(files: Mapping[str, bytes], kept: str, version: str, name: str) -> str:
    """Put the files of a chart into the cache, all of them or none; return their folder."""
    os.makedirs(store.kept_at(store.CHARTS), mode=0o700, exist_ok=True)
    os.makedirs(kept, exist_ok=True)
    target = os.path.join(kept, version)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=kept) as folder:
        chart_folder.write(files, os.path.join(folder, "open", name))
        shutil.rmtree(target, ignore_errors=True)
        os.rename(os.path.join(folder, "open"), target)
    return os.path.join(target, name)


def folder_of(repository: str, name: str) -> str:
    """Return the folder of a chart of a repository, with one folder per version; empty where others could change it.

    Raises ValueError for an unfit name.
    """
    if not is_name(name):
        raise ValueError(f"{name!r} is not a valid chart name")
    base = store.kept_at(store.CHARTS)
    return (
        os.path.join(base, hashlib.sha256(repository.encode()).hexdigest()[:16], name) if base and store.is_usable(base) else ""
    )


def versions(folder: str) -> list[str]:
    """Return the versions that are kept in the folder of a chart."""
    try:
        return [name for name, _ in Folder(folder).entries("")] if folder else []
    except UnreadableFileError:
        return []


def exactly(repository: str, name: str, version: str) -> str:
    """Return the folder of one version of a chart; empty if it is not kept."""
    kept = folder_of(repository, name)
    found = next((one for one in versions(kept) if fits(one, version)), "")
    return os.path.join(kept, found, name) if found else ""
