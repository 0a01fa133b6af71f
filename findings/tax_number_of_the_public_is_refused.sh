#!/usr/bin/env bash
# Where: python-stdnum 2.2 (checks numbers of many countries), module `stdnum.mx.rfc`, CPython 3.11.
#
# Guessed: with check digits asked for, every RFC that Mexico's tax office (SAT) names is valid: those
# of its test certificates, and the two that stand for everybody, XAXX010101000 (the public, on every
# global invoice) and XEXX010101000 (foreigners).
#
# Seen: both are refused, and not for their check digit: InvalidComponent, "one of the parts of the
# number are invalid". Without check digits they are valid, so the option decides whether a shop may
# invoice its unnamed customers.
#
#   EKU9003173C9: valid, with check digit: valid
#   IAÑL750210963: valid, with check digit: valid
#   XAXX010101000: valid, with check digit: InvalidComponent
#   XEXX010101000: valid, with check digit: InvalidComponent
#
# What helps: let the two pass before it is asked.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check python-stdnum==2.2

cat >check.py <<'PY'
from stdnum.exceptions import ValidationError
from stdnum.mx import rfc


def checked(number, **how):
    try:
        rfc.validate(number, **how)
    except ValidationError as error:
        return type(error).__name__
    return "valid"


for number in ("EKU9003173C9", "IAÑL750210963", "XAXX010101000", "XEXX010101000"):
    strict = checked(number, validate_check_digits=True)
    print(f"{number}: {checked(number)}, with check digit: {strict}")
PY
seen=$(venv/bin/python check.py)
printf '%s\n' "$seen"
[[ $seen == "EKU9003173C9: valid, with check digit: valid
IAÑL750210963: valid, with check digit: valid
XAXX010101000: valid, with check digit: InvalidComponent
XEXX010101000: valid, with check digit: InvalidComponent" ]]
