"""Codes guessed from many devices: slowed down, told once, and no customer kept out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.access import guess_guard
from portal.access.attempt_limits import BUDGET, TURN
from portal.access.code_recovery import NoSuchPurchase, find_lost_code
from portal.access.guess_limits import CALM_HITS, HOUR, STORM_HITS, budget, turn_seconds
from portal.access.live_codes import LiveCodes, live_codes
from portal.access.pin_density import tell_of_dense_pins
from portal.core.database import reading, writing
from portal.core.errors import TooManyRequests
from portal.models import Access, Job, WrongCode, utc_now
from portal.worker.dispatcher import run_pass
from portal.worker.schedule import plan_jobs
from tests.api.admin.caller import log_in
from tests.support.patience import PATIENCE
from tests.support.shop import MAC, Shop


def mac(number: int) -> str:
    return f"02:00:00:00:{number // 256:02X}:{number % 256:02X}"


def ip(number: int) -> str:
    return f"192.168.{89 + number // 200}.{number % 200 + 1}"


def join(shop: Shop, number: int) -> str:
    """A device of its own in the WiFi."""
    shop.router.join(mac(number), ip(number))
    return mac(number)


def enter(shop: Shop, code: str, device: str, password: str | None = None) -> TestResponse:
    body = {"username": code, "password": password or code, "current_mac": device}
    return shop.call("/api/v1/hotspot/auto-reconnect", body)


def state(answer: TestResponse) -> str:
    return answer.json["estado"] if answer.status_code == 200 else str(answer.status_code)


def pin(shop: Shop, **wishes: str) -> str:
    answer = shop.buy(tipo_usuario="pin", **wishes)
    assert answer.status_code == 200, answer.text
    code: str = answer.json["usuario_hotspot"]["usuario"]
    return code


def guess(shop: Shop, devices: int, tries: int = 5, threads: int = 8) -> list[str]:
    """What so many tries of each of so many fresh devices come to."""
    joined = [join(shop, number) for number in range(devices)]
    wanted = [(f"9{number:05}", device) for device in joined for number in range(tries)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda each: state(enter(shop, *each)), wanted))


def make_stormy(shop: Shop, kind: str = "code") -> None:
    """As after so many wrong tries; turns stand open."""
    until = utc_now() + HOUR + timedelta(minutes=4)
    with shop.app.app_context(), writing() as session:
        session.add(
            WrongCode(
                router_id=shop.router_id, device=BUDGET, kind=kind, failures=0, locked_until=until
            )
        )


def take_turns_away(shop: Shop, seconds: float, kind: str = "code") -> None:
    """As if others had taken the turns of so long."""
    with shop.app.app_context(), writing() as session:
        session.merge(
            WrongCode(
                router_id=shop.router_id,
                device=TURN,
                kind=kind,
                failures=0,
                last_at=utc_now(),
                locked_until=utc_now() + timedelta(seconds=seconds),
            )
        )


def alerts(shop: Shop) -> list[str]:
    return [alert.kind for alert in shop.alerts()]


def fill(shop: Shop, pins: int, digits: int = 6) -> None:
    """So many live PINs, beside those that were sold."""
    with shop.app.app_context(), writing() as session:
        for number in range(pins):
            session.add(
                Access(
                    id=f"acc_filled{digits}{number:08}",
                    company_id=shop.company_id,
                    router_id=shop.router_id,
                    kind="pin",
                    name=f"1{number:0{digits - 1}}",
                    pin_digits=digits,
                    wanted="enabled",
                    actual="enabled",
                    profile_name="1hora",
                )
            )


@pytest.mark.parametrize("digits", [6, 7, 8])
@pytest.mark.parametrize("live", [1, 10, 50, 100, 1000, 5000])
def test_what_a_guesser_may_expect_stays_below_the_bound(live: int, digits: int) -> None:
    codes = LiveCodes({digits: live})
    an_hour = budget(codes.count, codes.chance).tries
    assert an_hour * codes.chance <= CALM_HITS or an_hour == 1
    in_storm = HOUR.total_seconds() / turn_seconds(codes.chance)
    assert in_storm * codes.chance <= STORM_HITS * 1.000001
    assert turn_seconds(codes.chance) <= 1.5 or codes.density > 1 / 10_000


def test_the_budget_grows_with_the_codes_that_are_out() -> None:
    budgets = [budget(live, live / 10**7).tries for live in (0, 10, 100, 300)]
    assert budgets == sorted(set(budgets))


def test_the_shortest_pins_and_the_users_count_for_the_chance() -> None:
    assert LiveCodes({6: 100, 8: 1000}).chance == pytest.approx(1e-4)
    assert LiveCodes({8: 1000}, users=1).chance == pytest.approx(1e-4)
    assert LiveCodes().chance == 0


@pytest.mark.each_database
def test_sixty_devices_with_three_hundred_tries(shop: Shop) -> None:
    """Then a customer with a good code and a fresh phone gets in, while it goes on."""
    code = pin(shop)
    said = guess(shop, 60)
    wrong = said.count("credenciales_invalidas")
    with shop.app.app_context(), reading() as session:
        live = live_codes(session, shop.router_id)
    allowed = budget(live.count, live.chance).tries
    assert wrong < 300
    # Those under way when it was noticed come on top, and the storm's own turns.
    assert allowed <= wrong
    assert set(said) == {"credenciales_invalidas", "429"}
    assert alerts(shop) == ["code_guessing_code"]
    assert shop.alerts()[0].times == 1
    assert "61" in shop.alerts()[0].message
    assert gets_in(shop, code, join(shop, 300))


def gets_in(shop: Shop, code: str, device: str) -> bool:
    """Whether the customer is online soon; who is told to wait tries again as told."""
    began = monotonic()
    while monotonic() - began < PATIENCE:
        answer = enter(shop, code, device)
        if answer.status_code == 200:
            assert answer.json["success"], answer.text
            return True
        assert int(answer.headers["Retry-After"]) <= 5
    return False


def test_a_device_has_one_try_in_a_storm_and_then_a_minute(shop: Shop) -> None:
    pin(shop)
    make_stormy(shop)
    device = join(shop, 1)
    assert state(enter(shop, "900000", device)) == "credenciales_invalidas"
    answer = enter(shop, "900001", device)
    assert answer.status_code == 429
    assert 50 <= int(answer.headers["Retry-After"]) <= 60


def test_who_gets_no_turn_is_told_when_and_not_counted(shop: Shop) -> None:
    code = pin(shop)
    make_stormy(shop)
    take_turns_away(shop, 60)
    device = join(shop, 1)
    for tried in ("900000", code):
        answer = enter(shop, tried, device)
        assert answer.status_code == 429
        assert 50 <= int(answer.headers["Retry-After"]) <= 60
        assert answer.json == {"detail": guess_guard.WAIT}
    take_turns_away(shop, 0)
    assert state(enter(shop, code, device)) == "activo"


def test_a_device_with_its_own_code_waits_for_no_turn(shop: Shop) -> None:
    code = pin(shop)
    make_stormy(shop)
    take_turns_away(shop, 60)
    assert state(enter(shop, code, MAC)) == "activo"
    assert enter(shop, "900000", MAC).status_code == 429


def test_a_storm_ends_soon_after_its_last_try(shop: Shop) -> None:
    pin(shop)
    guess(shop, 14)
    assert alerts(shop) == ["code_guessing_code"]
    device = join(shop, 400)
    pass_time(shop, timedelta(minutes=6))
    for number in range(3):
        assert state(enter(shop, f"80000{number}", device)) == "credenciales_invalidas"


def pass_time(shop: Shop, time: timedelta) -> None:
    with shop.app.app_context(), writing() as session:
        for row in session.scalars(sa.select(WrongCode)):
            row.last_at -= time
            row.locked_until = row.locked_until and row.locked_until - time


def address_of(shop: Shop, device: str) -> str:
    """Where the router has the device."""
    rows = shop.router.rows("/ip/hotspot/host")
    return next(row["address"] for row in rows if row["mac-address"] == device)


def lost(shop: Shop, device: str, email: str, last4: str) -> str:
    with shop.app.app_context():
        try:
            return find_lost_code(shop.router_id, device, address_of(shop, device), email, last4)
        except (NoSuchPurchase, TooManyRequests) as problem:
            return type(problem).__name__


def test_lost_codes_are_guessed_by_no_crowd_of_devices(shop: Shop) -> None:
    sale = shop.buy().json["referencia"]
    for number in range(70):
        lost(shop, join(shop, number), f"somebody{number}@example.com", "0000")
    assert alerts(shop) == ["code_guessing_lost_code"]
    assert lost(shop, mac(69), "somebody1@example.com", "0001") == "TooManyRequests"
    take_turns_away(shop, 0, "lost_code")
    assert lost(shop, join(shop, 300), "maria@example.com", "4242") == sale


def test_strangers_tries_at_an_e_mail_do_not_keep_its_owner_s_phone_out(shop: Shop) -> None:
    sale = shop.buy().json["referencia"]
    for number in range(3):
        assert lost(shop, join(shop, number), "maria@example.com", "0000") == "NoSuchPurchase"
    assert lost(shop, join(shop, 9), "maria@example.com", "4242") == "TooManyRequests"
    assert lost(shop, MAC, "maria@example.com", "4242") == sale


def test_who_only_asked_to_buy_in_another_s_name_is_not_the_owner(shop: Shop) -> None:
    shop.buy()
    device = join(shop, 1)
    shop.buy(token_tarjeta="tok_test_card_declined", mac_cliente=device)
    for number in range(2, 5):
        lost(shop, join(shop, number), "maria@example.com", "0000")
    assert lost(shop, device, "maria@example.com", "4242") == "TooManyRequests"


def test_a_purchase_of_one_s_own_buys_no_tries_at_another_s_card(shop: Shop) -> None:
    """Claims the victim's device and address, and finds his own code between the guesses."""
    shop.buy()
    shop.router.join(mac(1), ip(1))
    own = shop.buy(email_cliente="ladron@example.com", mac_cliente=mac(1), ip_cliente=ip(1))
    assert own.status_code == 200
    said = []
    for number in range(6):
        said.append(lost(shop, MAC, "maria@example.com", f"{number:04}"))
        lost(shop, MAC, "ladron@example.com", "4242")
    assert said == ["NoSuchPurchase"] * 3 + ["TooManyRequests"] * 3


def test_who_waits_for_a_lost_code_touches_no_router(shop: Shop) -> None:
    shop.buy()
    for _ in range(3):
        lost(shop, MAC, "maria@example.com", "0000")
    shop.router.forget_commands()
    assert lost(shop, MAC, "maria@example.com", "4242") == "TooManyRequests"
    assert not shop.router.commands


@pytest.mark.parametrize("digits", [6, 7, 8])
def test_a_company_chooses_how_long_its_pins_are(shop: Shop, digits: int) -> None:
    operator = log_in(shop.app, shop.company_id)
    path = "/api/v1/admin/mi-empresa"
    assert operator.get(path).json["pin_digitos"] == 6
    answer = operator.put(path, {"pin_digitos": digits})
    assert (answer.status_code, answer.json["pin_digitos"]) == (200, digits)
    code = pin(shop)
    assert len(code) == digits
    assert code.isdigit()
    [access] = shop.accesses()
    assert access.pin_digits == digits
    user = shop.buy().json["usuario_hotspot"]
    assert (len(user["usuario"]), len(user["contrasena"])) == (6, 4)


@pytest.mark.parametrize("digits", [5, 9, "7", 6.5, None])
def test_no_other_length_is_taken(shop: Shop, digits: object) -> None:
    operator = log_in(shop.app, shop.company_id)
    answer = operator.put("/api/v1/admin/mi-empresa", {"pin_digitos": digits})
    assert answer.status_code == 422
    assert list(answer.json["errores"]) == ["pin_digitos"]


def test_the_company_is_told_where_pins_stand_dense(shop: Shop) -> None:
    operator = log_in(shop.app, shop.company_id)
    path = "/api/v1/admin/mi-empresa"
    fill(shop, 50)
    look(shop)
    assert operator.get(path).json["avisos"] == []
    assert alerts(shop) == []
    fill(shop, 60, digits=7)
    pin(shop)
    for _ in range(2):
        look(shop)
        [alert] = shop.alerts()
        assert (alert.kind, alert.subject, alert.times) == ("pins_dense", shop.router_id, 1)
    [notice] = operator.get(path).json["avisos"]
    assert notice == alert.message
    assert "«Patio» hay 51 PIN activos de 6 dígitos" in notice
    # Those that were sold stay as short as they are.
    assert operator.put(path, {"pin_digitos": 8}).json["avisos"] == [notice]
    shop.change(Access, wanted="absent")
    look(shop)
    assert operator.get(path).json["avisos"] == []
    assert shop.alerts()[0].resolved_at is not None


def look(shop: Shop) -> None:
    with shop.app.app_context():
        tell_of_dense_pins(shop.router_id)


def test_the_worker_looks_by_itself(shop: Shop) -> None:
    fill(shop, 51)
    with shop.app.app_context():
        plan_jobs()
        with writing() as session:
            due = sa.update(Job).where(Job.id == f"pin_density:{shop.router_id}")
            session.execute(due.values(next_attempt_at=utc_now() - HOUR))
        run_pass()
    assert "pins_dense" in alerts(shop)
