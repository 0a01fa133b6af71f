"""Test Conekta's signature on a webhook."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal.payments.conekta.signatures import verify

BODY = '{"type": "order.paid", "data": "ñ"}'.encode()


def pem_of(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def digest(key):
    return base64.b64encode(key.sign(BODY, PKCS1v15(), SHA256())).decode()


def test_a_good_signature(key, digest):
    pem = pem_of(key)
    assert verify(pem, digest, BODY)
    assert verify(pem.replace("\n", "\\n"), f" {digest}\n", BODY)
    assert verify(pem.replace("\n", "\\r\\n"), digest, BODY)
    assert verify(pem.replace("\n", "\r\n"), digest, BODY)


def test_bad_signatures(key, digest):
    pem = pem_of(key)
    assert not verify(pem, digest, BODY + b" ")
    assert not verify(pem_of(rsa.generate_private_key(65537, 2048)), digest, BODY)
    sha1 = base64.b64encode(key.sign(BODY, PKCS1v15(), SHA1())).decode()
    assert not verify(pem, sha1, BODY)


@pytest.mark.parametrize("header", [None, "", "====", "ñandú", "AAAA", "A" * 10_000])
def test_headers_that_are_none(header, key):
    assert not verify(pem_of(key), header, BODY)


@pytest.mark.parametrize("pem", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAA\n", "\ud800"])
def test_keys_that_are_none(pem, digest):
    assert not verify(pem, digest, BODY)


def test_a_key_of_another_kind(digest):
    assert not verify(pem_of(ec.generate_private_key(ec.SECP256R1())), digest, BODY)
