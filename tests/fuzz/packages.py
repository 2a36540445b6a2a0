"""Packages of charts: archives with members of every kind, and a Chart.yaml that is not as it should be."""

from __future__ import annotations

import gzip
import io
import random
import signal
import tarfile

from area import Area
from calls import SECONDS, Fault, weighed
from cases import Case

from generator.system.charts import package as chart_package

_NAMES = (
    "web/Chart.yaml",
    "web/values.yaml",
    "../x",
    "/etc/x",
    "web/../../x",
    "web//x",
    "web",
    "./web/y",
    "web/" + "d/" * 200 + "z",
    "web/\u202e",
    "",
)
_KINDS = (tarfile.REGTYPE, tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE,
          tarfile.GNUTYPE_SPARSE, tarfile.CONTTYPE, b"Z")  # fmt: skip


def round_of(_area: Area, case: Case, chooser: random.Random) -> None:
    """Open a package; raises Fault where anything but the one error of packages comes of it."""
    raw = _archive(case, chooser)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        files = chart_package.opened(raw)
        chart_package.metadata(files)
        chart_package.differing(files, {**files, "Chart.yaml": b"{}"})
    except chart_package.NoPackageError:
        pass
    except Exception as error:
        import traceback

        from calls import crash

        text = traceback.format_exc()
        raise Fault(f"package: {crash(text)}", text) from error
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    weighed("a package")


def _archive(case: Case, chooser: random.Random) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(
        fileobj=raw, mode="w", format=chooser.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT))
    ) as archive:
        content = case.files["Chart.yaml"]
        _add(archive, "web/Chart.yaml", tarfile.REGTYPE, content, len(content))
        for _ in range(chooser.choice((0, 1, 3, 12))):
            content = b"x" * chooser.choice((0, 1, 600, 100_000))
            size = chooser.choice((len(content), len(content), 0, 2**33))
            _add(archive, chooser.choice(_NAMES), chooser.choice(_KINDS), content, size)
    data = bytearray(raw.getvalue())
    for _ in range(chooser.choice((0, 0, 1, 5))):
        data[chooser.randrange(len(data))] = chooser.randrange(256)
    packed = bytearray(gzip.compress(bytes(data), 1, mtime=0))
    for _ in range(chooser.choice((0, 0, 0, 1, 5))):
        packed[chooser.randrange(len(packed))] = chooser.randrange(256)
    return bytes(packed[: chooser.choice((len(packed), len(packed), chooser.randrange(len(packed))))])


def _add(archive: tarfile.TarFile, name: str, kind: bytes, content: bytes, size: int) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, "../" * 5 + "etc/passwd", size
    try:
        archive.addfile(member, io.BytesIO(content + b"\0" * 512) if size == len(content) else None)
    except (ValueError, OSError):  # this format cannot say it
        return
