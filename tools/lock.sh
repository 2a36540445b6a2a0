#!/usr/bin/env bash
# Write the locks anew from pyproject.toml. Needs uv (pip install uv); --upgrade takes the newest versions of everything.
set -euo pipefail
cd "$(dirname "$0")/.."
lock() {
  local target=requirements/$1
  shift
  # All platforms and Pythons in one file. What is in a lock stays, unless asked otherwise.
  uv pip compile "$@" --output-file "$target" --quiet --universal --python-version 3.11 \
    --generate-hashes --custom-compile-command "tools/lock.sh" "${upgrade[@]}"
}
upgrade=("$@")
package=(pyproject.toml requirements/build.in)
lock ci.txt "${package[@]}" --extra test --extra dev --extra docs
lock release.txt requirements/build.in requirements/release.in --constraint requirements/ci.txt
upgrade=()
lock docs.txt "${package[@]}" --extra docs --constraint requirements/ci.txt
lock extras.txt "${package[@]}" --extra lsp --extra verify --constraint requirements/ci.txt
lock runtime.txt "${package[@]}" --constraint requirements/ci.txt
