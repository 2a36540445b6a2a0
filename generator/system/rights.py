"""What a process may read besides what its user may: by its groups, and by its capabilities on Linux."""

from __future__ import annotations

import os


def rights() -> str:
    """Return what stands for the groups and capabilities of this process: with others, a file may be unreadable for it."""
    groups = f"{os.getegid()} {sorted(os.getgroups())}"
    try:
        descriptor = os.open("/proc/self/status", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:  # not Linux
        return groups
    try:
        effective = os.read(descriptor, 1 << 16).partition(b"\nCapEff:")[2].partition(b"\n")[0]
    finally:
        os.close(descriptor)
    return f"{groups} {effective.strip().decode('ascii', 'replace')}"
