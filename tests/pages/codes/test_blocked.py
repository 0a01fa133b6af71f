"""Test what a customer reads whose access the operator disabled on the router."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.pages.checkout.test_results import buy
from tests.pages.codes.test_comeback import codes_of, enter, users_online
from tests.pages.site import Phone, Site

SAID = {
    "es": "El operador desactivó este acceso. Si crees que es un error, habla con el lugar.",
    "en": "The operator has switched this access off. If that is a mistake, ask at the place.",
}


@pytest.mark.parametrize("language", SAID)
def test_the_code_page_says_so(
    client: FlaskClient, site: Site, phone: Phone, language: str
) -> None:
    name, password = codes_of(site, buy(site, phone))
    row = site.shop.router.users[name]
    site.shop.router.execute("/ip/hotspot/user/disable", numbers=row[".id"])
    other = site.new_phone()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    answer = enter(client, site, other, name, password)
    assert answer.status_code == 422
    assert SAID[language] in answer.text
    assert users_online(site, other) == []
    assert site.shop.router.users[name]["disabled"] == "true"
