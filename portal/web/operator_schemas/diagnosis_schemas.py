"""Describe why somebody has no Internet."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from portal.operators.diagnosis.causes import Cause, DiagnosisStep, Remedy, StepState
from portal.operators.diagnosis.examination import Examination
from portal.operators.diagnosis.facts import Asked
from portal.operators.diagnosis.subject import Question
from portal.web.diagnosis_texts import others_of, remedy_of, sentence_of, steps_of, unseen_of
from portal.web.fields import Email, Mac, Text
from portal.web.schemas import AdminSchema

STEP_WORDS = {
    DiagnosisStep.MONEY: "dinero",
    DiagnosisStep.ACCESS: "acceso",
    DiagnosisStep.ROUTER: "router",
    DiagnosisStep.HOST: "aparato",
    DiagnosisStep.SESSION: "sesion",
    DiagnosisStep.DEVICES: "limite_aparatos",
    DiagnosisStep.DATA: "datos",
    DiagnosisStep.TIME: "tiempo",
    DiagnosisStep.GARDEN: "jardin",
    DiagnosisStep.CLOCK: "reloj",
}
STATE_WORDS = {
    StepState.GOOD: "bien",
    StepState.FAULT: "falla",
    StepState.UNSEEN: "no_visto",
    StepState.SKIPPED: "no_aplica",
}
ONE = "indique solo uno: codigo, mac, email o acceso"
NAMES = ("codigo", "mac", "email", "acceso")


class DiagnosisQuery(AdminSchema):
    """Say after whom is asked: by one of these, or by none for the device that asks."""

    codigo = Text(100, about="El usuario o PIN, también junto con su contraseña.")
    mac = Mac()
    email = Email()
    acceso = Text(40, about="Uno de `otros` de una respuesta anterior.")

    @validates_schema
    def _is_one(self, data: dict[str, Any], **_kw: Any) -> None:
        if len(data) > 1:
            raise ValidationError(ONE, next(name for name in NAMES if name in data))


def question_of(said: dict[str, Any], address: str | None) -> Question:
    """Make the question of a query; `address` is the caller's."""
    if "acceso" in said:
        return Question(Asked.CODE, access_id=said["acceso"])
    if "codigo" in said:
        return Question(Asked.CODE, said["codigo"])
    if "mac" in said:
        return Question(Asked.MAC, said["mac"])
    if "email" in said:
        return Question(Asked.EMAIL, said["email"])
    return Question(Asked.SELF, address=address)


class StepAnswer(Schema):
    """Say how a step stands."""

    paso = fields.String(required=True, metadata={"enum": list(STEP_WORDS.values())})
    estado = fields.String(required=True, metadata={"enum": list(STATE_WORDS.values())})
    nombre = fields.String(required=True)


class RemedyAnswer(Schema):
    """Name the one thing that mends it."""

    codigo = fields.String(required=True, metadata={"enum": list(Remedy)})
    texto = fields.String(required=True)


class DiagnosisAnswer(Schema):
    """Say why somebody has no Internet."""

    codigo = fields.String(required=True, metadata={"enum": list(Cause)})
    frase = fields.String(required=True, metadata={"description": "Por qué, en una frase."})
    remedio = fields.Nested(RemedyAnswer, required=True)
    pasos = fields.List(
        fields.Nested(StepAnswer),
        required=True,
        metadata={"description": "Lo que se miró, en orden; vacío si no se sabe quién es."},
    )
    no_visto = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Qué no se pudo mirar en 3 segundos; nulo si se miró todo."},
    )
    router_id = fields.String(required=True, allow_none=True)
    acceso_id = fields.String(required=True, allow_none=True)
    transaccion_id = fields.String(required=True, allow_none=True)
    mac = fields.String(required=True, allow_none=True)
    coincidencias = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Cuántos accesos más hay de la misma persona; nulo si ninguno."},
    )
    otros = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Sus ids, el más reciente que sirve primero: `acceso` los toma."},
    )


def diagnosis_answer(found: Examination) -> dict[str, Any]:
    """Give an examination as DiagnosisAnswer shows it."""
    subject = found.subject
    return {
        "codigo": found.diagnosis.cause,
        "frase": sentence_of(found),
        "remedio": {"codigo": found.diagnosis.cause.remedy, "texto": remedy_of(found)},
        "pasos": [
            {"paso": STEP_WORDS[one.step], "estado": STATE_WORDS[one.state], "nombre": one.name}
            for one in steps_of(found)
        ],
        "no_visto": unseen_of(found),
        "router_id": subject.router.id if subject.router else None,
        "acceso_id": subject.access.id if subject.access else None,
        "transaccion_id": subject.sale.id if subject.sale else None,
        "mac": found.facts.mac,
        "coincidencias": others_of(found),
        "otros": [access.id for access in subject.others],
    }
