"""The chart repository and the chart that a source of an Application names."""

from __future__ import annotations

from generator.system.charts.package import is_name
from generator.system.charts.repository import Repository


def of_source(address: str, name: str) -> tuple[Repository, str]:
    """Return both; a registry has charts in folders, which belong to its address."""
    whole = (address if "://" in address else f"oci://{address}").rstrip("/")
    folder, _, last = name.rpartition("/")
    if folder and whole.startswith("oci://") and all(map(is_name, folder.split("/"))):
        return Repository(f"{whole}/{folder}"), last
    return Repository(whole), name
