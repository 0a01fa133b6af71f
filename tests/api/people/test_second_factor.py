"""Test the second factor: what it asks for, and that it tells nobody anything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.core.database import reading, writing
from portal.core.vault import VaultError
from portal.models import AuditEntry, RecoveryCode, SecondFactor
from portal.operators import key_rotation
from tests.api.admin.caller import Caller
from tests.api.people.conftest import AUTH, Make, Somebody, totp
from tests.support.tenants import PASSWORD

TRIES = 5


def state(caller: Caller) -> dict[str, object]:
    found: dict[str, object] = caller.get(f"{AUTH}/totp").json
    return found


def test_it_is_on_only_once_a_first_code_was_right(person: Make) -> None:
    ana = person()
    caller = ana.caller()
    begun = totp(caller, accion="iniciar", password=PASSWORD).json
    assert (begun["estado"], state(caller)["estado"]) == ("pendiente", "inactivo")
    assert begun["uri"].startswith("otpauth://totp/Portal:")
    assert f"secret={begun['secreto']}" in begun["uri"]
    ana.secret = begun["secreto"]
    wrong = totp(caller, accion="confirmar", codigo=ana.wrong_code())
    assert (wrong.status_code, list(wrong.json["errores"])) == (422, ["codigo"])
    assert ana.log_in().status_code == 200
    done = totp(caller, accion="confirmar", codigo=ana.code()).json
    assert (done["estado"], done["codigos_restantes"], done["secreto"]) == ("activo", 10, None)
    assert len(set(done["codigos_recuperacion"])) == 10
    assert state(caller)["codigos_recuperacion"] is None
    assert totp(caller, accion="iniciar", password=PASSWORD).status_code == 409


def test_a_secret_that_was_not_confirmed_gives_way_to_another(person: Make) -> None:
    ana = person()
    caller = ana.caller()
    first, second = (
        totp(caller, accion="iniciar", password=PASSWORD).json["secreto"] for _ in range(2)
    )
    assert first != second
    old = totp(caller, accion="confirmar", codigo=pyotp.TOTP(first).now())
    assert old.status_code == 422
    ana.secret = second
    assert totp(caller, accion="confirmar", codigo=ana.code()).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"accion": "iniciar"},
        {"accion": "confirmar"},
        {"accion": "desactivar", "password": PASSWORD},
        {"accion": "renovar_codigos", "codigo": "123456"},
        {"accion": "borrar"},
    ],
)
def test_what_an_action_needs_is_asked_for(person: Make, body: dict[str, str]) -> None:
    assert totp(person().caller(), **body).status_code == 422


def test_it_is_begun_with_the_password_alone(person: Make) -> None:
    caller = person().caller()
    assert totp(caller, accion="iniciar", password="not this one").status_code == 422


def test_every_wrong_login_sounds_alike(person: Make) -> None:
    ana, luis = person(), person()
    ana.turn_on()
    tries = [
        ana.log_in(),
        ana.log_in(ana.wrong_code()),
        ana.log_in(ana.code(), "wrong password"),
        luis.log_in(None, "wrong password"),
        luis.log_in("123456", "wrong password"),
    ]
    assert {answer.status_code for answer in tries} == {401}
    assert [answer.json for answer in tries] == [{"detail": "Credenciales incorrectas"}] * 5
    kept = ({*answer.headers.keys()} - {"Set-Cookie"} for answer in tries)
    assert len({frozenset(names) for names in kept}) == 1
    assert [answer.headers.get("Set-Cookie") for answer in tries] == [None] * 5
    assert ana.log_in(ana.code()).status_code == 200


def test_a_code_serves_once_and_none_before_it(person: Make) -> None:
    ana = person()
    ana.turn_on()
    before = pyotp.TOTP(ana.secret)
    code = ana.code()
    assert ana.log_in(f" {code[:3]} {code[3:]} ").status_code == 200
    assert ana.log_in(code).status_code == 401
    with ana.app.app_context(), reading() as session:
        mine = select(SecondFactor.last_step).where(SecondFactor.user_id == ana.user.id)
        step = session.scalars(mine).one()
    assert ana.log_in(before.generate_otp(step - 1)).status_code == 401
    assert ana.log_in(before.generate_otp(step + 1)).status_code == 200


def test_a_code_used_twice_at_once_lets_one_in(person: Make) -> None:
    ana = person()
    ana.turn_on()
    code = ana.code()
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(ana.log_in, [code, code]))
    assert sorted(answer.status_code for answer in answers) == [200, 401]


def test_a_code_of_somebody_elses_telephone_is_none(person: Make) -> None:
    ana, luis = person(), person()
    ana.turn_on()
    luis.turn_on()
    assert ana.log_in(luis.code()).status_code == 401
    assert ana.log_in(luis.recovery[0]).status_code == 401


def test_wrong_codes_count_like_wrong_passwords(person: Make) -> None:
    ana = person()
    ana.turn_on()
    for _ in range(TRIES):
        ana.log_in(ana.wrong_code())
    assert ana.log_in(ana.code()).status_code == 401


def test_a_recovery_code_lets_in_once(person: Make) -> None:
    ana = person()
    caller = ana.turn_on()
    one, other = ana.recovery[:2]
    assert ana.log_in(one.lower().replace("-", " ")).status_code == 200
    assert ana.log_in(one).status_code == 401
    assert ana.log_in(other).status_code == 200
    assert state(caller)["codigos_restantes"] == 8


def test_other_recovery_codes_take_the_olds_place(person: Make) -> None:
    ana = person()
    caller = ana.turn_on()
    asked = {"accion": "renovar_codigos", "password": PASSWORD, "codigo": ana.recovery[0]}
    renewed = totp(caller, **asked).json["codigos_recuperacion"]
    assert set(renewed) & set(ana.recovery) == set()
    assert ana.log_in(ana.recovery[1]).status_code == 401
    assert ana.log_in(renewed[0]).status_code == 200


def test_off_it_goes_with_password_and_code(person: Make) -> None:
    ana = person()
    caller = ana.turn_on()
    off = {"accion": "desactivar", "password": PASSWORD}
    wrong = totp(caller, **off, codigo=ana.wrong_code())
    assert (wrong.status_code, list(wrong.json["errores"])) == (422, ["codigo"])
    assert totp(caller, **off | {"password": "wrong one"}, codigo=ana.code()).status_code == 422
    assert totp(caller, **off, codigo=ana.code()).json["estado"] == "inactivo"
    assert ana.log_in().status_code == 200
    assert totp(caller, **off, codigo=ana.code()).status_code == 409


def test_whoever_has_the_session_guesses_no_codes(person: Make) -> None:
    ana = person()
    caller = ana.turn_on()
    off = {"accion": "desactivar", "password": PASSWORD}
    for _ in range(TRIES):
        assert totp(caller, **off, codigo=ana.wrong_code()).status_code == 422
    assert totp(caller, **off, codigo=ana.code()).status_code == 422
    assert state(caller)["estado"] == "activo"


def test_nothing_of_it_is_readable_where_it_is_kept(app: Flask, person: Make) -> None:
    ana, luis = person(), person()
    ana.turn_on()
    luis.turn_on()
    with app.app_context(), reading() as session:
        factors = {f.user_id: f for f in session.scalars(select(SecondFactor))}
        mine, theirs = factors[ana.user.id], factors[luis.user.id]
        sealed = mine.secret_sealed or b""
        assert ana.secret.encode() not in sealed
        digests = session.scalars(
            select(RecoveryCode.digest).where(RecoveryCode.factor_id == mine.id)
        ).all()
        told = session.scalars(select(AuditEntry).where(AuditEntry.target == str(ana.user.id)))
        written = str([(e.action, e.details, e.before, e.after) for e in told])
    assert not {code.replace("-", "") for code in ana.recovery} & set(digests)
    assert "user.totp_on" in written
    assert not [text for text in (ana.secret, *ana.recovery) if text in written]
    theirs.secret_sealed = sealed
    with app.app_context(), pytest.raises(VaultError):
        _ = theirs.secret


def test_keys_can_be_changed_under_it(app: Flask, person: Make) -> None:
    ana = person()
    ana.turn_on()
    with app.app_context():
        assert key_rotation.reseal().unreadable == []
    assert ana.log_in(ana.code()).status_code == 200


def test_a_locked_key_lets_nobody_in(app: Flask, person: Make) -> None:
    ana: Somebody = person()
    ana.turn_on()
    code = ana.code()
    mine = SecondFactor.user_id == ana.user.id
    with app.app_context(), writing() as session:
        sealed = session.scalars(select(SecondFactor.secret_sealed).where(mine)).one()
        session.execute(update(SecondFactor).where(mine).values(secret_sealed=b"x" * 40))
    assert ana.log_in(code).status_code == 503
    with app.app_context(), writing() as session:
        session.execute(update(SecondFactor).where(mine).values(secret_sealed=sealed))
