"""Say in a sentence why somebody has no Internet, as whoever sells there reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core import formatting
from portal.core.i18n import gettext, ngettext, translated
from portal.hotspot.presence import Session as Online
from portal.models.sale_states import SaleState
from portal.operators.diagnosis.causes import Cause, DiagnosisStep, Remedy, StepState
from portal.operators.diagnosis.examination import Examination
from portal.operators.diagnosis.facts import Asked, Unseen, UserFacts
from portal.ports import time_zone_of

STEPS = {
    DiagnosisStep.MONEY: "Pago",
    DiagnosisStep.ACCESS: "Acceso",
    DiagnosisStep.ROUTER: "Router",
    DiagnosisStep.HOST: "Aparato en el WiFi",
    DiagnosisStep.SESSION: "Sesión",
    DiagnosisStep.DEVICES: "Límite de aparatos",
    DiagnosisStep.DATA: "Datos",
    DiagnosisStep.TIME: "Tiempo",
    DiagnosisStep.GARDEN: "Páginas antes de pagar",
    DiagnosisStep.CLOCK: "Reloj del router",
}
STATES = {
    StepState.GOOD: "bien",
    StepState.FAULT: "falla",
    StepState.UNSEEN: "no se pudo mirar",
    StepState.SKIPPED: "no aplica",
}
# That nothing was found is said where it was looked for.
NOT_FOUND = {
    DiagnosisStep.SESSION: "no hay ninguna",
    DiagnosisStep.HOST: "no se sabe cuál es",
}
REMEDIES = {
    Remedy.ASK_AGAIN: "Mirar otra vez",
    Remedy.CARRY_ON: "Preguntar a la pasarela",
    Remedy.UNPARK: "Retomar la venta",
    Remedy.SEE_SALE: "Ver la venta",
    Remedy.SELL_CODE: "Vender una ficha",
    Remedy.DELIVER: "Entregar otra vez",
    Remedy.ENABLE: "Activar otra vez",
    Remedy.OPEN_ROUTER: "Abrir el router",
    Remedy.DECLARE_OUTAGE: "Devolver el tiempo",
    Remedy.FREE_DEVICE: "Liberar el código",
    Remedy.CONNECT: "Conectar este aparato",
    Remedy.DISCONNECT: "Desconectar",
    Remedy.GIVE_TIME: "Regalar tiempo",
    Remedy.GIVE_DATA: "Regalar datos",
}
SENTENCES = {
    Cause.UNKNOWN_CODE: "Ese código no es de ningún acceso suyo: revise que esté completo.",
    Cause.FOREIGN_CODE: (
        "Ese código es de un usuario que se hizo en el router «%(router)s» y no aquí: solo ahí se "
        "puede ver y cambiar."
    ),
    Cause.UNKNOWN_EMAIL: "Nadie ha comprado con ese correo: pruebe con el código o la MAC.",
    Cause.UNKNOWN_DEVICE: "Ese aparato no ha comprado aquí, y ningún router lo ve en su WiFi.",
    Cause.PARKED: "La compra de «%(plan)s» por %(price)s del %(bought)s espera a que usted decida.",
    Cause.UNDECIDED: (
        "Todavía no se sabe si se cobraron %(price)s por «%(plan)s» (%(bought)s): que no pague "
        "otra vez."
    ),
    Cause.BANK_WAITS: (
        "El banco del cliente espera que confirme el pago de %(price)s por «%(plan)s» (%(bought)s)."
    ),
    Cause.BUYER_WAITS: (
        "El cliente eligió pagar después los %(price)s de «%(plan)s» (%(bought)s) y el dinero no "
        "ha llegado: su acceso se abre en cuanto llegue."
    ),
    Cause.DECLINED: "El banco rechazó la tarjeta (%(bought)s): no se cobró nada por «%(plan)s».",
    Cause.UNPAID: "La compra de «%(plan)s» (%(bought)s) terminó sin que se pagara su precio.",
    Cause.MONEY_BACK: "Los %(price)s de «%(plan)s» se devolvieron, y el acceso se cerró.",
    Cause.CHARGED_BACK: (
        "El banco quitó el pago de %(price)s por «%(plan)s» (contracargo), y el acceso se cerró."
    ),
    Cause.KEY_LOST: (
        "El código de este acceso no se puede leer con las llaves de este servidor: dele otro."
    ),
    Cause.WITHDRAWN: "Este acceso está cerrado: ya no deja entrar.",
    Cause.BLOCKED: "Alguien desactivó este acceso en el router «%(router)s», y así se quedó.",
    Cause.NAME_LOST: (
        "Otro usuario del router «%(router)s» tiene el nombre de este acceso: bórrelo o cámbieselo "
        "ahí."
    ),
    Cause.USER_MISSING: "El router «%(router)s» ya no tiene el usuario de este acceso.",
    Cause.NOT_DELIVERED: "El acceso todavía no está abierto en el router «%(router)s».",
    Cause.PAID_WAITS: (
        "Pagó %(price)s (%(bought)s) y el router «%(router)s» no responde: el acceso se abre en "
        "cuanto vuelva, o el dinero se devuelve a los %(patience)s minutos."
    ),
    Cause.TUNNEL_DOWN: "El router «%(router)s» no llega por el túnel. %(tunnel)s",
    Cause.ROUTER_AWAY: ("El router «%(router)s» no responde: revise que tenga luz e Internet."),
    Cause.ROUTER_REFUSES: (
        "El router «%(router)s» no deja entrar a este servidor: revise sus datos de acceso."
    ),
    Cause.NOT_IN_NETWORK: "El aparato %(mac)s no está ahora en el WiFi de «%(router)s».",
    Cause.ONLINE_ELSEWHERE: (
        "Con este código está en línea otro aparato, %(rival)s, y %(mac)s no está en el WiFi."
    ),
    Cause.BYPASSED: (
        "El router «%(router)s» deja pasar al aparato %(mac)s sin código (ip-binding)."
    ),
    Cause.ONLINE: "El aparato %(mac)s está en línea desde hace %(since)s y ha usado %(used)s.",
    Cause.OTHER_CODE: "El aparato %(mac)s ya está en línea, con otro código que usted vendió.",
    Cause.PAYMENT_PASS: (
        "El aparato %(mac)s está en línea con un pase para pagar: lento y por unos minutos."
    ),
    Cause.FOREIGN_SESSION: (
        "El aparato %(mac)s ya está en línea, con un usuario que se hizo en el router y no aquí."
    ),
    Cause.OLD_ADDRESS: (
        "El aparato %(mac)s cambió de dirección, y la sesión que dejó en la anterior le estorba."
    ),
    Cause.BOUND: "Este acceso está atado en el router al aparato %(bound)s, y no deja a %(mac)s.",
    Cause.DEVICE_LIMIT: (
        "Con este código ya hay en línea %(online)s de %(devices)s aparatos: el que más lleva es "
        "%(rival)s, desde hace %(rival_since)s."
    ),
    Cause.PROFILE_LIMIT: (
        "El perfil «%(profile)s» del router deja entrar menos aparatos (%(let_in)s) de los que "
        "vende el plan (%(devices)s)."
    ),
    Cause.DATA_USED: "Se acabaron los datos de «%(plan)s»: %(data)s.",
    Cause.TIME_OVER: "Se acabó el tiempo de «%(plan)s».",
    Cause.TIME_LOST: (
        "Su tiempo terminó el %(ends)s, pero el router no respondió del %(away)s al %(back)s: eso "
        "se le puede devolver."
    ),
    Cause.LIMITS_BEHIND: "El router «%(router)s» da por agotado lo que aquí no lo está.",
    Cause.GARDEN_CLOSED: "Antes de pagar, el router «%(router)s» no deja llegar a %(hosts)s.",
    Cause.NOT_LOGGED_IN: (
        "El acceso sirve y el aparato %(mac)s está en el WiFi, pero no ha entrado con su código."
    ),
    Cause.CODE_UNUSED: "El código sirve y nadie está en línea con él: escríbalo en el WiFi.",
    Cause.NOT_BOUGHT: "El aparato %(mac)s está en el WiFi de «%(router)s», pero no ha comprado.",
    Cause.SALES_PAUSED: (
        "El aparato %(mac)s no ha comprado, y en «%(router)s» las ventas están en pausa."
    ),
    Cause.UNCLEAR: "Lo que se pudo mirar está bien, pero no se pudo mirar todo.",
}
ENDED = "Se acabó el tiempo de «%(plan)s»: terminó el %(ends)s."
BEING_REFUNDED = "Los %(price)s de «%(plan)s» se están devolviendo, y el acceso se cerró."
WHO_ASKS = (
    "No se sabe qué aparato pregunta: ningún router ve %(address)s en su WiFi, y detrás de NAT "
    "muchos aparatos llegan con una misma dirección; escriba el código, la MAC o el correo."
)
UNSEEN = "No se pudo mirar: %(what)s."
ALL = (
    *STEPS.values(),
    *STATES.values(),
    *NOT_FOUND.values(),
    *REMEDIES.values(),
    *SENTENCES.values(),
    *(ENDED, BEING_REFUNDED, WHO_ASKS, UNSEEN),
)


@dataclass(frozen=True)
class WalkedStep:
    """Say how one step stands, in words."""

    step: DiagnosisStep
    state: StepState
    name: str
    found: str


def sentence_of(found: Examination) -> str:
    """Say why, in one sentence."""
    cause = found.diagnosis.cause
    special = SPECIAL.get(cause)
    return special(found) if special else gettext(SENTENCES[cause]) % _values(found)


def unseen_of(found: Examination) -> str | None:
    """Say what could not be looked at; None where everything was."""
    names = [gettext(STEPS[step]) for step in found.diagnosis.unseen]
    steps = [name[:1].lower() + name[1:] for name in names]
    routers = [gettext("el router «%(name)s»") % {"name": name} for name in found.subject.unasked]
    missing = steps if found.subject.router else routers
    return gettext(UNSEEN) % {"what": ", ".join(missing)} if missing else None


def others_of(found: Examination) -> str | None:
    """Say how many more fit what was asked; None where it is the only one."""
    many = len(found.subject.others)
    if not many:
        return None
    said = ngettext(
        "Hay %(num)d acceso más de la misma persona; este es el más reciente que sirve.",
        "Hay %(num)d accesos más de la misma persona; este es el más reciente que sirve.",
        many,
    )
    return said % {"num": many}


def remedy_of(found: Examination) -> str:
    """Name the button."""
    return gettext(REMEDIES[found.diagnosis.cause.remedy])


def steps_of(found: Examination) -> list[WalkedStep]:
    """List what was walked, in words."""
    return [
        WalkedStep(step, state, gettext(STEPS[step]), gettext(_found(step, state)))
        for step, state in found.diagnosis.steps.items()
    ]


def _found(step: DiagnosisStep, state: StepState) -> str:
    nothing = state is StepState.SKIPPED
    return NOT_FOUND.get(step, STATES[state]) if nothing else STATES[state]


def _time_over(found: Examination) -> str:
    access = found.subject.access
    text = ENDED if access and access.expires_at else SENTENCES[Cause.TIME_OVER]
    return gettext(text) % _values(found)


def _money_back(found: Examination) -> str:
    under_way = found.subject.sale and found.subject.sale.state == SaleState.REFUNDING
    text = BEING_REFUNDED if under_way else SENTENCES[Cause.MONEY_BACK]
    return gettext(text) % _values(found)


def _unknown_device(found: Examination) -> str:
    address = found.question.address
    if found.question.asked is Asked.MAC:
        return gettext(SENTENCES[Cause.UNKNOWN_DEVICE])
    return gettext(WHO_ASKS) % {"address": address or gettext("su dirección")}


def _clock(found: Examination) -> str:
    ahead = found.facts.router.clock_ahead
    seconds = 0.0 if isinstance(ahead, Unseen) else ahead
    text = (
        gettext("El reloj del router «%(router)s» va %(off)s adelantado: corríjalo.")
        if seconds > 0
        else gettext("El reloj del router «%(router)s» va %(off)s atrasado: corríjalo.")
    )
    return text % (_values(found) | {"off": formatting.time_left(abs(seconds))})


SPECIAL: dict[Cause, Callable[[Examination], str]] = {
    Cause.UNKNOWN_DEVICE: _unknown_device,
    Cause.MONEY_BACK: _money_back,
    Cause.TIME_OVER: _time_over,
    Cause.CLOCK_WRONG: _clock,
}


def _values(found: Examination) -> dict[str, Any]:
    """Give all that a sentence may name."""
    return _of_purchase(found) | _of_router(found)


def _of_purchase(found: Examination) -> dict[str, Any]:
    sale, access = found.subject.sale, found.subject.access
    plan = sale.plan_name if sale else access.profile_name if access else ""
    price = formatting.price_in_full(sale.amount, sale.currency) if sale else ""
    outage = found.outage
    return {
        "plan": plan,
        "price": price,
        "bought": _moment(found, sale.created_at if sale else None),
        "ends": _moment(found, access.expires_at if access else None),
        "away": _moment(found, outage.start if outage else None),
        "back": _moment(found, outage.end if outage else None),
        "data": formatting.data(access.data_limit) if access and access.data_limit else "",
        "devices": found.facts.access.devices if found.facts.access else 1,
        "profile": access.profile_name if access else "",
        "patience": found.company.refund_after_minutes,
    }


def _of_router(found: Examination) -> dict[str, Any]:
    said, rival = found.facts.router, next(iter(found.rivals), None)
    return {
        "router": found.subject.router.name if found.subject.router else "",
        "tunnel": translated(found.tunnel.said) if found.tunnel else "",
        "mac": found.facts.mac or "",
        "bound": said.user.bound_mac if isinstance(said.user, UserFacts) else "",
        "hosts": ", ".join(() if isinstance(said.closed_hosts, Unseen) else said.closed_hosts),
        "let_in": said.profile_devices,
        "since": _since(found.session),
        "used": _used(found.session),
        "rival": rival.mac if rival else "",
        "rival_since": _since(rival),
        "online": len({other.mac for other in found.rivals}),
    }


def _moment(found: Examination, moment: datetime | None) -> str:
    return formatting.moment(moment, time_zone_of(found.company)) if moment else ""


def _since(online: Online | None) -> str:
    return formatting.time_left(online.uptime) if online else ""


def _used(online: Online | None) -> str:
    return formatting.data(online.bytes_in + online.bytes_out) if online else ""
