#!/usr/bin/env bash
# Where: faker 40.54.0 (its locale es_MX), checked by python-stdnum 2.2 and phonenumbers 9.0.43, CPython
# 3.11.
#
# Guessed: people made up for tests in es_MX pass the checks that a shop's forms make: RFC with its
# check digit, CURP, telephone of ten digits.
#
# Seen: RFCs end in signs drawn at random, of which one in fifty is the right check digit. CURPs are
# right, but for a few that begin with a rude word and all of Querétaro, which is written QO and has
# been QT since CURPs began. Of the telephones two thirds are none of Mexico's, many with "x80630"
# behind them. A test that uses them tells of a form that works that it does not, now and then or
# nearly always.
#
#   RFCs with the right check digit: fewer than 50 of 1000
#   CURPs of Querétaro that are valid: 0
#   telephones that can be called: fewer than half
#
# What helps: made-up people whose numbers are computed, or the few that the SAT publishes.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check \
    faker==40.54.0 python-stdnum==2.2 phonenumbers==9.0.43

cat >check.py <<'PY'
import phonenumbers
from faker import Faker
from stdnum.exceptions import ValidationError
from stdnum.mx import curp, rfc

PEOPLE = 1000
Faker.seed(7)
fake = Faker("es_MX")


def has_check_digit(number):
    try:
        rfc.validate(number, validate_check_digits=True)
    except ValidationError:
        return False
    return True


def can_be_called(number):
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "MX"))
    except phonenumbers.NumberParseException:
        return False


right = sum(has_check_digit(fake.rfc()) for _ in range(PEOPLE))
print("RFCs with the right check digit:", "fewer than 50 of 1000" if right < 50 else right)
made = [fake.curp() for _ in range(PEOPLE)]
of_queretaro = [number for number in made if number[11:13] in ("QO", "QT")]
assert of_queretaro
print("CURPs of Querétaro that are valid:", sum(map(curp.is_valid, of_queretaro)))
called = sum(can_be_called(fake.phone_number()) for _ in range(PEOPLE))
print("telephones that can be called:", "fewer than half" if called < PEOPLE / 2 else called)
PY
seen=$(venv/bin/python check.py)
printf '%s\n' "$seen"
[[ $seen == "RFCs with the right check digit: fewer than 50 of 1000
CURPs of Querétaro that are valid: 0
telephones that can be called: fewer than half" ]]
