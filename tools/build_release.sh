#!/usr/bin/env bash
# Build what a release consists of into dist/: tools/build_release.sh PYTHON, which has the packages of requirements/release.txt.
set -euo pipefail
python=$1
cd "$(dirname "$0")/.."
version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' generator/__init__.py)
fail() { echo "tools/build_release.sh: $*" >&2; exit 1; }

test -z "$(git status --porcelain)" || fail "the working tree has changes; a release is made from a commit"
test ! -e dist || fail "dist/ exists; remove it, so that nothing of another build is released"
case ${GITHUB_REF:-} in
  "" | refs/heads/*) ;;
  *) test "$GITHUB_REF" = "refs/tags/v$version" || fail "the tag is ${GITHUB_REF#refs/tags/}, and generator/__init__.py has $version" ;;
esac
grep -q "^## $version\b" CHANGELOG.md || fail "CHANGELOG.md has no section for $version"

# The time of the commit, in every file: whoever builds this commit gets the same bytes.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
"$python" -m hatchling build -d dist
"$python" -m twine check --strict dist/*
# The components are those of the lock: what the action, the container and CI install, each with its hashes.
"$python" -m cyclonedx_py requirements --pyproject pyproject.toml --output-reproducible --output-format JSON \
  --output-file "dist/tiphys-$version.cdx.json" requirements/runtime.txt
(cd dist && sha256sum -- * >SHA256SUMS)
