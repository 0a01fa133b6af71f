"""Compare what the document says of each field with what the field takes."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from apispec import APISpec
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError, fields, validate

from portal.api.openapi import Plugin, _schema_name
from portal.web.fields import Money, patterns
from portal.web.schemas import ApiField
from tests.api.documented.conftest import DocumentedShop
from tests.api.test_policy import flat, input_schemas

SEED = random.randrange(2**32)
FEW = settings(
    max_examples=15,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Its patterns say what is usual, and it takes more; of these formats no pattern is written.
UNWRITTEN = ("email", "ipv4")


def said_of(field: fields.Field[Any]) -> dict[str, Any]:
    """What the document says of it."""
    plugin = Plugin(schema_name_resolver=_schema_name)
    APISpec("Portal", "1", "3.1.0", plugins=[plugin])
    plugin.converter.field_mapping[Money] = ("string", None)
    found: dict[str, Any] = plugin.converter.field2property(field)
    return found


def read_fields() -> Iterator[tuple[str, fields.Field[Any]]]:
    """Every field that an endpoint reads, named once."""
    seen = set()
    for schema in input_schemas():
        for name, field in schema.load_fields.items():
            for part in flat(field):
                label = f"{type(schema).__name__}.{name}.{type(part).__name__}"
                if label not in seen and isinstance(part, ApiField):
                    seen.add(label)
                    yield label, part


FIELDS = dict(read_fields())


def is_taken(field: fields.Field[Any], value: Any) -> bool:
    try:
        field.deserialize(value)
    except ValidationError:
        return False
    return True


def checks_of(field: fields.Field[Any], kind: type) -> list[Any]:
    return [check for check in field.validators if isinstance(check, kind)]


@pytest.mark.parametrize("label", FIELDS)
def test_bounds_are_those_of_the_validators(label: str) -> None:
    field, said = FIELDS[label], said_of(FIELDS[label])
    for check in checks_of(field, validate.Range):
        assert (said["minimum"], said["maximum"]) == (check.min, check.max)
        reads = str if "Query" in type(field).__name__ else int
        for bound, beyond in ((check.min, check.min - 1), (check.max, check.max + 1)):
            assert is_taken(field, reads(bound))
            assert not is_taken(field, reads(beyond))
    for check in checks_of(field, validate.Length):
        least, most = ("minItems", "maxItems") if "items" in said else ("minLength", "maxLength")
        assert (said.get(least), said[most]) == (check.min, check.max)
    for check in checks_of(field, validate.OneOf):
        assert [word for word in said["enum"] if word is not None] == list(check.choices)


@pytest.mark.parametrize("label", FIELDS)
def test_what_a_pattern_allows_is_taken(label: str) -> None:
    field, said = FIELDS[label], said_of(FIELDS[label])
    choices = said.get("anyOf", [said])
    for pattern in (choice["pattern"] for choice in choices if "pattern" in choice):
        texts = st.from_regex(pattern.replace("$", r"\Z")).filter(lambda text: fits(text, said))

        @seed(SEED)
        @FEW
        @given(texts)
        def run(text: str) -> None:
            assert is_taken(field, text), (SEED, text)

        run()


def fits(text: str, said: dict[str, Any]) -> bool:
    forbidden = said.get("not", {}).get("pattern")
    is_long_enough = said.get("minLength", 0) <= len(text) <= said.get("maxLength", 10**6)
    return is_long_enough and not (forbidden and re.search(forbidden, text))


def test_every_text_says_which_characters_it_takes() -> None:
    for label, field in FIELDS.items():
        said = said_of(field)
        if said.get("type") in ("string", ["string", "null"]) and "enum" not in said:
            written = {"pattern", "anyOf"} & set(said) or said.get("format") in UNWRITTEN
            assert written, label


def test_the_two_bounds_that_were_wrong(document: dict[str, Any], shop: DocumentedShop) -> None:
    product = document["components"]["schemas"]["ProductSchema"]["properties"]
    for name, most in (("limite_datos_mb", 100_000_000), ("duracion_minutos", 5_270_400)):
        assert (product[name]["minimum"], product[name]["maximum"]) == (1, most)
    changes = document["components"]["schemas"]["ProductSchemaCambios"]["properties"]
    assert not [name for name, said in changes.items() if "default" in said]


@pytest.mark.parametrize(
    ("least", "most"), [(1, 99_999_999), (300, 99_999_999), (20, 5050), (0, 0), (1999, 10_001)]
)
def test_a_pattern_of_amounts_is_exact(least: int, most: int) -> None:
    pattern = re.compile(patterns.amounts(least, most))
    numbers = random.Random(SEED)
    near = [bound + step for bound in (least, most) for step in range(-150, 151)]
    for centavos in [*near, *(numbers.randrange(2 * most + 2) for _ in range(500))]:
        if centavos >= 0:
            text = f"{centavos // 100}.{centavos % 100:02d}"
            assert bool(pattern.match(text)) is (least <= centavos <= most), (SEED, text)


@pytest.mark.parametrize(("first", "last"), [(0, 255), (1, 65535), (7, 7), (98, 1203)])
def test_a_pattern_of_integers_is_exact(first: int, last: int) -> None:
    pattern = re.compile(patterns.whole(patterns.integers(first, last)))
    fitting = {number for number in range(last + 200) if pattern.match(str(number))}
    assert fitting == set(range(first, last + 1))


@pytest.mark.parametrize("number", ["5.0", "5e0", "50e-1"])
def test_a_whole_number_is_one_however_it_is_written(shop: DocumentedShop, number: str) -> None:
    answer = shop.app.test_client().post(
        "/api/v1/payments/pagar-conekta",
        data=f'{{"producto_id": {number}}}',
        content_type="application/json",
        headers={"X-API-Key": shop.api_key},
    )
    assert "producto_id" not in answer.json["errores"]


@pytest.mark.parametrize("number", ["5.5", "1e30", "1e999999999", "-1e999999999", "5e-1"])
def test_what_is_no_whole_number_is_refused_at_once(shop: DocumentedShop, number: str) -> None:
    answer = shop.app.test_client().post(
        "/api/v1/payments/pagar-conekta",
        data=f'{{"producto_id": {number}}}',
        content_type="application/json",
        headers={"X-API-Key": shop.api_key},
    )
    assert "producto_id" in answer.json["errores"]


def test_every_schema_with_rules_of_its_own_says_them(document: dict[str, Any]) -> None:
    described = document["components"]["schemas"]
    with_rules = {_schema_name(schema) for schema in input_schemas() if rules_of(schema)}
    assert len(with_rules) > 3
    for name in with_rules:
        assert {"allOf", "anyOf"} & set(described[name]), name


def rules_of(schema: Schema) -> dict[str, Any]:
    found: dict[str, Any] = getattr(schema, "documented", {})
    return found
