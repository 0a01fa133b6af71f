#!/usr/bin/env bash
# Where: marshmallow 4.4.0 with apispec 6.10.1, openapi-spec-validator 0.9.0, CPython 3.11.
#
# Guessed: a `DateTime` with a format of its own (28/11/2026 18:05, as people write it) is documented
# as a string, and the document stays one that OpenAPI's own schema takes.
#
# Seen: `format` and `pattern` are written as null, which OpenAPI 3.0 and 3.1 refuse: the whole document
# is invalid for that one field, and tools that check it first read nothing of it. `Date` and `Time`
# with a format of their own are fine.
#
#   DateTime: {'type': 'string', 'format': None, 'pattern': None}, OpenAPIValidationError
#   Date: {'type': 'string', 'format': 'date'}, valid
#
# What helps: `metadata={"format": "…", "pattern": "…"}` beside the field's own format.
set -euo pipefail

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -q --disable-pip-version-check \
    marshmallow==4.4.0 apispec==6.10.1 openapi-spec-validator==0.9.0

cat >document.py <<'PY'
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields
from openapi_spec_validator import validate


class Sale(Schema):
    at = fields.DateTime(format="%d/%m/%Y %H:%M")


class Day(Schema):
    at = fields.Date(format="%d/%m/%Y")


for name, schema in (("DateTime", Sale), ("Date", Day)):
    spec = APISpec("Sales", "1", "3.1.0", plugins=[MarshmallowPlugin()])
    spec.components.schema(name, schema=schema)
    document = spec.to_dict()
    try:
        validate(document)
        came = "valid"
    except Exception as error:
        came = type(error).__name__
    print(f"{name}: {document['components']['schemas'][name]['properties']['at']}, {came}")
PY
seen=$(venv/bin/python document.py)
printf '%s\n' "$seen"
[[ $seen == "DateTime: {'type': 'string', 'format': None, 'pattern': None}, OpenAPIValidationError
Date: {'type': 'string', 'format': 'date'}, valid" ]]
