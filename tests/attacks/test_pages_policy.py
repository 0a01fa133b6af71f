"""Every page there is, in the name of another device: it tells nothing and changes nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from requests import Response

from tests.attacks.pages import DECLINED, Person, Victim, check
from tests.pages.site import Phone, Site

METHODS = ("GET", "POST")
# What is drawn anew for every answer, or names the device that was claimed.
DRAWN = re.compile(
    r'(?<=[?;]v=)[^&"\']+|(?<=name="v" value=")[^"]*|(?<=name="c" value=")[^"]*'
    r'|(?<=name="compra" value=")[^"]*|(?<=[?;&]c=)[^&"\']+|(?<=[?;&]de=)[^&"\']+'
    r'|(?<="purchase": ")[^"]*'
    r"|(?<=nonce=\")[^\"]*|[0-9a-f]{2}(:[0-9a-f]{2}){5}|persona\d+@",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Call:
    """How a route is called by somebody who claims to be a device.

    `fields` go into the query, or into the form; `buys`: along with a purchase that was shown.
    """

    path: str
    fields: dict[str, str] = field(default_factory=dict)
    buys: bool = False


GUESSED = "sal_" + "0" * 32
# Each route and method of the pages. Whoever adds one says here how it is attacked.
WALK = {
    ("GET", "pages.plans"): Call(""),
    ("GET", "pages.pay_form"): Call("/pagar", {"c": "abc"}),
    ("POST", "pages.pay"): Call("/pagar", buys=True),
    ("POST", "pages.purchase_status"): Call("/pagar/estado", buys=True),
    ("POST", "pages.report_unreachable"): Call("/pagar/sin-formulario", buys=True),
    ("GET", "pages.result"): Call(f"/pago/{GUESSED}"),
    ("POST", "pages.cancel"): Call(f"/pago/{GUESSED}/cancelar"),
    ("POST", "pages.take_pass"): Call(f"/pago/{GUESSED}/pase", {"banco": "1"}),
    ("GET", "pages.sale_standing"): Call(f"/pago/{GUESSED}/estado"),
    ("POST", "pages.sale_standing"): Call(f"/pago/{GUESSED}/estado"),
    ("POST", "pages.report_frame_unreachable"): Call(f"/pago/{GUESSED}/sin-formulario"),
    ("GET", "pages.reference_picture"): Call(f"/pago/{GUESSED}/referencia-0.png"),
    ("POST", "pages.make_invoice"): Call(f"/pago/{GUESSED}/factura"),
    ("GET", "pages.back_to_sale"): Call(f"/pago/{GUESSED}/cancelar"),
    ("POST", "pages.give_up_device"): Call("/cancelar"),
    ("GET", "pages.back_to_plans"): Call("/cancelar"),
    ("POST", "pages.reconnect_device"): Call("/reconectar"),
    ("GET", "pages.reconnect_again"): Call("/reconectar"),
    ("GET", "pages.connected"): Call("/conectado"),
    ("GET", "pages.my_access"): Call("/acceso"),
    ("POST", "pages.open_access"): Call("/acceso", {"usuario": "012345"}),
    ("GET", "pages.code_form"): Call("/codigo", {"username": "AB3C9D"}),
    ("POST", "pages.enter_code"): Call("/codigo", {"usuario": "AB3C9D", "contrasena": "1234"}),
    ("GET", "pages.lost_form"): Call("/recuperar"),
    ("POST", "pages.find_code"): Call("/recuperar", {"correo": "{email}", "tarjeta": "4242"}),
    ("GET", "pages.conditions"): Call("/condiciones"),
    ("GET", "pages.captive_api"): Call("/captive-api"),
}


def test_every_route_is_walked(site: Site) -> None:
    routes = {
        (method, rule.endpoint)
        for rule in site.shop.app.url_map.iter_rules()
        if rule.endpoint.startswith("pages.")
        for method in METHODS
        if method in (rule.methods or ())
    }
    assert routes == set(WALK)


def ask(person: Person, method: str, call: Call, *, typed: bool) -> Response:
    """Call the route: with the device in the address, or with a visit that we have sealed."""
    fields = {name: text.format(email=person.email) for name, text in call.fields.items()}
    fields["plan"] = str(person.site.shop.plan_id)
    if call.buys:
        form = person.form(**(person.claims if typed else {}))
        fields |= form | {"token_tarjeta": person.site.mint(DECLINED)}
        if typed:
            del fields["v"]
    query = person.claims if typed else {"v": person.enter()}
    if method == "GET":
        return person.get(call.path, **(fields | query))
    return person.ask("POST", call.path, params=query, data=fields)


def told(answer: Response) -> tuple[int, int, str]:
    """What an answer says, without what is drawn for it alone."""
    return answer.status_code, len(answer.history), DRAWN.sub("…", answer.text)


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "sealed"])
@pytest.mark.parametrize("state", ["online", "offline", "at_bank"])
@pytest.mark.parametrize("route", WALK, ids=" ".join)
def test_a_device_is_told_nothing_of(
    site: Site, route: tuple[str, str], state: str, typed: bool
) -> None:
    """The answer is the same as for a device that has nothing, and all stays as it is."""
    victim, nobody = Victim(site, state), site.new_phone()
    answers = []
    for device in (victim.device, nobody):
        attacker = Person(site, device)
        answers.append(told(ask(attacker, route[0], WALK[route], typed=typed)))
        check(attacker, victim)
    assert answers[0] == answers[1]


@pytest.mark.parametrize("ip", ["", "10.5.50.254"])
def test_a_mac_alone_changes_nothing(site: Site, ip: str) -> None:
    """Without its address not even the device itself is connected."""
    victim = Victim(site, "offline")
    attacker = Person(site, Phone(victim.device.mac, ip))
    for (method, _), call in WALK.items():
        ask(attacker, method, call, typed=False)
    check(attacker, victim)
    assert victim.standing()["sessions"] == []
