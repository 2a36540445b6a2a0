"""Chart packages as nobody's Helm writes them: tar and gzip byte by byte."""

from __future__ import annotations

import gzip
import zlib

METADATA = b"apiVersion: v2\nname: evil\nversion: 1.0.0\n"
BIG = 3 << 30


def header(name, size=b"", kind=b"0", *, link=b"", prefix=b"", magic=b"ustar\x0000", extra=()) -> bytes:
    """Return the header of a tar member; a size in bytes is the very field."""
    block = bytearray(512)
    name = name.encode() if isinstance(name, str) else name
    field = b"%011o\0" % size if isinstance(size, int) else size
    parts = [(0, name), (100, b"0000644\0"), (108, b"0000000\0" * 2), (124, field), (136, b"00000000000\0")]
    for at, text in (*parts, (156, kind), (157, link), (257, magic), (345, prefix), *extra):
        block[at : at + len(text)] = text
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def member(name, content=b"", kind=b"0", **more) -> bytes:
    """Return a member of a tar archive with its bytes."""
    size = more.pop("size", len(content))
    return header(name, size, kind, **more) + content + b"\0" * (-len(content) % 512)


def pax(_kind=b"x", **records) -> bytes:
    """Return an extended header; `path="a"` for a record, and `_` for a dot in its key."""
    content = b""
    for key, value in records.items():
        text = b" %s=%s\n" % (key.replace("_", ".").encode(), value if isinstance(value, bytes) else str(value).encode())
        length = len(text) + len(str(len(text)))
        length += len(str(length)) - len(str(len(text)))
        content += str(length).encode() + text
    return member("pax", content, _kind)


BASE = member("evil/Chart.yaml", METADATA) + member("evil/values.yaml", b"{}\n")
END = b"\0" * 1024


def packed(*members, base=BASE, end=END) -> bytes:
    """Return the package of a chart with more members."""
    return gzip.compress(base + b"".join(members) + end, 1)


def with_metadata(text: bytes) -> bytes:
    """Return a package with another Chart.yaml."""
    return packed(base=member("evil/Chart.yaml", text))


def sparse(size) -> bytes:
    """Return a member in the old format of GNU for sparse files: no data, and a real size."""
    real = (483, b"%011o\0" % size)
    return header("evil/big", 0, b"S", magic=b"ustar  \0", extra=[real])


def zeros(count: int, level: int = 1) -> bytes:
    """Return a package whose one file is zeros, made without holding them."""
    zip_ = zlib.compressobj(level, wbits=31)
    pieces = [zip_.compress(BASE + header("evil/z", count))]
    pieces += [zip_.compress(bytes(1 << 20)) for _ in range(count >> 20)]
    return b"".join([*pieces, zip_.compress(END), zip_.flush()])


def nested(content: bytes, times: int = 1) -> bytes:
    """Return a package within a package."""
    for _ in range(times):
        content = packed(member("evil/charts/inner.tgz", content))
    return content


def laughs(last: str = "version") -> bytes:
    """Return a Chart.yaml whose version is aliases of aliases."""
    lines = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]")
    return "\n".join([*lines, "name: evil", f"{last}: *i", ""]).encode()
