"""Further images: each moves like the first, and none is moved, kept or lost in silence."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from generator.cli.main import program
from generator.editor.protocol.answers import about, complete, tell
from generator.editor.protocol.documents import Document
from generator.editor.protocol.study import study
from generator.errors import TiphysError
from generator.history.ledger import releases
from generator.workspace.load import Loader
from support.repositories import Repository

pytestmark = pytest.mark.usefixtures("git")

PATH = "services/store/pipeline.yaml"
DIGEST, OTHER = (f"sha256:{digit * 64}" for digit in "12")
SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata: {{name: store}}
spec:
  image: {{repository: ghcr.io/acme/store}}
  images:
    edge-proxy: {{repository: ghcr.io/acme/proxy}} # of the platform team
    cache: {{repository: ghcr.io/acme/cache}}
  environments:
    dev:
      image: {{tag: "{tag}"}}
      images:
        edge-proxy: {{tag: "0.4.1"}} # moves
        cache: {{tag: "7.2", digest: {digest}}}
        debug: {{repository: ghcr.io/acme/debug, tag: "1"}}
    prod: {{image: {{tag: "1.8.0"}}, images: {{edge-proxy: {{tag: "0.4.0"}}, cache: {{tag: "7.2"}}}}}}
"""


@pytest.fixture
def repository(tmp_path):
    made = Repository(tmp_path / "r")
    made.write(PATH, SPEC.format(tag="1.9.0", digest=DIGEST))
    made.commit("begin")
    call(made, "generate")
    made.commit("generate")
    return made


def call(repository, *words, text=None):
    done = CliRunner(env=repository.env).invoke(
        program, ["-C", str(repository.root), *words], input=text, standalone_mode=False
    )
    assert (done.exception, done.return_value) == (None, 0), done.output
    return done.output


def refused(repository, *words, text=None, code=1):
    """Return the message and hint of a command that has to refuse, and check that it wrote nothing."""
    before = repository.git("status", "--porcelain"), read(repository)
    done = CliRunner().invoke(program, ["-C", str(repository.root), *words], input=text, standalone_mode=False)
    assert isinstance(done.exception, TiphysError), done.output
    assert done.exception.exit_code == code
    assert (repository.git("status", "--porcelain"), read(repository)) == before
    return f"{done.exception.message}: {done.exception.hint}"


def read(repository):
    return (repository.root / PATH).read_text(encoding="utf-8")


def rewritten(repository, text):
    """Write the spec, and what is generated from it."""
    repository.write(PATH, text)
    call(repository, "generate")


def changed(repository, before):
    """Return the lines of the spec that are new."""
    old = before.splitlines()
    return [line.strip() for line in read(repository).splitlines() if line not in old]


@pytest.fixture(autouse=True)
def _people(monkeypatch):
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ann")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ann@example.com")


def test_a_bump_moves_all_images_in_one_commit_that_programs_can_read(repository):
    before = read(repository)
    words = ["--image-tag", "1.10.0", "--image", "edge-proxy=0.5.0", "--image", f"cache=7.4@{OTHER}"]
    output = call(repository, "bump", "store", "--env", "dev", *words, "--commit")
    assert "store dev: image 1.9.0 → 1.10.0, image cache 7.2 → 7.4, " in output
    assert changed(repository, before) == [
        'image: {tag: "1.10.0"}',
        'edge-proxy: {tag: "0.5.0"} # moves',
        f'cache: {{tag: "7.4", digest: {OTHER}}}',
    ]
    assert repository.git("log", "-1", "--format=%(trailers)").splitlines() == [
        "Tiphys-Service: store",
        "Tiphys-Environment: dev",
        "Tiphys-Image-Tag: 1.10.0",
        f"Tiphys-Image: cache=7.4@{OTHER}",
        "Tiphys-Image: edge-proxy=0.5.0",
    ]
    assert repository.git("status", "--porcelain") == ""
    assert "nothing to change" in call(repository, "bump", "store", "--env", "dev", *words, "--commit")


DIGESTS = {
    "a new tag removes the digest of the old one": ("cache=7.4", '{tag: "7.4"}'),
    "the same tag keeps it": ("cache=7.2", f'{{tag: "7.2", digest: {DIGEST}}}'),
    "a digest alone keeps the tag": (f"cache=@{OTHER}", f'{{tag: "7.2", digest: {OTHER}}}'),
    "both": (f"cache=7.4@{OTHER}", f'{{tag: "7.4", digest: {OTHER}}}'),
}


@pytest.mark.parametrize(("asked", "expected"), DIGESTS.values(), ids=DIGESTS)
def test_a_digest_never_outlives_its_tag(asked, expected, repository):
    call(repository, "bump", "store", "--env", "dev", "--image", asked)
    assert f"cache: {expected}" in read(repository)


def test_a_digest_of_all_environments_does_not_come_back_with_the_tag_that_it_had(repository):
    text = SPEC.format(tag="1.9.0", digest=DIGEST)
    text = text.replace("/acme/store}", f'/acme/store, tag: "1.0.0", digest: {DIGEST}}}')
    text = text.replace("/acme/cache}", f'/acme/cache, tag: "7.0", digest: {DIGEST}}}')
    rewritten(repository, text)
    words = ["--image-tag", "1.0.0", "--image", "cache=7.0", "--force", "--reason=test"]
    call(repository, "bump", "store", "--env", "dev", *words)
    assert 'image: {tag: "1.0.0", digest: null}' in read(repository)
    assert 'cache: {tag: "7.0", digest: null}' in read(repository)
    values = (repository.root / "generated/dev/store/values.yaml").read_text(encoding="utf-8")
    assert DIGEST not in values
    call(repository, "bump", "store", "--env", "dev", "--image", f"cache=7.0@{OTHER}")
    assert f'cache: {{tag: "7.0", digest: {OTHER}}}' in read(repository)


FILES = {
    "lines": "# built\nstore=1.10.0\nstore/edge-proxy=0.5.0\n",
    "lines in any order": "store/edge-proxy = 0.5.0\nstore = 1.10.0\n",
    "a JSON object": '{"store/edge-proxy": "0.5.0", "store": "1.10.0"}',
    "JSON objects": '[{"service": "store", "imageTag": "1.10.0", "images": {"edge-proxy": "0.5.0"}}]',
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_list_of_moves_names_further_images_in_every_format(text, repository):
    before = read(repository)
    call(repository, "bump", "--env", "dev", "--from", "-", text=text)
    assert changed(repository, before) == ['image: {tag: "1.10.0"}', 'edge-proxy: {tag: "0.5.0"} # moves']


REFUSED = {
    "a name with a slip": (["--image", "edge-prox=1"], 1, "store has no image `edge-prox` in dev; nothing was written: did you mean `edge-proxy`?"),
    "a name of nothing": (["--image", "x=1"], 1, "store has no image `x` in dev; nothing was written: known: `cache`, `debug` and `edge-proxy`"),
    "a downgrade": (["--image", "edge-proxy=0.4.0"], 1, "store dev: image edge-proxy 0.4.1 → 0.4.0 is a downgrade; nothing was written: use"),
    "no tag": (["--image", "cache"], 2, "'cache' is not an image and its tag: write --image NAME=TAG"),
    "a bad tag": (["--image", "cache=-1"], 2, "store: '-1' of image `cache` is not an image tag"),
    "a bad digest": (["--image", "cache=1@md5:1"], 2, "store: 'md5:1' of image `cache` is not a digest"),
    "one image twice": (["--image", "cache=8", "--image", "cache=9"], 2, "store: image `cache` is listed twice"),
    "a good image beside a bad one": (["--image-tag", "2.0.0", "--image", "x=1"], 1, "store has no image `x` in dev"),
}  # fmt: skip


@pytest.mark.parametrize(("words", "code", "said"), REFUSED.values(), ids=REFUSED)
def test_an_image_that_cannot_be_moved_is_named_and_nothing_is_written(words, code, said, repository):
    assert refused(repository, "bump", "store", "--env", "dev", *words, code=code).startswith(said)


BAD_FILES = {
    "an unknown image": ("store=2.0.0\nstore/cach=1\n", 1, "store has no image `cach` in dev"),
    "one image twice": ("store/cache=8\nstore/cache=9\n", 2, "store: image `cache` is listed twice"),
    "one service twice": ("store=8\nstore=9\n", 2, "store is listed twice"),
    "no image after the slash": ("store/=9\n", 2, "line 1 is not `service=tag` or `service/image=tag`"),
    "no image after the slash in JSON": ('{"store/": "9"}', 2, "unknown service `store/`"),
    "no string in JSON": ('{"store": 9}', 2, '{"store": 9} is not a valid move'),
    "images that are no mapping": ('[{"service": "store", "images": ["cache"]}]', 2, '{"service": "store", "images": ["cache"]} is not'),
    "an image that is no string": ('[{"service": "store", "images": {"cache": 8}}]', 2, '{"service": "store", "images": {"cache": 8}} is not'),
    "no object": ("[[]]", 2, "[] is not a valid move"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "code", "said"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_list_with_a_bad_image_moves_nothing(text, code, said, repository):
    assert refused(repository, "bump", "--env", "dev", "--from", "-", text=text, code=code).startswith(said)


def test_a_service_without_images_is_told_how_to_get_one(repository):
    repository.write(
        PATH, SPEC.format(tag="1.9.0", digest=DIGEST).split("  images:")[0] + '  environments: {dev: {image: {tag: "1"}}}\n'
    )
    said = refused(repository, "bump", "store", "--env", "dev", "--image", "cache=8")
    assert said == "store has no image `cache` in dev; nothing was written: set `images.cache.repository` in the spec first"


def test_a_promotion_takes_all_images_along_but_not_one_that_belongs_to_its_environment(repository):
    before = read(repository)
    output = call(repository, "promote", "--all", "--from", "dev", "--to", "prod", "--offline", "--reason=test", "--commit")
    assert "store prod: image 1.8.0 → 1.9.0, digest of cache none → sha256:11" in output
    assert "image edge-proxy 0.4.0 → 0.4.1" in output
    images = f'{{edge-proxy: {{tag: "0.4.1"}}, cache: {{tag: "7.2", digest: {DIGEST}}}}}'
    assert changed(repository, before) == [f'prod: {{image: {{tag: "1.9.0"}}, images: {images}}}']
    assert "prod already has the versions of dev" in call(
        repository, "promote", "--all", "--from", "dev", "--to", "prod", "--offline", "--reason=test"
    )


def test_an_image_alone_makes_a_promotion_and_its_preview_says_what_stays(repository):
    rewritten(repository, SPEC.format(tag="1.8.0", digest=DIGEST))
    preview = call(repository, "diff", "--promote", "dev:prod")
    assert "image edge-proxy 0.4.0 → 0.4.1" in preview
    assert "prod store is unchanged: images.debug" in preview
    output = call(repository, "promote", "--all", "--from", "dev", "--to", "prod", "--offline", "--reason=test", "--dry-run")
    assert "store: unchanged in prod:  `images.debug`" in output
    assert "store prod: digest of cache none → " in output


def test_a_promotion_never_takes_an_image_back_unasked(repository):
    rewritten(repository, SPEC.format(tag="1.9.0", digest=DIGEST).replace('"0.4.0"', '"0.6.0"'))
    said = refused(repository, "promote", "store", "--from", "dev", "--to", "prod", "--offline", "--reason=test")
    assert said.startswith("store prod: image edge-proxy 0.6.0 → 0.4.1 is a downgrade")


def test_an_image_without_a_tag_there_gets_the_one_that_is_promoted(repository):
    repository.write(PATH, SPEC.format(tag="1.9.0", digest=DIGEST).replace('edge-proxy: {tag: "0.4.0"}, ', ""))
    assert "image edge-proxy none → 0.4.1" in call(
        repository, "promote", "store", "--from", "dev", "--to", "prod", "--offline", "--reason=test", "--skip-soak"
    )


def test_a_rollback_brings_all_images_back_and_says_which_it_cannot(repository):
    call(repository, "bump", "store", "--env", "dev", "--image", "edge-proxy=0.5.0", "--image", "cache=8.0", "--commit")
    rewritten(repository, read(repository).replace("debug", "trace"))
    repository.commit("another image for the one in dev")
    output = call(repository, "rollback", "store", "--env", "dev", "--to", "1", "--commit")
    assert "image cache 8.0 → 7.2, digest of cache none → " in output
    assert "image edge-proxy 0.5.0 → 0.4.1" in output
    assert (
        "not rolled back: values, replicas, strategy, the images `debug` and `trace`, ConfigMaps and Secrets, and data"
        in output
    )
    assert 'trace: {repository: ghcr.io/acme/trace, tag: "1"}' in read(repository)


def test_a_rollback_without_a_release_goes_to_the_last_one_with_other_images(repository):
    call(repository, "bump", "store", "--env", "dev", "--image", "edge-proxy=0.5.0", "--commit")
    assert "store dev: image edge-proxy 0.5.0 → 0.4.1" in call(repository, "rollback", "store", "--env", "dev")


def told(repository, environment="dev"):
    root = str(repository.root)
    ledger = releases(root, Loader(root).workspace(), "store", environment)
    return [(one.number, str(one.version), one.promoted_from) for one in ledger.releases]


def test_every_change_of_an_image_is_a_release_and_a_repository_is_none(repository):
    call(repository, "bump", "store", "--env", "dev", "--image", "edge-proxy=0.5.0", "--commit")
    rewritten(repository, read(repository).replace("ghcr.io/acme/proxy", "ghcr.io/acme/proxy2"))
    repository.commit("elsewhere")
    call(repository, "promote", "store", "--from", "dev", "--to", "prod", "--offline", "--reason=test")
    repository.commit("Promote\n\nTiphys-From: dev")
    repository.write(PATH, "spec: [")
    repository.commit("broken")
    repository.write(
        PATH, SPEC.format(tag="1.9.0", digest=DIGEST).replace("    cache: {", "    cache: [{").replace("cache}\n", "cache}]\n")
    )
    repository.commit("images that no one can read")
    assert told(repository) == [
        (2, "1.9.0, cache 7.2, debug 1, edge-proxy 0.5.0 + service 1.0.0", ""),
        (1, "1.9.0, cache 7.2, debug 1, edge-proxy 0.4.1 + service 1.0.0", ""),
    ]
    assert told(repository, "prod") == [
        (2, "1.9.0, cache 7.2, edge-proxy 0.5.0 + service 1.0.0", "dev"),
        (1, "1.8.0, cache 7.2, edge-proxy 0.4.0 + service 1.0.0", ""),
    ]


def test_a_promotion_is_believed_only_if_all_images_were_there(repository):
    repository.write(PATH, SPEC.format(tag="1.8.0", digest=DIGEST).replace("0.4.0", "0.9.9"))
    repository.commit("Promote\n\nTiphys-Service: store\nTiphys-From: dev\nTiphys-Environment: prod")
    assert told(repository, "prod")[0] == (2, "1.8.0, cache 7.2, edge-proxy 0.9.9 + service 1.0.0", "")


def test_an_image_that_only_one_environment_has_does_not_make_the_other_late(repository):
    call(repository, "promote", "store", "--from", "dev", "--to", "prod", "--offline", "--reason=test", "--commit")
    assert "never in" not in call(repository, "status")
    call(repository, "bump", "store", "--env", "dev", "--image", "edge-proxy=0.5.0", "--commit")
    assert "behind dev by 1" in call(repository, "status")


def test_status_and_history_show_images_in_every_format_and_only_where_there_are_any(repository):
    assert "image  images                                chart" in call(repository, "status")
    assert "1.9.0  cache 7.2, debug 1, edge-proxy 0.4.1  1.0.0" in call(repository, "history", "store", "--env", "dev")
    cell = json.loads(call(repository, "status", "--format", "json"))["services"][0]["environments"]["dev"]
    assert cell["images"] == {
        "cache": {"tag": "7.2", "digest": DIGEST},
        "debug": {"tag": "1", "digest": None},
        "edge-proxy": {"tag": "0.4.1", "digest": None},
    }
    release = json.loads(call(repository, "history", "store", "--env", "dev", "--format", "json"))["releases"][0]
    assert release["images"] == cell["images"]
    for command in (["status"], ["history", "store", "--env", "dev"]):
        header, row = call(repository, *command, "--format", "csv").splitlines()[:2]
        assert (
            dict(zip(header.split(","), row.split(","), strict=True))["images"]
            == f"cache=7.2@{DIGEST} debug=1 edge-proxy=0.4.1"
        )
    repository.write(
        PATH, SPEC.format(tag="1.9.0", digest=DIGEST).split("  images:")[0] + '  environments: {dev: {image: {tag: "1"}}}\n'
    )
    repository.commit("one image")
    assert "images" not in call(repository, "status").splitlines()[0]


def test_a_change_of_one_image_affects_the_environment_that_has_it(repository):
    call(repository, "bump", "store", "--env", "dev", "--image", "debug=2", "--commit")
    output = call(repository, "affected", "--since", "HEAD~1", "--format", "json")
    found = json.JSONDecoder().raw_decode(output)[0]["affected"]
    assert [(one["service"], one["environment"]) for one in found] == [("store", "dev")]
    said = call(repository, "diff", "HEAD~1..HEAD")
    assert "image debug 1 → 2" in said
    assert "values" not in said, "one change is told once"


def test_where_a_tag_comes_from_and_what_bounds_it_is_explained(repository):
    repository.write(
        "environments/dev.yaml",
        (repository.root / "environments/dev.yaml").read_text() + "  policy: {imageTag: {deny: [latest]}}\n",
    )
    said = call(repository, "explain", "store", "--env", "dev", "images.cache.tag")
    assert 'images.cache.tag: "7.2"' in said
    assert "policy.imageTag requires" in said


def test_an_editor_knows_the_images_of_a_spec_and_where_each_tag_comes_from(repository):
    file, text = repository.root / PATH, SPEC.format(tag="1.9.0", digest=DIGEST)
    document = Document(file.as_uri(), str(file), text.replace("        debug", "        \n        debug"), 1)
    root = str(repository.root)
    one = about(document, root, study(root, {PATH: document.raw}))
    lines = document.text.split("\n")
    empty = next(number for number, line in enumerate(lines, 1) if line == " " * 8)
    assert [item.label for item in complete(one, empty, 9)[1]] == [], "the environment has all of them"
    prod = next(number for number, line in enumerate(lines, 1) if "prod:" in line)
    said, _ = tell(one, prod, lines[prod - 1].index('"7.2"') + 2, lambda path, _span: path)
    assert "**prod**: `7.2` from here" in said
    assert "The tag." in said
    said, _ = tell(one, prod, lines[prod - 1].index("cache") + 2, lambda path, _span: path)
    assert "**`cache`**: image, one of `images` in this spec" in said
