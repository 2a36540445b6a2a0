"""Hostile kustomizations against whole commands and the real kustomize: nothing outside is read, nothing is fetched."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from generator.kubernetes.kustomization_files import UncheckedError
from generator.kubernetes.kustomization_given import Known, checked
from generator.kubernetes.kustomization_said import build, secrets_of
from generator.system.files import Folder
from generator.system.kustomize import find
from support.trees import write_tree

MARK = "content-of-another-folder"
FOREIGN = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: foreign}}\ndata: {{{MARK}: '{MARK}'}}\n"
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: b}\n"

pytestmark = pytest.mark.usefixtures("kustomize")


class _Asked(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(FOREIGN.encode())

    def log_message(self, *_args):
        pass


@pytest.fixture
def loopback():
    """Return a server on this machine, which no proxy keeps kustomize from, and what it was asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Asked)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def foreign(tmp_path) -> Path:
    return write_tree(tmp_path / "foreign", {"kustomization.yaml": "resources: [cm.yaml]\n", "cm.yaml": FOREIGN})


PLUGIN = "apiVersion: builtin\\nkind: ConfigMapGenerator\\nmetadata: {name: x}\\nfiles: ['URL']\\n"
TRANSFORMER = "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: x}\ntarget: {kind: ConfigMap}\npath: URL\n"

READING = {
    "a field in another case": {"kustomization.yaml": "Resources: [FOLDER]\nresources: [cm.yaml]\n"},
    "a field with a letter that Go folds": {"kustomization.yaml": "reſources: [FOLDER]\nresources: [cm.yaml]\n"},
    "a line break in a path": {"kustomization.yaml": 'resources: [cm.yaml, "x\\n/../FOLDER"]\n'},
    "a hidden folder": {"kustomization.yaml": "resources: [.h]\n", ".h/kustomization.yaml": "resources: [../FOLDER]\n"},
    "a folder with a chart": {
        "kustomization.yaml": "resources: [ch]\n",
        "ch/Chart.yaml": "apiVersion: v2\nname: ch\nversion: 1.0.0\n",
        "ch/kustomization.yaml": "resources: [../FOLDER]\n",
    },
    "a folder of packages": {
        "kustomization.yaml": "resources: [node_modules/x]\n",
        "node_modules/x/kustomization.yaml": "resources: [../../FOLDER]\n",
    },
    "a component": {"kustomization.yaml": "resources: [cm.yaml]\ncomponents: [FOLDER]\n"},
    "bases": {"kustomization.yaml": "Bases: [FOLDER]\n"},
    "an absolute path": {"kustomization.yaml": "resources: [cm.yaml, ABSOLUTE]\n"},
    "two kustomizations in one folder": {
        "kustomization.yaml": "resources: [b]\nconfigMapGenerator: [{name: x, files: [b/Kustomization]}]\n",
        "b/kustomization.yaml": "resources: []\n",
        "b/Kustomization": "resources: [../FOLDER]\n",
    },
    "two kustomizations in a hidden folder": {
        "kustomization.yaml": "resources: [.h]\nconfigMapGenerator: [{name: x, files: [.h/kustomization.yaml]}]\n",
        ".h/Kustomization": "resources: []\n",
        ".h/kustomization.yaml": "resources: [../FOLDER]\n",
    },
    "a patch that is a kustomization": {
        "kustomization.yaml": "resources: [cm.yaml, b]\npatches: [{path: b/kustomization.yml, target: {kind: Secret}}]\n",
        "b/kustomization.yml": "resources: [../FOLDER]\n",
        "b/kustomization.yaml": "resources: []\n",
    },
    "a kustomization in capitals": {
        "kustomization.yaml": "resources: [cm.yaml, b]\ncrds: [b/KUSTOMIZATION.yaml]\n",
        "b/KUSTOMIZATION.yaml": "resources: [../FOLDER]\n",
    },
}


def unread(plugin: str, *, end: str = '"}') -> dict[str, str]:
    """Return a plugin that kustomize cannot read and takes for the path of a folder, which Tiphys never saw."""
    return {
        "kustomization.yaml": f"resources: [cm.yaml]\ngenerators:\n- |\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n{plugin}",
        f"e{end}/kustomization.yaml": "resources: [../FOLDER, 'URL']\n",
    }


UNREAD = {
    "a plugin without a name": unread("  zz: /../../../../../../../../../../../../HERE/e\n"),
    "a plugin with an empty name": unread("  metadata: {name: ''}\n  name: /../../../../../../../../../../../../HERE/e\n"),
    "a plugin with a list for a name": unread("  metadata: []\n  name: /../../../../../../../../../../../../HERE/e\n"),
    "a plugin whose last field is a path": unread("  behavior: /../../../../../../../../../../../../HERE/e\n"),
    "two plugins with one name": unread(
        "  metadata: {name: x}\n  ---\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n  metadata: {name: x}\n"
        "  behavior: /../../../../../../../../../../../../HERE/e\n"
    ),
    "a patch that is a path": {
        "kustomization.yaml": "resources: [cm.yaml]\npatchesStrategicMerge:\n- |\n  a: /../../../../../../../../../../../../HERE/e\n",
        'e"}/kustomization.yaml': "resources: [../FOLDER, 'URL']\n",
    },
    "a patch of a plugin that is a path": {
        "kustomization.yaml": "resources: [cm.yaml]\ntransformers: [t.yaml]\n",
        "t.yaml": "apiVersion: builtin\nkind: PatchStrategicMergeTransformer\nmetadata: {name: x}\n"
        "paths:\n- |\n  a: /../../../../../../../../../../../../HERE/e\n",
        'e"}/kustomization.yaml': "resources: [../FOLDER, 'URL']\n",
    },
}
LIST = """\
apiVersion: builtin
kind: KIND
metadata: {name: x}
items:
- apiVersion: builtin
  kind: PLUGIN
  metadata: {name: y}
  target: {kind: ConfigMap}
  path: URL
  files: [URL]
  replacements: [{path: URL}]
"""


def hidden(kind: str, plugin: str) -> str:
    """Return a plugin whose kind makes kustomize take it apart into others."""
    return LIST.replace("KIND", kind).replace("PLUGIN", plugin)


FETCHING = {
    "a resource": {"kustomization.yaml": 'resources: ["URL"]\n'},
    "a field in another case": {"kustomization.yaml": 'resources: [cm.yaml]\nCrds: ["URL"]\n'},
    "the environment of a generator": {"kustomization.yaml": 'configMapGenerator: [{name: a, envs: ["URL?y=cm.yaml"]}]\n'},
    "the files of a generator in another case": {"kustomization.yaml": 'configMapGenerator: [{name: a, Files: ["URL"]}]\n'},
    "a plugin in its place": {"kustomization.yaml": f'resources: [cm.yaml]\ngenerators: ["{PLUGIN}"]\n'},
    "a plugin in a file": {"kustomization.yaml": "resources: [cm.yaml]\ntransformers: [t.yaml]\n", "t.yaml": TRANSFORMER},
    "a plugin in a folder": {
        "kustomization.yaml": "resources: [cm.yaml]\ntransformers: [t]\n",
        "t/kustomization.yaml": "resources: [t.yaml]\n",
        "t/t.yaml": TRANSFORMER,
    },
    "a patch": {"kustomization.yaml": 'resources: [cm.yaml]\npatches: [{Path: "URL", target: {kind: ConfigMap}}]\n'},
    "a patch that is no patch": {"kustomization.yaml": 'resources: [cm.yaml]\npatchesStrategicMerge: ["URL"]\n'},
    "a schema": {"kustomization.yaml": 'resources: [cm.yaml]\nopenapi: {Path: "URL"}\n'},
    "a replacement": {"kustomization.yaml": 'resources: [cm.yaml]\nreplacements: [{PATH: "URL"}]\n'},
    "a hidden folder": {"kustomization.yaml": "resources: [.h]\n", ".h/kustomization.yaml": 'resources: ["URL"]\n'},
    "a list of generators": {
        "kustomization.yaml": "resources: [cm.yaml]\ngenerators: [g.yaml]\n",
        "g.yaml": hidden("List", "ConfigMapGenerator"),
    },
    "a list of transformers": {
        "kustomization.yaml": "resources: [cm.yaml]\ntransformers: [t.yaml]\n",
        "t.yaml": hidden("FooList", "PatchTransformer"),
    },
    "a list of validators": {
        "kustomization.yaml": "resources: [cm.yaml]\nvalidators: [t.yaml]\n",
        "t.yaml": hidden("PatchTransformerList", "PatchJson6902Transformer"),
    },
    "a list of replacements": {
        "kustomization.yaml": "resources: [cm.yaml]\ntransformers: [t.yaml]\n",
        "t.yaml": hidden("ConfigMapList", "ReplacementTransformer"),
    },
    "a list of resources": {
        "kustomization.yaml": "resources: [cm.yaml]\ngenerators: [g.yaml]\n",
        "g.yaml": hidden("ResourceList", "SecretGenerator"),
    },
    "targets of a plugin in its place": {
        "kustomization.yaml": "resources: [cm.yaml]\ntransformers:\n- |\n  apiVersion: builtin\n  kind: ValueAddTransformer\n"
        "  metadata: {name: x}\n  value: hi\n  targetFilePath: URL\n",
    },
    "targets of a plugin in a file": {
        "kustomization.yaml": "resources: [cm.yaml]\nvalidators: [t.yaml]\n",
        "t.yaml": "apiVersion: builtin\nkind: ValueAddTransformer\nmetadata: {name: x}\nvalue: hi\ntargetFilePath: URL\n",
    },
    "targets of a plugin in another case": {
        "kustomization.yaml": "resources: [cm.yaml]\ntransformers: [t.yaml]\n",
        "t.yaml": "apiVersion: builtin\nkind: ValueAddTransformer\nmetadata: {name: x}\nvalue: hi\nTARGETFILEPATH: URL\n",
    },
    "a plugin that says it is one, with items": {
        "kustomization.yaml": "resources: [cm.yaml]\ngenerators: [g.yaml]\n",
        "g.yaml": hidden("ConfigMapGenerator", "ConfigMapGenerator").replace("files: [URL]", "literals: [a=b]", 1),
    },
}


def tree(root: Path, files: dict[str, str], **words: str) -> Path:
    made = {"cm.yaml": CONFIG, **files}
    for name, text in made.items():
        for word, written in words.items():
            text = text.replace(word, written)
        made[name] = text
    return write_tree(root, made)


def workspace(root: Path) -> Path:
    """Make a workspace around a kustomization in the folder `k`."""
    return write_tree(
        root,
        {
            "tiphys.yaml": "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://git.example.com/deploy.git}\n",
            "environments/dev.yaml": "apiVersion: tiphys/v1\nkind: Environment\nmetadata: {name: dev}\n"
            "spec: {argocd: {project: shop, destination: {namespace: shop}}}\n",
            "services/web/pipeline.yaml": "apiVersion: tiphys/v1\nkind: Pipeline\nmetadata: {name: web}\n"
            "spec: {source: {kustomize: {path: k}}, environments: {dev: {}}}\n",
            "old/apps/dev/web.yaml": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web}\n"
            "spec: {project: x, destination: {server: 'https://kubernetes.default.svc', namespace: a}, "
            "source: {repoURL: 'https://git.example.com/deploy.git', path: k}}\n",
        },
    )


def runs(tiphys, root: Path, *, few: bool = False) -> str:
    """Return all that the commands which run kustomize say of a folder `k`; two of them show all that is built."""
    commands = (
        ("lint", "--manifests", root / "k"),
        ("-C", root, "render", "web", "--env", "dev", "--helm"),
        *(() if few else (("-C", root, "verify"), ("import", root, "--no-cache"))),
    )
    said = ""
    for words in commands:
        done = tiphys(*words, cwd=root)
        assert done.returncode in (0, 1, 2), done.stderr
        said += done.stdout + done.stderr
    return said


@pytest.mark.parametrize("kind", READING)
def test_a_kustomization_shows_no_folder_outside_of_the_tree(kind, foreign, tiphys, helm_home, tmp_path):
    root = workspace(tmp_path / "r")
    up = "../" * 12 + str(foreign).lstrip("/")
    tree(root / "k", READING[kind], FOLDER=up, ABSOLUTE=str(foreign))
    assert MARK not in runs(tiphys, root)


@pytest.mark.parametrize("kind", FETCHING)
def test_a_kustomization_asks_no_server_not_even_on_this_machine(kind, loopback, tiphys, helm_home, tmp_path):
    root = workspace(tmp_path / "r")
    tree(root / "k", FETCHING[kind], URL=f"http://127.0.0.1:{loopback.server_port}/cm.yaml")
    runs(tiphys, root)
    assert loopback.asked == []


@pytest.mark.parametrize("kind", UNREAD)
def test_what_kustomize_cannot_read_is_no_path_to_a_folder_that_nobody_checked(
    kind, loopback, foreign, tiphys, helm_home, tmp_path
):
    root = workspace(tmp_path / "r")
    up = "../" * 12 + str(foreign).lstrip("/")
    url = f"http://127.0.0.1:{loopback.server_port}/cm.yaml"
    tree(root / "k", UNREAD[kind], FOLDER=up, URL=url, HERE=str(root / "k").lstrip("/"))
    assert MARK not in runs(tiphys, root, few=kind != "a plugin without a name")
    assert loopback.asked == []


def test_each_plugin_is_a_file_with_a_name_of_ours_those_in_their_place_first(tmp_path):
    prefix = "apiVersion: builtin\\nkind: PrefixTransformer\\nmetadata: {name: p}\\nprefix: a-\\nfieldSpecs: [{path: metadata/name}]\\n"
    suffix = (
        "apiVersion: builtin\nkind: SuffixTransformer\nmetadata: {name: s}\nsuffix: -z\nfieldSpecs: [{path: metadata/name}]\n"
    )
    files = {
        "kustomization.yaml": f'resources: [cm.yaml]\ntransformers: [suffix.yaml, "{prefix}"]\n',
        "cm.yaml": CONFIG,
        "suffix.yaml": suffix,
        "transformers-1.yaml": "a: file of somebody else",
    }
    given = checked(Folder(str(write_tree(tmp_path, files))), "")
    assert sorted(given.files) == ["cm.yaml", "kustomization.yaml", "transformers-2.yaml", "transformers-3.yaml"]
    assert yaml.safe_load(given.files["kustomization.yaml"])["transformers"] == ["transformers-3.yaml", "transformers-2.yaml"]
    assert yaml.safe_load(given.files["transformers-3.yaml"])["prefix"] == "a-"
    (made,) = yaml.safe_load_all(find().build(given).out)
    assert made["metadata"]["name"] == "a-web-z"


def test_what_is_written_is_what_was_read(tmp_path):
    """A reader of YAML may see other fields than the next one; kustomize gets the fields that were checked."""
    files = {"k/kustomization.yaml": "resources: &a [cm.yaml]\nbases: *a\n", "k/cm.yaml": CONFIG, "k/x": "x"}
    given = checked(Folder(str(write_tree(tmp_path, files))), "k")
    assert given.files == {
        "k/kustomization.yaml": b'{"resources": ["cm.yaml"], "bases": ["cm.yaml"]}',
        "k/cm.yaml": CONFIG.encode(),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Resources: []", "k/kustomization.yaml: kustomize reads `Resources` as `resources`; write it so"),
        ("configMapGenerator: [{name: a, Files: [x]}]", "kustomize reads `configMapGenerator[0].Files` as `files`"),
        ("resource: [x]", "k/kustomization.yaml: `resource` is not a field of a kustomization"),
        ("resources: [../..]", "`resources[0]`: ../.. is outside of the files at hand"),
        ("generators: [{a: b}]", "`generators` has an entry that is not a string"),
        ('generators: ["apiVersion: x/v1\\nkind: Exec\\n"]', "only plugins that are built into kustomize, Helm excepted"),
        ("helmCharts: [{name: x}]", "Helm would have to render its charts"),
        ("[]", "k/kustomization.yaml is not a kustomization"),
        ('generators: ["apiVersion: builtin\\nkind: List\\nitems: []\\n"]', "only plugins that are built into kustomize"),
        (
            'generators: ["apiVersion: builtin\\nkind: HashTransformer\\nItems: []\\n"]',
            "`Items` is not a field of the plugin HashTransformer",
        ),
        (
            'generators: ["apiVersion: builtin\\nkind: HashTransformer\\nmetadata: []\\n"]',
            "`metadata` of the plugin HashTransformer",
        ),
        ('generators: ["apiVersion: builtin\\nkind: [HashTransformer]\\n"]', "only plugins that are built into kustomize"),
        ('generators: ["apiVersion: builtin\\nkind: {a: b}\\n"]', "only plugins that are built into kustomize"),
        ("generators: [none.yaml]", "`generators` names none.yaml, which does not exist"),
        ("crds: [b/Kustomization]", "`crds[0]`: b/Kustomization is a kustomization; only its directory can be named"),
    ],
)
def test_a_refusal_names_the_file_and_the_field(text, said, tmp_path):
    write_tree(tmp_path, {"k/kustomization.yaml": text})
    with pytest.raises(UncheckedError, match=r"k/kustomization\.yaml") as caught:
        checked(Folder(str(tmp_path)), "k")
    assert said in str(caught.value)


def test_a_number_that_is_not_finite_is_refused(tmp_path):
    plugin = "apiVersion: builtin\nkind: ValueAddTransformer\nmetadata: {name: x}\nvalue: .nan\n"
    write_tree(tmp_path, {"k/kustomization.yaml": "transformers: [t.yaml]\n", "k/t.yaml": plugin})
    with pytest.raises(UncheckedError, match="not finite"):
        checked(Folder(str(tmp_path)), "k")


def test_a_secret_that_thousands_of_patches_name_is_read_once():
    big = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n" + "".join(
        f"  key{number}: secret-word-{number}\n" for number in range(9_000)
    )
    patches = [{"path": "big.yaml", "target": {"kind": "Secret"}}] * 3_000
    files = {"kustomization.yaml": json.dumps({"patches": patches}).encode(), "big.yaml": big.encode()}
    began = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    found = secrets_of(files)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - began < 5
    assert "secret-word-8999" in found


def test_a_kustomization_with_every_kind_of_file_is_built(tiphys, helm_home, tmp_path):
    """Being careful must not cost anybody a build that Argo CD makes."""
    root = workspace(tmp_path / "r")
    patch = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {patched: 'yes'}\n"
    in_place = "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: web}\\ndata: {inline: 'yes'}\\n"
    labels = "apiVersion: builtin\\nkind: LabelTransformer\\nmetadata: {name: l}\\nlabels: {a: b}\\nfieldSpecs: [{path: metadata/labels, create: true}]\\n"
    tree(
        root / "k",
        {
            "kustomization.yaml": "resources: [base]\ncomponents: [part]\nnamePrefix: a-\n"
            f'patches: [{{path: p.yaml}}]\npatchesStrategicMerge: ["{in_place}"]\ntransformers: ["{labels}", suffix.yaml]\n'
            "configMapGenerator: [{name: made, files: [a.txt, other=b.txt], envs: [c.env]}]\nreplacements: [{path: r.yaml}]\n",
            "base/kustomization.yml": "resources: [../cm2.yaml, cm.yaml]\n",
            "base/cm.yaml": CONFIG,
            "cm2.yaml": CONFIG.replace("name: web", "name: second"),
            "part/Kustomization": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {x: why}\n",
            "p.yaml": patch,
            "suffix.yaml": "apiVersion: builtin\nkind: PrefixSuffixTransformer\nmetadata: {name: s}\nsuffix: -z\nfieldSpecs: [{path: metadata/name}]\n",
            "a.txt": "1",
            "b.txt": "2",
            "c.env": "c=3\n",
            "r.yaml": "source: {kind: ConfigMap, name: web, fieldPath: data.a}\ntargets: [{select: {kind: ConfigMap, name: second}, fieldPaths: [data.a]}]\n",
        },
    )
    (root / "k/base/kustomization.yml").write_text("resources: [cm.yaml, second.yaml]\n")
    (root / "k/cm2.yaml").rename(root / "k/base/second.yaml")
    done = tiphys("-C", root, "render", "web", "--env", "dev", "--helm")
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("patched: ", "inline: ", "a-web-z", "a: b", "x: why", "a-made-", "other: ", 'c: "3"'):
        assert word in done.stdout, (word, done.stdout)


def test_every_letter_that_yaml_has_reaches_kustomize(tmp_path):
    text = "a \\U0001F600 \\u2028 ä \\t \\x01 \\uFEFF"
    given = {"kustomization.yaml": f'commonAnnotations: {{x: "{text}"}}\nresources: [cm.yaml]\n', "cm.yaml": CONFIG}
    done = find().build(checked(Folder(str(write_tree(tmp_path, given))), ""))
    assert done.ok, done.err
    (made,) = yaml.safe_load_all(done.out)
    assert made["metadata"]["annotations"] == {"x": "a \U0001f600 \u2028 ä \t \x01 \ufeff"}


def test_a_file_that_is_named_2000_times_is_read_once(tiphys, tmp_path):
    root = workspace(tmp_path / "r")
    big = "".join(f"---\n{CONFIG.replace('web', f'c{number}')}" for number in range(3000))
    tree(root / "k", {"kustomization.yaml": f"resources: [{', '.join(['big.yaml'] * 1990)}]\n", "big.yaml": big})
    began = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    tiphys("-C", root, "lint")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began < 5


def test_the_files_of_one_folder_have_a_limit_in_all(tiphys, tmp_path):
    root = workspace(tmp_path / "r")
    files = {f"f{number}.yaml": CONFIG.replace("a: b", f"a: '{number}{'x' * 1_000_000}'") for number in range(20)}
    tree(root / "k", {"kustomization.yaml": f"resources: [{', '.join(files)}]\n", **files})
    done = tiphys("-C", root, "lint")
    assert done.returncode == 1
    assert "is one of the files that together have more than 16,777,216 bytes" in done.stdout, done.stdout[:2000]


def peak(tiphys, *words) -> tuple[int, str]:
    """Return the most memory in MiB that a command has at a time, and what it says."""
    script = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run([sys.executable, '-m', 'generator', *sys.argv[1:]], capture_output=True, text=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, done.stdout, done.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *map(str, words)], capture_output=True, text=True, check=True)
    memory, _, said = done.stdout.partition(" ")
    return int(memory), said


@pytest.mark.parametrize("named", [False, True], ids=["files beside it", "files that it names"])
def test_files_that_pack_to_nothing_take_no_memory(named, tiphys, helm_home, tmp_path):
    root = workspace(tmp_path / "r")
    large = [f"f{number}.txt" for number in range(90)]
    generator = f"configMapGenerator: [{{name: x, files: [{', '.join(large)}]}}]\n" if named else ""
    tree(root / "k", {"kustomization.yaml": f"resources: [cm.yaml]\n{generator}"})
    for name in large:
        with open(root / "k" / name, "wb") as file:
            file.truncate(15 * 1024 * 1024)
    for words in (("lint", "--manifests", root / "k"), ("-C", root, "verify"), ("import", root, "--no-cache")):
        memory, said = peak(tiphys, *words)
        assert memory < 250, (words, memory)
        assert ("is one of the files that together have more than 16,777,216 bytes" in said) is named, (words, said)


def test_a_link_that_a_kustomization_names_is_not_followed(tiphys, helm_home, tmp_path):
    root = workspace(tmp_path / "r")
    tree(root / "k", {"kustomization.yaml": "resources: [cm.yaml]\nconfigMapGenerator: [{name: x, files: [a]}]\n"})
    (tmp_path / "secret").write_text(MARK)
    (root / "k/a").symlink_to(tmp_path / "secret")
    said = runs(tiphys, root)
    assert MARK not in said
    assert said.count("a is a symbolic link or a special file, or behind one, and is not followed") >= 3, said


def test_what_is_beside_a_kustomization_and_not_named_stays_away_from_kustomize(tmp_path):
    write_tree(tmp_path, {"k/kustomization.yaml": "resources: [a.yaml]\n", "k/a.yaml": CONFIG, "k/b.yaml": CONFIG})
    (tmp_path / "k/link").symlink_to("/etc")
    assert sorted(checked(Folder(str(tmp_path)), "k").files) == ["k/a.yaml", "k/kustomization.yaml"]


def test_a_million_names_are_not_looked_for(tmp_path):
    write_tree(tmp_path, {"k/kustomization.yaml": f"crds: [{', '.join(f'a{n}' for n in range(30_000))}]\n"})
    with pytest.raises(UncheckedError, match="is one of more than 5,000 entries that name files"):
        checked(Folder(str(tmp_path)), "k")


@pytest.mark.parametrize("broken", [False, True], ids=["a base that builds", "a base that is refused"])
def test_a_base_that_many_overlays_share_is_read_once_for_the_run(tmp_path, broken):
    base = "resources: [cm.yaml]\n" + ("openapi: {path: ../../x}\n" if broken else "")
    overlays = {f"o{n}/kustomization.yaml": "resources: [../base]\n" for n in range(20)}
    root = Counting(str(write_tree(tmp_path, {"base/kustomization.yaml": base, "base/cm.yaml": CONFIG, **overlays})))
    known = Known()
    for n in range(20):
        changed = {f"o{n}/kustomization.yaml": b"resources: [../base]\nnamePrefix: a-\n"}
        if broken:
            with pytest.raises(UncheckedError, match="outside of the files at hand"):
                checked(root, f"o{n}", known, changed)
        else:
            assert sorted(checked(root, f"o{n}", known, changed).files) == [
                *("base/cm.yaml", "base/kustomization.yaml", f"o{n}/kustomization.yaml")
            ]
    assert root.asked.count("base/kustomization.yaml") == 1


def test_what_is_too_much_together_is_refused_though_each_part_is_known_and_small(tmp_path):
    long = {f"b{n}/kustomization.yaml": json.dumps({"commonAnnotations": {"a": "b" * 250_000}}) for n in range(20)}
    write_tree(tmp_path, {"k/kustomization.yaml": f"resources: [{', '.join(f'../b{n}' for n in range(20))}]\n", **long})
    known = Known()
    for _ in range(2):
        with pytest.raises(UncheckedError, match="4,194,304 in all"):
            checked(Folder(str(tmp_path)), "k", known)


class Counting(Folder):
    """A folder that keeps the names of the files that are read."""

    def __init__(self, root):
        super().__init__(root)
        self.asked = []

    def read(self, path, *more, **named):
        self.asked.append(path)
        return super().read(path, *more, **named)


def test_a_kustomization_that_fails_with_megabytes_of_files_is_not_searched_for_what_it_quotes(tmp_path):
    lines = "".join(f"password{n}: hunter-{n}\n" for n in range(60_000))
    write_tree(
        tmp_path,
        {
            "kustomization.yaml": "resources: [x.yaml]\nconfigMapGenerator: [{name: a, files: [b]}]\n",
            "b": lines,
            "x.yaml": "a: hunter-7",
        },
    )
    known = Known()
    done = build(find(), checked(Folder(str(tmp_path)), "", known), known)
    assert not done.ok
    assert done.err == "(the reason is left out: too many files would have to be searched for secrets in it)"
