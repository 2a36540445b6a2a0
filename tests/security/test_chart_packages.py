"""What a hostile package of a chart does to its reader: nothing, but for one sentence."""

from __future__ import annotations

import ast
import gzip
import json
import os
import subprocess
import sys

import pytest

from generator.errors import ConfigError
from generator.syntax import semver
from generator.syntax.reader.foreign import json_data, yaml_data
from generator.system.charts import folder as chart_folder
from generator.system.charts import package as chart_package
from generator.system.charts.limits import NoPackageError
from generator.system.charts.package import opened
from support.hostile_packages import (
    BASE,
    BIG,
    END,
    METADATA,
    header,
    laughs,
    member,
    nested,
    packed,
    pax,
    sparse,
    with_metadata,
    zeros,
)
from support.paths import ROOT
from support.trees import read_tree

PLAIN = packed(member("evil/templates/x.yaml", b"a: 1\n"))

ESCAPES = {
    "a path that goes up": packed(member("evil/../../../pwn", b"x")),
    "a path that goes up and comes back": packed(member("evil/x/../../evil/y", b"x")),
    "an absolute path": packed(member("/etc/cron.d/x", b"x")),
    "an absolute path below the chart": packed(member("evil//etc/x", b"x")),
    "a path that goes up in the prefix": packed(member("x", b"x", prefix=b"evil/../..")),
    "a long name that goes up": packed(member("x", b"evil/../../y\0", b"L"), member("evil/ok", b"x")),
    "a pax path that goes up": packed(pax(path="evil/../../y"), member("evil/ok", b"x")),
    "a pax path that is absolute": packed(pax(path="/etc/x"), member("evil/ok", b"x")),
    "a global pax path": packed(pax(b"g", path="evil/../../y"), member("evil/ok", b"x")),
    "a folder that goes up": packed(member("evil/../..", kind=b"5")),
    "a folder of another chart": packed(member("other/x", b"x")),
    "a file beside the chart": packed(member("x", b"x")),
    "a file in the place of the chart": packed(member("evil", b"x")),
    "a drive": packed(member("evil/C:/x", b"x")),
    "a backslash": packed(member("evil/..\\..\\x", b"x")),
    "a dot": packed(member("evil/./x", b"x")),
    "a chart that is called ..": packed(base=member("../Chart.yaml", METADATA)),
    "a chart that is called by a dot": packed(base=member("./Chart.yaml", METADATA)),
    "a symbolic link": packed(header("evil/p", 0, b"2", link=b"/etc/passwd")),
    "a symbolic link within the chart": packed(header("evil/p", 0, b"2", link=b"values.yaml")),
    "a symbolic link with a pax target": packed(pax(linkpath="/etc/passwd"), header("evil/p", 0, b"2", link=b"x")),
    "a hard link": packed(header("evil/p", 0, b"1", link=b"evil/values.yaml")),
    "a link with a long name": packed(member("x", b"/etc/passwd\0", b"K"), header("evil/p", 0, b"2")),
    "a file through a folder that is a link": packed(header("evil/d", 0, b"2", link=b"/tmp"), member("evil/d/x", b"x")),
    "a fifo": packed(header("evil/p", 0, b"6")),
    "a character device": packed(header("evil/p", 0, b"3")),
    "a block device": packed(header("evil/p", 0, b"4")),
    "a contiguous file": packed(header("evil/p", 0, b"7")),
    "a volume label": packed(header("evil/p", 0, b"V")),
    "a type that nobody knows": packed(header("evil/p", 0, b"\xff")),
}
SIZES = {
    "an old sparse file": packed(sparse(BIG)),
    "a sparse file by pax 0.0": packed(pax(GNU_sparse_size=BIG, GNU_sparse_numblocks=0), member("evil/p", b"")),
    "a sparse file by pax 0.1": packed(pax(GNU_sparse_map="0,1", GNU_sparse_size=BIG), member("evil/p", b"x")),
    "a sparse file by pax 1.0": packed(
        pax(GNU_sparse_major=1, GNU_sparse_minor=0, GNU_sparse_realsize=BIG), member("evil/p", b"0\n")
    ),
    "a global sparse header": packed(pax(b"g", GNU_sparse_major=1), member("evil/p", b"0\n")),
    "a pax size of 30 digits": packed(pax(size="9" * 30), member("evil/p", b"")),
    "a pax size below nothing": packed(pax(size=-1), member("evil/p", b"")),
    "a pax size with an underscore": packed(pax(size="1_0"), member("evil/p", b"")),
    "a pax size in other digits": packed(pax(size="١".encode()), member("evil/p", b"x")),
    "a global pax size": packed(pax(b"g", size=BIG), member("evil/p", b"")),
    "a size beyond the archive": packed(header("evil/p", 10_000_000)),
    "a size of gigabytes": packed(header("evil/p", BIG)),
    "a size in base 256": packed(member("evil/p", b"", size=b"\x80" + b"\0" * 7 + b"\0\0\x10\0")),
    "a size below nothing in base 256": packed(member("evil/p", b"", size=b"\xff" * 12)),
    "a size with a sign": packed(member("evil/p", b"", size=b"-0000000001\0")),
    "a size that is text": packed(member("evil/p", b"", size=b"hello\0")),
    "a folder with a size": packed(header("evil/d", 512, b"5"), b"\0" * 512),
    "an extended header of gigabytes": packed(header("pax", BIG, b"x")),
    "a long name of gigabytes": packed(header("long", BIG, b"L")),
    "an extended header of a megabyte": packed(pax(comment="x" * 1_000_000)),
    "a chain of extended headers": packed(*[pax(mtime="1")] * 3, member("evil/p", b"")),
    "a chain of long names": packed(*[member("x", b"evil/y\0", b"L")] * 3, member("evil/p", b"")),
    "a chain of global headers": packed(*[pax(b"g", comment="x")] * 10_001),
    "an extended header of nothing": packed(pax(mtime="1")),
    "a damaged extended header": packed(member("pax", b"99 path=evil/x\n", b"x"), member("evil/p", b"")),
    "an extended header without a number": packed(member("pax", b"path=evil/x\n", b"x"), member("evil/p", b"")),
    "a record twice": packed(member("pax", b"12 path=a/b\n" * 2, b"x"), member("evil/p", b"")),
    "ten thousand folders": packed(*[header(f"evil/{n}", 0, b"5") for n in range(10_001)]),
    "a path that is too long": packed(pax(path="evil/" + "a/" * 600 + "x"), member("evil/p", b"")),
    "a path that is too deep": packed(pax(path="evil/" + "a/" * 40 + "x"), member("evil/p", b"")),
    "a name that is too long": packed(pax(path="evil/" + "a" * 256), member("evil/p", b"")),
    "a Chart.yaml of megabytes": with_metadata(METADATA + b"# x\n" * 600_000),
    "values of megabytes": packed(member("evil/values.yaml", b"a: b\n" * 600_000), base=member("evil/Chart.yaml", METADATA)),
    "values of a chart in it of megabytes": packed(member("evil/charts/x/values.yaml", b"a: b\n" * 600_000)),
}
NAMES = {
    "a file twice": packed(member("evil/values.yaml", b"a: 1\n")),
    "Chart.yaml twice": packed(member("evil/Chart.yaml", METADATA)),
    "a case twin": packed(member("evil/Values.yaml", b"")),
    "a case twin of a folder": packed(member("evil/a/x", b""), member("evil/A/y", b"")),
    "a twin by another alphabet": packed(member("evil/\u017fecret", b""), member("evil/secret", b"")),
    "a twin by composition": packed(member("evil/\u00fc", b""), member("evil/u\u0308", b"")),
    "a file that is a folder, too": packed(member("evil/a", b""), member("evil/a/x", b"")),
    "a folder that is a file, too": packed(member("evil/a/x", b""), member("evil/a", b"")),
    "a NUL": packed(member(b"evil/x\0y", b"")),
    "a NUL by pax": packed(pax(path=b"evil/x\0y"), member("evil/p", b"")),
    "a newline": packed(member("evil/x\ny", b"")),
    "an escape": packed(member("evil/\x1b[2J", b"")),
    "text that runs backwards": packed(member("evil/\u202egpj.x", b"")),
    "no UTF-8": packed(member(b"evil/\xff", b"")),
    "no UTF-8 by pax": packed(pax(path=b"evil/\xc0\xaf"), member("evil/p", b"")),
    "half of a character": packed(member(b"evil/\xed\xa0\x80", b"")),
}
DAMAGE = {
    "nothing": b"",
    "a page": b"<html>",
    "text": b"hello",
    "gzip of nothing": gzip.compress(b""),
    "gzip of text": gzip.compress(b"x" * 1000),
    "gzip of much text": gzip.compress(b"x" * 100_000),
    "gzip of zeros": gzip.compress(END),
    "gzip of gzip": gzip.compress(PLAIN),
    "cut after the header of gzip": PLAIN[:12],
    "cut in the middle": packed(member("evil/r", os.urandom(9000)))[:-3000],
    "cut before the checksum": PLAIN[:-8],
    "cut by a byte": PLAIN[:-1],
    "a wrong checksum": PLAIN[:-8] + b"abcd" + PLAIN[-4:],
    "damaged in the middle": PLAIN[:40] + bytes(byte ^ 255 for byte in PLAIN[40:60]) + PLAIN[60:],
    "something after it": PLAIN + b"garbage",
    "another gzip after it": PLAIN + PLAIN,
    "an empty gzip after it": PLAIN + gzip.compress(b""),
    "something after it, beyond zeros": PLAIN + b"\0" * 100_000 + b"x",
    "something after the end of tar": packed(end=END + b"x" * 512),
    "a file after the end of tar": packed(end=END + member("evil/late", b"x") + END),
    "no end": packed(end=b""),
    "a header of half a block": packed(end=b"evil"),
    "a wrong checksum of a header": packed(member("evil/x", b"").replace(b"evil/x", b"evil/y")),
    "no Chart.yaml": packed(base=member("evil/values.yaml", b"")),
    "Chart.yaml in a folder": packed(base=member("evil/x/Chart.yaml", METADATA)),
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "bzip2": b"BZh9" + b"\0" * 100,
    "a tar that is not compressed": BASE + END,
}
NESTED = {
    "a link in a package in it": nested(packed(header("x/p", 0, b"2", link=b"/etc"), base=member("x/Chart.yaml", METADATA))),
    "a text in the place of a package in it": packed(member("evil/charts/inner.tgz", b"hello")),
    "packages in packages": nested(PLAIN, 6),
    "a package in a chart in it": packed(member("evil/charts/a/charts/b.tgz", b"hello")),
}
SCHEMAS = {
    "a file": {"$ref": "file:///etc/passwd"},
    "a file in capitals": {"properties": {"a": {"$ref": "FILE:///etc/passwd"}}},
    "a path": {"properties": {"a": {"items": [{"$ref": "/etc/passwd"}]}}},
    "a path beside it": {"allOf": [{"$ref": "../../secret.json"}]},
    "a host without a scheme": {"$ref": "//localhost/etc/passwd"},
    "a base that is a file": {"$id": "file:///etc/", "$ref": "#/a"},
    "a dynamic reference": {"$dynamicRef": "file:///etc/passwd"},
    "a schema of schemas": {"$schema": "file:///etc/passwd"},
    "a device": {"$ref": "file:///dev/zero"},
    "a base in the middle": {"$id": "https://example.com/x", "properties": {"a": {"$id": "file:///etc/x", "$ref": "passwd"}}},
}
HOSTILE = {**ESCAPES, **SIZES, **NAMES, **DAMAGE, **NESTED}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_package_is_refused_in_one_harmless_sentence(name):
    with pytest.raises(NoPackageError) as caught:
        opened(HOSTILE[name])
    said = str(caught.value)
    assert said
    assert len(said) < 300
    assert said.isprintable()


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_of_values_does_not_make_helm_read_files_of_the_machine(name):
    schema = member("evil/values.schema.json", json.dumps(SCHEMAS[name]).encode())
    inner = packed(schema)
    subchart = member("evil/charts/a/values.schema.json", json.dumps(SCHEMAS[name]).encode())
    for content in (packed(schema), nested(inner), packed(subchart)):
        with pytest.raises(NoPackageError, match="which is not in the chart"):
            opened(content)


@pytest.mark.parametrize("text", [b"\xff{}", b"[" * 100_000, b"1" * 5000, b'{"a": "\\ud800"}', b"{"])
def test_a_schema_that_is_read_otherwise_by_helm_is_refused(text):
    with pytest.raises(NoPackageError, match="cannot be read"):
        opened(packed(member("evil/values.schema.json", text)))


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/definitions/a", "definitions": {"a": {}}},
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "properties": {"id": {"type": "string"}, "$ref": {"type": "string"}},
        },
        {"$id": "https://example.com/root.json", "$ref": "#/definitions/a", "definitions": {"a": {}}},
        {"$id": "https://example.com/root.json#", "properties": {"a": {"$id": "#a", "type": "string"}, "b": {"$ref": "#a"}}},
    ],
)
def test_a_schema_that_stays_in_its_chart_is_taken(schema):
    opened(packed(member("evil/values.schema.json", json.dumps(schema).encode())))


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        packed(header("evil/", 0, b"5"), header("evil/templates", 0, b"5"), member("evil/templates/x", b"x")),
        packed(header("evil/templates/", 0, b"\0"), member("evil/templates/x", b"x", kind=b"\0")),
        packed(pax(b"g", comment="of git archive"), pax(mtime="1.5", path="evil/" + "x" * 200), member("evil/x", b"x")),
        packed(member("././@LongLink", b"evil/" + b"y" * 200 + b"\0", b"L"), member("evil/x", b"x", magic=b"ustar  \0")),
        packed(member("x.yaml", b"x", prefix=b"evil/templates/" + b"d" * 100)),
        packed(member("evil/charts/README.tgz.md", b"x"), member("evil/files/x.tgz", b"x"), member("evil/charts/_x.tgz", b"x")),
        nested(PLAIN, 3),
        packed(end=END + b"\0" * 8192) + b"\0" * 7,
    ],
)
def test_what_other_programs_pack_is_taken(content):
    assert chart_package.identity(opened(content)) == ("evil", "1.0.0")


METADATA_CASES = {
    "aliases as a version": laughs(),
    "aliases as a name": laughs("name"),
    "aliases in an annotation": METADATA + laughs("annotations").split(b"\nname")[0],
    "20,000 lists": METADATA + b"a: " + b"[" * 20_000,
    "20,000 maps": METADATA + b"a: " + b"{a: " * 20_000,
    "nested by aliases": METADATA
    + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b"*a%d" % (n - 1) if n else b"x") for n in range(2000)),
    "a text repeated by aliases": METADATA + b"x: &x " + b"y" * 400_000 + b"\nz: [" + b"*x," * 100_000 + b"]\n",
    "an alias of itself": METADATA + b"a: &a [*a]\n",
    "a bool of text": METADATA + b"q: !!bool foo\n",
    "an int of nothing": METADATA + b"q: !!int ''\n",
    "a float of nothing": METADATA + b"q: !!float ''\n",
    "a timestamp of text": METADATA + b"q: !!timestamp x\n",
    "an object of Python": METADATA + b"q: !!python/object/apply:os.system [id]\n",
    "a tag of its own": METADATA + b"q: !secret x\n",
    "binary data": METADATA + b"q: !!binary x\n",
    "a version of 5,000 digits": b"name: evil\nversion: " + b"1" * 5000 + b".0.0\n",
    "a version that is a number": b"name: evil\nversion: 1.0\n",
    "a version that is a list": b"name: evil\nversion: [1.0.0]\n",
    "a version that goes up": b"name: evil\nversion: 1.0.0/../../x\n",
    "a name that goes up": b"name: ../../evil\nversion: 1.0.0\n",
    "a name that is a path": b"name: a/b\nversion: 1.0.0\n",
    "a name with a newline": b'name: "a\\nb"\nversion: 1.0.0\n',
    "a name that is a number": b"name: 1\nversion: 1.0.0\n",
    "two documents": METADATA + b"---\n" + METADATA,
    "UTF-16": METADATA.decode().encode("utf-16"),
    "no UTF-8": METADATA + b"a: \xff\n",
    "control characters": METADATA + b"a: \x00\n",
    "a list": b"- name: evil\n",
    "a text": b"evil",
    "nothing": b"",
    "a carriage return before what is no YAML": METADATA + b"a:\r\r\r\r@",
}


@pytest.mark.parametrize("name", METADATA_CASES)
def test_a_hostile_chart_yaml_is_one_sentence_and_no_exception_of_python(name):
    files = opened(with_metadata(METADATA_CASES[name]))
    with pytest.raises(NoPackageError) as caught:
        chart_package.identity(files)
    assert str(caught.value).startswith(("its Chart.yaml", "`"))
    assert len(str(caught.value)) < 300
    assert len(str(chart_package.metadata(files))) < 100_000
    assert chart_package.differing(files, {**files, "Chart.yaml": METADATA}) == ["Chart.yaml"]


LIMITED = """
import pathlib, resource, sys, time
from generator.system.charts import package as chart_package
resource.setrlimit(resource.RLIMIT_DATA, (190 << 20,) * 2)
worst = 0
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    start = time.process_time()
    try:
        found = chart_package.identity(chart_package.opened(path.read_bytes()))
    except chart_package.NoPackageError as error:
        print(path.name, "refused", error)
    worst = max(worst, time.process_time() - start)
print("seconds", worst)
status = pathlib.Path("/proc/self/status").read_text()
print("megabytes", int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""


def test_a_bomb_takes_neither_memory_nor_time(tmp_path):
    forty = [member(f"evil/f{n}", bytes(15 << 20)) for n in range(6)]
    bombs = {
        "zeros": zeros(300 << 20),
        "zeros-within-a-file": zeros(16 << 20) + b"x",
        "zeros-after-the-end": gzip.compress(BASE + END + bytes(90 << 20), 1),
        "many-files": packed(*forty),
        "in-a-package": nested(packed(*forty)),
        "twice-in-a-package": packed(*[member(f"evil/charts/{n}.tgz", packed(*forty[:3])) for n in range(2)]),
        "name-of-gzip": b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"a" * (20 << 20),
        "large": bytes(33 << 20),
        "sparse": packed(sparse(BIG)),
        "nested-lists": packed(member("evil/values.schema.json", b"[" + b"[]," * 1_300_000 + b"1]")) + b"x",
        "dense": with_metadata(METADATA + b"a:\n" + b"- b\n" * 260_000 + b"- @"),
        "keys-of-pax": packed(pax(**{f"k{n}": "" for n in range(5000)}), member("evil/x", b"")) + b"x",
        "deep": nested(PLAIN, 30),
        "aliases": with_metadata(laughs()),
    }
    for name, content in bombs.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-c", LIMITED, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    *said, seconds, megabytes = done.stdout.splitlines()
    assert [line.split()[:2] for line in said] == [[name, "refused"] for name in sorted(bombs)]
    assert float(seconds.split()[1]) < 3
    assert int(megabytes.split()[1]) < 200


def test_nothing_unpacks_an_archive_by_the_standard_library():
    """Whatever patch level Python has: `tarfile`, `zipfile` and `shutil` believe what an archive says."""
    wrong = []
    for path in sorted((ROOT / "generator").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = node.attr if isinstance(node, ast.Attribute) else node.name if isinstance(node, ast.alias) else ""
            if name in ("extractall", "extract", "extractfile", "unpack_archive", "zipfile", "getmembers"):
                wrong.append(f"{path}: {name}")
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "tarfile.open":
                modes = [ast.literal_eval(word.value) for word in node.keywords if word.arg == "mode"]
                wrong += [] if modes == ["w"] else [f"{path}: tarfile.open for reading"]
    assert wrong == []


def test_no_yaml_of_others_is_loaded_by_a_library_that_has_no_bounds():
    """Everything goes through `reader`; ruamel.yaml is given what `reader` has taken."""
    calls = ("yaml.load", "yaml.safe_load", "yaml.full_load", "yaml.unsafe_load", "yaml.load_all", "yaml.safe_load_all")
    found = [
        f"{path.relative_to(ROOT)}: {ast.unparse(node.func)}"
        for path in sorted((ROOT / "generator").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in calls
    ]
    assert found == ["generator/release/stamp.py: yaml.load"]


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a/./b", "", "a//b", "a\\b", "a\nb", "x" * 300])
def test_a_chart_is_written_nowhere_but_into_its_folder(path, tmp_path):
    target = tmp_path / "deep" / "chart"
    with pytest.raises(NoPackageError):
        chart_folder.write({path: b"x"}, str(target))
    assert read_tree(tmp_path) == {}


def test_a_chart_is_not_written_through_what_lies_there_already(tmp_path):
    (tmp_path / "victim").write_text("mine\n")
    chart = tmp_path / "chart"
    chart.mkdir()
    (chart / "values.yaml").symlink_to(tmp_path / "victim")
    os.link(tmp_path / "victim", chart / "hard")
    for name in ("values.yaml", "hard"):
        with pytest.raises(ConfigError, match="cannot be written"):
            chart_folder.write({name: b"theirs\n"}, str(chart))
    assert (tmp_path / "victim").read_text() == "mine\n"
    chart_folder.write({"bin/run.sh": b"#!/bin/sh\n"}, str(chart))
    assert (chart / "bin/run.sh").stat().st_mode & 0o111 == 0


@pytest.mark.parametrize("text", ["1" * 5000 + ".0.0", "1.0.0-" + "1" * 5000, "١.0.0", "1.0.0\n", "1.0.0/..", ""])
def test_a_version_that_is_none_is_no_exception(text):
    assert semver.parse(text) is None
    assert semver.satisfies(semver.Version(1, 0, 0), ">=" + text) in (None, True, False)


@pytest.mark.parametrize("text", [b"[" * 200_000, b'{"a":' * 5000, b"1" * 5000, b"", b"\xff", b'"\\udfff"', b"{}" * 2])
def test_json_that_python_does_not_read_is_one_kind_of_error(text):
    with pytest.raises(ValueError, match=r"."):
        json_data(text)


def test_merging_many_small_maps_takes_no_quadratic_time():
    large = ",".join(f"k{number}: 1" for number in range(20_000))
    text = f"a: &x {{{large}}}\nb: {{<<: [{'{},' * 100_000}], a: 1, <<: *x}}\n".encode()
    assert len(yaml_data(text)["b"]) == 20_001
