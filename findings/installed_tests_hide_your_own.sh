#!/usr/bin/env bash
# Where: RouterOS-api 0.21.0 (the other well-known Python client of MikroTik's API), pip, CPython 3.11.
#
# Guessed: a client library installs its own package alone, so that a project's `tests` folder
# beside it is found by `python -m tests.something` as before.
#
# Seen: its wheel installs its own test suite as the top-level package `tests`. A project whose
# `tests` folder has no __init__.py (a namespace package, as pytest's own guide lays projects out)
# is then hidden by it, although the project's folder comes first on sys.path: a regular package
# anywhere on the path wins over namespace portions found before it.
#
#   before: I am the project's own
#   after: …: No module named tests.own
#   `tests` is now: site-packages/tests/__init__.py
#
# What helps: an empty __init__.py in the project's own `tests`.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
mkdir -p project/tests
echo 'print("I am the project'"'"'s own")' >project/tests/own.py
cd project

run() {
    ../venv/bin/python -m tests.own 2>&1 | tail -n 1 || true
}

before=$(run)
../venv/bin/pip install -q --disable-pip-version-check RouterOS-api==0.21.0
after=$(run)
where=$(../venv/bin/python -c 'import tests; print(tests.__file__.partition("site-packages/")[2])')
touch tests/__init__.py
mended=$(run)

printf 'before: %s\nafter: %s\n`tests` is now: site-packages/%s\nwith an __init__.py: %s\n' \
    "$before" "$after" "$where" "$mended"
[[ $before == "I am the project's own" ]]
[[ $after == *"No module named tests.own"* ]]
[[ $where == tests/__init__.py ]]
[[ $mended == "I am the project's own" ]]
