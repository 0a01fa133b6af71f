"""Test each field at, under and over its limits, and what it makes of odd spellings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from marshmallow import ValidationError

from portal.web.fields import (
    ApiField,
    Choice,
    Email,
    Flag,
    IPv4,
    ListOf,
    Mac,
    Money,
    Nested,
    Phone,
    QueryInteger,
    StrictInteger,
    Text,
    pesos,
)
from portal.web.schemas import AdminSchema

INTEGER = "debe ser un número entero entre 1 y 2147483647"
TEXT = "debe ser un texto"
CHARACTERS = "contiene caracteres que no se permiten"
THREE = "debe tener entre 1 y 3 caracteres"
AMOUNT = "debe ser un importe con dos decimales como máximo"
LETTERS = "debe ser a o b"
NULL = "no puede ser nulo"
MAC, IP = "debe ser una dirección MAC", "debe ser una dirección IPv4"
EMAIL = "debe ser un correo electrónico válido"


class Point(AdminSchema):
    x = StrictInteger(required=True)


GOOD = [
    (StrictInteger(), 1, 1),
    (StrictInteger(), 2**31 - 1, 2**31 - 1),
    (StrictInteger(0, 5), 0, 0),
    (QueryInteger(1, 200), "200", 200),
    (Text(3), "abc", "abc"),
    (Text(3), "  a ", "a"),
    (Text(3), "ñ🚀é", "ñ🚀é"),
    (Text(9), "👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"),
    (Text(3, strip=False), " a ", " a "),
    (Text(9, lines=True), "a\nb\tc", "a\nb\tc"),
    (Text(3, shortest=0), "", ""),
    (Text(3, blank=None), "", None),
    (Text(3, blank=None), None, None),
    (Choice("a", "b"), "b", "b"),
    (Choice("a", "b", blank="a"), None, "a"),
    (Choice("a", "b", blank="a"), "", "a"),
    (Flag(), True, True),
    (Flag(), False, False),
    (Flag(blank=False), None, False),
    (Email(), " Ana.Pérez@Example.COM ".replace("é", "e"), "Ana.Perez@example.com"),
    (Email(), "ana@ñandú.mx", "ana@xn--and-6ma2c.mx"),
    *((Email(), address, address) for address in (
        "ana@example.test", "ana@hostal.local", "ana@correo.hostal.internal", "ana@a.home.arpa",
    )),
    (Phone(), "55 1234-5678", "5512345678"),
    (Phone(), "+52 (55) 1234 5678", "+525512345678"),
    (Phone(), "5" * 20, "5" * 20),
    (Phone(), "+" + "5" * 19, "+" + "5" * 19),
    (Phone(), "sin teléfono", None),
    (Phone(), "", None),
    (Phone(), None, None),
    *((Mac(), spelling, "AA:BB:CC:DD:EE:0F") for spelling in (
        "AA:BB:CC:DD:EE:0F", "aa:bb:cc:dd:ee:0f", "AA-BB-CC-DD-EE-0F", "aabb.ccdd.ee0f",
        "AABBCCDDEE0F",
    )),
    (Mac(blank=None), "", None),
    (IPv4(), "192.168.88.100", "192.168.88.100"),
    (IPv4(), "0.0.0.0", "0.0.0.0"),
    (Money(), "20.00", 2000),
    (Money(), "20", 2000),
    (Money(), "0.1", 10),
    (Money(), 20, 2000),
    (Money(), Decimal("20.5"), 2050),
    (Money(300), "3.00", 300),
    (Nested(Point), {"x": 1}, {"x": 1}),
    (ListOf(Text(3), 2), ["a", "b"], ["a", "b"]),
]  # fmt: skip

BAD = [
    *((StrictInteger(), value, INTEGER) for value in (
        0, -1, 2**31, 10**30, 1.0, Decimal("1.5"), "5", "", True, [1], {"a": 1},
    )),
    (StrictInteger(), None, NULL),
    *((QueryInteger(), value, INTEGER) for value in ("0", "", "1.5", "uno", "1" * 40, "٣", "1\n")),
    *((Text(3), value, TEXT) for value in (5, 1.5, True, ["a"], {"a": 1})),
    (Text(3), None, NULL),
    *((Text(3), value, THREE) for value in ("", "   ", "abcd", "🚀" * 4)),
    *((Text(9), f"a{bad}b", CHARACTERS) for bad in (
        "\0", "\n", "\r", "\t", "\x1b", "\x7f", "\x85", "\ud83d", "\udc00",
    )),
    *((Text(9, lines=True), f"a{bad}b", CHARACTERS) for bad in ("\0", "\x1b", "\ud83d")),
    *((Choice("a", "b"), value, LETTERS) for value in ("c", "A", "", 1, True, ["a"])),
    *((Flag(), value, "debe ser verdadero o falso") for value in (1, 0, "true", "sí", [], {})),
    *((Email(), value, EMAIL) for value in (
        "ana", "ana@", "@example.com", "ana@localhost", "a b@example.com", "ana@example..com",
        "ana@@example.com", "Ana <ana@example.com>", "ñandú@example.com", "a" * 65 + "@example.com",
        "ana@" + "a" * 260 + ".com", "a" * 60000, "ana@example.com,b@example.com",
        "ana@[127.0.0.1]",
    )),
    (Email(), "ana@example.com\nbcc: b@example.com", CHARACTERS),
    (Email(), 5, TEXT),
    (Phone(), "5" * 21, "debe tener 20 caracteres como máximo"),
    (Phone(), "+" + "5" * 20, "debe tener 20 caracteres como máximo"),
    (Phone(), 5512345678, TEXT),
    (Phone(), "55\x0012", CHARACTERS),
    *((Mac(), value, MAC) for value in (
        "AA:BB:CC:DD:EE", "AA:BB:CC:DD:EE:FG", "AA:BB-CC:DD:EE:FF", "AA:BB:CC:DD:EE:FF:00",
        " AA:BB:CC:DD:EE:FF", '"A:BB:CC:DD:EE:FF', "AA:BB:CC:DD:EE:F'", "<script>alert(1)",
        "AABB.CCDDEEFF", "AABBCCDDEEFF0", "", "[/system reboot]", "ＡＡ:BB:CC:DD:EE:FF",
    )),
    (Mac(), "AA:BB:CC:DD:EE:FF\n", CHARACTERS),
    (Mac(), 5, TEXT),
    *((IPv4(), value, IP) for value in (
        "192.168.88", "192.168.88.256", "192.168.88.01", "::1", "192.168.88.1/24", " 10.0.0.1",
        "10.0.0.1;reboot", "'10.0.0.1'", "<script>", "١٠.0.0.1", "",
    )),
    (IPv4(), "10.0.0.1\n", CHARACTERS),
    *((Money(), value, AMOUNT) for value in (
        "20.001", "-1", "1e3", "NaN", "Infinity", "20,00", "$20", "", " 20", "20.", ".5", "2" * 40,
        "٣", "1\n", True, [], Decimal("1E+30"), Decimal("20.555"), -1, 10**30,
    )),
    (Money(300, 5000), "2.99", "debe estar entre 3.00 y 50.00"),
    (Money(300, 5000), "50.01", "debe estar entre 3.00 y 50.00"),
    *((Nested(Point), value, "debe ser un objeto") for value in (5, "x", [], True)),
    (ListOf(Text(3), 2), ["a"] * 3, "debe tener 2 elementos como máximo"),
    *((ListOf(Text(3), 2), value, "debe ser una lista") for value in ("ab", {"a": 1}, 5, True)),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "kept"), GOOD)
def test_takes(field: ApiField, value: Any, kept: Any) -> None:
    assert field.deserialize(value) == kept


@pytest.mark.parametrize(("field", "value", "complaint"), BAD)
def test_refuses(field: ApiField, value: Any, complaint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        field.deserialize(value)
    assert complaint in caught.value.messages


@pytest.mark.parametrize(
    ("centavos", "text"), [(0, "0.00"), (5, "0.05"), (2000, "20.00"), (2050, "20.50")]
)
def test_writes_money(centavos: int, text: str) -> None:
    assert pesos(centavos) == text
    assert Money().deserialize(text) == centavos
