"""Ask after somebody without Internet, and show why."""

from __future__ import annotations

from flask import Response, request
from marshmallow import Schema, ValidationError
from werkzeug.wrappers import Response as BaseResponse

from portal.operators.diagnosis.examination import Examination, examine
from portal.operators.diagnosis.facts import Asked
from portal.operators.diagnosis.subject import Question, find_subject
from portal.panel.audience import STAFF
from portal.panel.blueprint import blueprint
from portal.panel.rendering import page, see_other
from portal.panel.request import company_id
from portal.panel.why.remedies import button_of, whom_to_ask
from portal.web.diagnosis_texts import others_of, sentence_of, steps_of, unseen_of
from portal.web.fields import Email, Mac
from portal.web.request_context import caller_text

LONGEST = 254


@blueprint.page("/por-que", STAFF)
def why() -> Response:
    """Ask after whom; by a MAC, or for the device that asks, tell at once."""
    if mac := named_mac(request.args.get("mac", "")):
        return _shown(Question(Asked.MAC, mac))
    if request.args.get("yo"):
        return _shown(Question(Asked.SELF, address=caller_text()))
    return page("why/page", found=None)


@blueprint.action("/por-que", STAFF)
def ask_why() -> BaseResponse:
    """Find who is meant, and go on to the page about them, whose address holds no code."""
    question = _question(request.form.get("quien", "")[:LONGEST])
    if question.asked is Asked.SELF:
        return see_other("panel.why", yo=1)
    if question.asked is Asked.MAC:
        return see_other("panel.why", mac=question.text)
    access = find_subject(company_id(), None, question).access
    if access is not None:
        return see_other("panel.why_access", access_id=access.id)
    return _shown(question)


@blueprint.page("/por-que/<access_id>", STAFF)
def why_access(access_id: str) -> Response:
    """Show why the person of this access has no Internet, on the device that is named, if any."""
    mac = named_mac(request.args.get("mac", ""))
    return _shown(Question(Asked.CODE, mac=mac, access_id=access_id))


def _shown(question: Question) -> Response:
    found = examine(company_id(), question)
    return page(
        "why/page",
        found=found,
        sentence=sentence_of(found),
        button=button_of(found),
        ask_owner=whom_to_ask(found),
        unseen=unseen_of(found),
        others=others_of(found),
        steps=steps_of(found),
        is_well=_is_well(found),
    )


def _is_well(found: Examination) -> bool:
    return found.session is not None and found.diagnosis.cause.value == "online"


def _question(typed: str) -> Question:
    """Tell what was typed: an e-mail, a MAC, nothing or a code."""
    text = typed.strip()
    if not text:
        return Question(Asked.SELF)
    if mac := named_mac(text):
        return Question(Asked.MAC, mac)
    if email := _read(_EmailAsked(), text):
        return Question(Asked.EMAIL, email)
    return Question(Asked.CODE, text)


class _EmailAsked(Schema):
    text = Email(required=True)


class _MacAsked(Schema):
    text = Mac(required=True)


def named_mac(text: str) -> str | None:
    """Give a MAC however it is spelt; None where it is none."""
    return _read(_MacAsked(), text.strip())


def _read(schema: Schema, text: str) -> str | None:
    try:
        return str(schema.load({"text": text})["text"])
    except ValidationError:
        return None
