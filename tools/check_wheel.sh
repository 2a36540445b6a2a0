#!/usr/bin/env bash
# Build the wheel and the source distribution, install each alone, and use it from an empty folder.
set -euo pipefail
python=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
.venv/bin/python -m build -q --outdir "$work/dist" .
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -q "$work"/dist/*.whl
cd "$work"
"$work/venv/bin/tiphys" init shop --example online-boutique >/dev/null
"$work/venv/bin/tiphys" -C shop check
"$work/venv/bin/tiphys" init start >/dev/null
"$work/venv/bin/tiphys" -C start check
"$work/venv/bin/tiphys" schema environment >/dev/null
"$work/venv/bin/python" -m tiphys --version
"$python" -m venv "$work/from-source"
"$work/from-source/bin/pip" install -q "$work"/dist/*.tar.gz
"$work/from-source/bin/tiphys" -C shop check
