"""Read the form of the ways by which alerts go out, which the JSON has in three objects."""

from __future__ import annotations

from typing import Any

from flask import request
from marshmallow import ValidationError

from portal.panel.forms import PostedForm, sentence_of
from portal.web.operator_schemas.company_schemas import CompanySchema

SCHEMA = CompanySchema(
    only=("telegram_bot_token", "telegram_chat_id", "notificaciones_telegram", "alertas"),
    partial=True,
)
# Where in the form stands what the JSON names so.
PLACES = {
    "telegram_bot_token": "telegram_bot_token",
    "telegram_chat_id": "telegram_chat_id",
    "alertas.correo.direcciones": "correo_direcciones",
    "alertas.webhook.url": "webhook_url",
    "alertas.webhook.secreto": "webhook_secreto",
}
KINDS = ("telegram", "email", "webhook")


class ChannelsForm(PostedForm):
    """Hold the form, with what a service found wrong in its own places."""

    def with_problem(self, problem: Any) -> PostedForm:
        """Put each complaint beside its field."""
        found = super().with_problem(problem)
        return ChannelsForm(
            found.typed,
            found.values,
            {PLACES.get(name, name): said for name, said in found.errors.items()},
        )


def read_channels() -> PostedForm:
    """Read it: what it means by the record's names, or what is wrong."""
    try:
        return ChannelsForm(_typed(), SCHEMA.load(_sent()))
    except ValidationError as error:
        said = dict(_flat(error.messages_dict))
        return ChannelsForm(_typed(), {}, said)


def _sent() -> dict[str, Any]:
    webhook: dict[str, Any] = {"url": _text("webhook_url"), "eventos": _events("webhook")}
    if secret := _text("webhook_secreto"):
        webhook["secreto"] = secret
    sent: dict[str, Any] = {
        "telegram_chat_id": _text("telegram_chat_id"),
        "notificaciones_telegram": "notificaciones_telegram" in request.form,
        "alertas": {
            "telegram": {"eventos": _events("telegram")},
            "correo": {
                "direcciones": _text("correo_direcciones").replace(",", " ").split(),
                "eventos": _events("email"),
            },
            "webhook": webhook,
        },
    }
    if token := _text("telegram_bot_token"):
        sent["telegram_bot_token"] = token
    return sent


def _typed() -> dict[str, Any]:
    names = ("telegram_chat_id", "correo_direcciones", "webhook_url")
    return {
        **{name: request.form.get(name, "") for name in names},
        "notificaciones_telegram": "notificaciones_telegram" in request.form,
        **{f"{kind}_eventos": _events(kind) for kind in KINDS},
    }


def _text(name: str) -> str:
    return request.form.get(name, "").strip()


def _events(kind: str) -> list[str]:
    return request.form.getlist(f"{kind}_eventos")


def _flat(messages: Any, path: str = "") -> list[tuple[str, str]]:
    """Give each complaint with the place in the form that its path means."""
    if path in PLACES or not isinstance(messages, dict):
        return [(PLACES.get(path, ""), sentence_of(messages))]
    return [
        found
        for name, inner in messages.items()
        for found in _flat(inner, f"{path}.{name}" if path else str(name))
    ]
