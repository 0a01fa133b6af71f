#!/usr/bin/env bash
# Where: num2words 0.5.14 (amounts in words, as receipts in Mexico have them), CPython 3.11.
#
# Guessed: 250 pesos in words are "doscientos cincuenta pesos", whether the amount comes as 250,
# 250.0 or Decimal("250"), and a million takes "de", as Spanish has it.
#
# Seen: an int is taken for centavos, any other number for pesos, so that the same amount differs a
# hundredfold by its type: a Decimal that was rounded to an int on the way, or a JSON 250 beside a JSON
# 250.0. Nothing is raised. And a million stands without "de".
#
#   250: dos pesos con cincuenta centavos
#   250.0: doscientos cincuenta pesos con cero centavos
#   Decimal('250'): doscientos cincuenta pesos con cero centavos
#   Decimal('1000000'): un millón pesos con cero centavos
#
# What helps: give it `Decimal` alone, and write "de" oneself from a million on.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check num2words==0.5.14

cat >say.py <<'PY'
from decimal import Decimal

from num2words import num2words

for amount in (250, 250.0, Decimal("250"), Decimal("1000000")):
    print(f"{amount!r}: {num2words(amount, lang='es', to='currency', currency='MXN')}")
PY
seen=$(venv/bin/python say.py)
printf '%s\n' "$seen"
[[ $seen == "250: dos pesos con cincuenta centavos
250.0: doscientos cincuenta pesos con cero centavos
Decimal('250'): doscientos cincuenta pesos con cero centavos
Decimal('1000000'): un millón pesos con cero centavos" ]]
