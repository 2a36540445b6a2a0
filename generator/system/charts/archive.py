"""The files in a chart's package: gzip and tar, read by our own code and within bounds.

Only what `helm package` writes is understood: plain files and folders, below one folder. Anything else
that tar knows (links, devices, sparse files, sizes of another notation) is refused by name. The standard
library's tarfile reads headers of any size, and what `extractall` lets through depends on its version.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from generator.system.charts.limits import MAX_PACKED, MAX_PATH, MIB, Budget, NoPackageError, shown

_STEP = 64 * 1024
_BLOCK = 512
_MAX_HEADER = 64 * 1024
"""Bytes of an extended header: attributes of one file."""

_KINDS = {
    b"1": "a hard link",
    b"2": "a symbolic link",
    b"3": "a device",
    b"4": "a device",
    b"6": "a named pipe",
    b"K": "a link with a long name",
    b"S": "a sparse file",
}
_OCTAL = re.compile(rb" *([0-7]{1,12})[ \0]*\Z")
_DECIMAL = re.compile(r"[0-9]{1,12}\Z")
_RECORD = re.compile(rb"([1-9][0-9]{0,5}) ")


class _Header(NamedTuple):
    name: bytes
    kind: bytes
    size: int


class _Next(NamedTuple):
    """The headers of a file."""

    name: bytes | None = None
    size: int | None = None
    extended: bool = False


def members(content: bytes, budget: Budget) -> Iterator[tuple[str, bytes | None]]:
    """Yield the path of each member of a package, as it is written there, and its bytes; None for a folder.

    Raises NoPackageError. Nothing is read before it is known to be within the budget.
    """
    if not content:
        raise NoPackageError("it is empty")
    if len(content) > MAX_PACKED:
        raise NoPackageError(f"it is larger than {MAX_PACKED // MIB} MiB")
    stream = _Unzipped(content, budget)
    following = _Next()
    while any(block := stream.exactly(_BLOCK)):
        budget.member()
        header = _header(block)
        if header.kind in (b"x", b"g", b"L"):
            following = _extended(header, stream, following)
            continue
        yield _member(header, following, stream, budget)
        following = _Next()
    if following != _Next():
        raise NoPackageError("its last header has no file")
    stream.rest_is_empty()


def _member(header: _Header, following: _Next, stream: _Unzipped, budget: Budget) -> tuple[str, bytes | None]:
    name = _decoded(header.name if following.name is None else following.name)
    size = header.size if following.size is None else following.size
    is_folder = header.kind == b"5" or (header.kind == b"\0" and name.endswith("/"))
    if not is_folder and header.kind not in (b"0", b"\0"):
        what = _KINDS.get(header.kind, f"an entry of the unknown type {header.kind!r}")
        raise NoPackageError(f"{shown(name)} is {what}: a package may contain only regular files")
    if is_folder:
        if size:
            raise NoPackageError(f"the folder {shown(name)} has a size")
        return name.removesuffix("/"), None
    budget.ask(name, size)
    content = stream.exactly(size)
    stream.exactly(-size % _BLOCK)
    return name, content


def _header(block: bytes) -> _Header:
    """Return the content of a header; raises NoPackageError for one that is damaged, or written in another notation."""
    if _number(block[148:156], "checksum") != sum(block) - sum(block[148:156]) + 8 * ord(" "):
        raise NoPackageError("it is not a tar archive, or a header in it is damaged")
    name = _text(block[:100])
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else b""
    return _Header(prefix + b"/" + name if prefix else name, block[156:157], _number(block[124:136], "size"))


def _number(field: bytes, what: str) -> int:
    match = _OCTAL.match(field)
    if match:
        return int(match[1], 8)
    if not field.strip(b" \0"):
        return 0
    raise NoPackageError(f"it is not a tar archive, or a header in it has a {what} that is not an octal number")


def _text(field: bytes) -> bytes:
    text, _, rest = field.partition(b"\0")
    if rest.strip(b"\0"):
        raise NoPackageError("a name in it has a NUL")
    return text


def _decoded(name: bytes) -> str:
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        raise NoPackageError(f"the name {shown(name.decode('latin-1'))} in it is not valid UTF-8") from None


def _extended(header: _Header, stream: _Unzipped, before: _Next) -> _Next:
    """Return the attributes of a file from its extended header; each file has one, and a long name at most."""
    if header.size > _MAX_HEADER:
        raise NoPackageError(f"an extended header in it is larger than {_MAX_HEADER // 1024} KiB")
    content = stream.exactly(header.size)
    stream.exactly(-header.size % _BLOCK)
    if header.kind == b"L":
        if before.name is not None:
            raise NoPackageError("a file in it has two long names")
        return before._replace(name=_text(content)[: MAX_PATH + 1])
    records = _records(content)
    if any(key.startswith(b"GNU.sparse.") for key in records):
        raise NoPackageError("it contains a sparse file: a package may contain only regular files")
    if header.kind == b"g":
        if records.keys() & {b"path", b"size", b"linkpath"}:
            raise NoPackageError("a global header in it names files")
        return before
    if before.extended or (before.name is not None and b"path" in records):
        raise NoPackageError("a file in it has two extended headers")
    return _Next(records.get(b"path", before.name), _size(records), extended=True)


def _size(records: dict[bytes, bytes]) -> int | None:
    if b"size" not in records:
        return None
    text = records[b"size"].decode("ascii", "replace")
    if not _DECIMAL.match(text):
        raise NoPackageError("a header in it has a size that is not a number of bytes")
    return int(text)


def _records(content: bytes) -> dict[bytes, bytes]:
    """Return the records of an extended header: each has its own length, a key and a value."""
    found: dict[bytes, bytes] = {}
    position = 0
    while position < len(content):
        match = _RECORD.match(content, position)
        end = position + int(match[1]) if match else 0
        record = content[match.end() : end] if match else b""
        key, equals, value = record.partition(b"=")
        if not equals or end > len(content) or not value.endswith(b"\n") or key in found:
            raise NoPackageError("an extended header in it is damaged")
        found[key], position = value[:-1], end
    return found


class _Unzipped:
    """The bytes in a gzip file, decompressed as far as they are asked for, and counted."""

    def __init__(self, content: bytes, budget: Budget) -> None:
        self._pieces = (content[start : start + _STEP] for start in range(0, len(content), _STEP))
        self._zip = zlib.decompressobj(wbits=31)
        self._budget = budget
        self._ready = bytearray()
        self._begun = False

    def exactly(self, size: int) -> bytes:
        """Return the next bytes; raises NoPackageError where there are fewer."""
        while len(self._ready) < size:
            if not self._more():
                raise NoPackageError("it is truncated, or not a tar archive")
        taken = bytes(memoryview(self._ready)[:size])
        del self._ready[:size]
        return taken

    def rest_is_empty(self) -> None:
        """Read to the end; raises NoPackageError if there is anything but zeros."""
        while True:
            if self._ready.count(0) != len(self._ready):
                raise NoPackageError("it has data after its end")
            self._ready.clear()
            if not self._more():
                return

    def _more(self) -> bool:
        """Decompress some more; False at the end."""
        if self._zip.eof:
            padding = self._zip.unused_data  # zeros are let pass, as gzip itself does
            while padding.count(0) == len(padding):
                padding = next(self._pieces, b"")
                if not padding:
                    return False
            raise NoPackageError("it has data after its end")
        piece = self._zip.unconsumed_tail or next(self._pieces, b"")
        try:
            out = self._zip.decompress(piece, _STEP)
        except zlib.error:
            raise NoPackageError("its compressed data is damaged" if self._begun else "it is not a gzip archive") from None
        if not piece and not out and not self._zip.eof:
            raise NoPackageError("it is truncated")
        self._begun = self._begun or bool(out)
        self._budget.spend(len(out))
        self._ready += out
        return True
