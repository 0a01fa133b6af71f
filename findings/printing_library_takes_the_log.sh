#!/usr/bin/env bash
# Where: python-escpos 3.1 (bytes for thermal receipt printers), CPython 3.11.
#
# Guessed: importing a library configures no logging; that is the application's own, as the
# library guidelines of Python's logging documentation have it.
#
# Seen: `import escpos.printer` calls logging.basicConfig(). An application that configures its log
# after its imports finds a handler on the root logger that it never made: each line is written
# twice, the second time without its own format or filters, so that what a filter blanks (a
# customer's card token, a password) stands on stderr in clear.
#
#   before: []
#   after: ['StreamHandler']
#   WARNING:my.app:token 1234
#
# What helps: configure the log before the import, or import it where something is printed.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check python-escpos==3.1

cat >ask.py <<'PYTHON'
import logging

names = lambda: [type(handler).__name__ for handler in logging.getLogger().handlers]
print("before:", names())
import escpos.printer
print("after:", names())
log = logging.getLogger("my.app")
shown = logging.StreamHandler()
shown.addFilter(lambda record: False)
logging.getLogger().addHandler(shown)
log.warning("token %s", "1234")
PYTHON
# Unbuffered, so that the lines of both streams stand in the order in which they were written.
seen=$(venv/bin/python -u ask.py 2>&1)
printf '%s\n' "$seen"
[[ $seen == "before: []
after: ['StreamHandler']
WARNING:my.app:token 1234" ]]
