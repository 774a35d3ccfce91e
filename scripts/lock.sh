#!/bin/sh
# Writes requirements/ anew from pyproject.toml: versions and hashes, no word about where packages come from.
set -eu
tools=$1/lock
cd "$(dirname "$0")/.."
[ -x "$tools/bin/pip-compile" ] || {
    "$(scripts/find-python.sh)" -m venv --clear "$tools"
    "$tools/bin/python" -m pip --disable-pip-version-check install --quiet pip-tools
}

lock() { # file, more options
    file=$1
    shift
    CUSTOM_COMPILE_COMMAND="make lock" "$tools/bin/pip-compile" --quiet --upgrade --generate-hashes --strip-extras \
        --allow-unsafe --all-build-deps --no-emit-options --no-emit-index-url --no-emit-find-links \
        --no-emit-trusted-host "$@" --output-file "requirements/$file" pyproject.toml
}

lock runtime.txt
lock dev.txt --extra dev --constraint requirements/runtime.txt
