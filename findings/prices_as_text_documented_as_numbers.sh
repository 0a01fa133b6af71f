#!/usr/bin/env bash
# Where: marshmallow 4.4.0 with apispec 6.10.1 (its OpenAPI 3.1 plugin), jsonschema 4, CPython 3.11.
#
# Guessed: a field that is declared `Decimal(as_string=True)`, so that "20.00" keeps its centavos, is
# documented as a string: both parts come from the same house.
#
# Seen: it is documented as a number. What the schema itself answers is refused by its own document,
# and a client made from the document sends and expects floats.
#
#   documented: {'type': 'number'}
#   answered: {"price": "20.00"}
#   its own document says: '20.00' is not of type 'number'
#
# What helps: a field of one's own with `fields.String`, or `metadata={"type": "string"}` on each.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check \
    marshmallow==4.4.0 apispec==6.10.1 jsonschema==4.23.0

cat >document.py <<'PY'
import json
from decimal import Decimal

import jsonschema
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields


class Plan(Schema):
    price = fields.Decimal(places=2, as_string=True)


spec = APISpec("Plans", "1", "3.1.0", plugins=[MarshmallowPlugin()])
spec.components.schema("Plan", schema=Plan)
documented = spec.to_dict()["components"]["schemas"]["Plan"]
answered = Plan().dumps({"price": Decimal("20")})
print("documented:", documented["properties"]["price"])
print("answered:", answered)
try:
    jsonschema.validate(json.loads(answered), documented)
except jsonschema.ValidationError as error:
    print("its own document says:", error.message)
PY
seen=$(venv/bin/python document.py)
printf '%s\n' "$seen"
[[ $seen == "documented: {'type': 'number'}
answered: {\"price\": \"20.00\"}
its own document says: '20.00' is not of type 'number'" ]]
