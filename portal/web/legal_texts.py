"""Word what the law has a seller say before buying, until the company says it itself.

Privacy: Ley Federal de Protección de Datos Personales en Posesión de los Particulares of 20 March
2025, articles 14 to 16. Consumers: Ley Federal de Protección al Consumidor, article 76 Bis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from portal.models import Company

Translate = Callable[[str], str]

SELLER = "%(seller)s es responsable de tus datos personales."
SELLER_AT = "%(seller)s, con domicilio en %(address)s, es responsable de tus datos personales."
WHICH = (
    "Qué datos: tu correo; tu teléfono y tu nombre, si los escribes; las direcciones MAC e IP del "
    "dispositivo con que compras; y del pago, el importe, la fecha y los últimos cuatro dígitos de "
    "la tarjeta. No pedimos datos sensibles."
)
WHAT_FOR = (
    "Para qué, y es necesario: cobrar tu compra, abrir tu acceso a Internet, enviarte el recibo, "
    "devolverte el código si lo pierdes, atender aclaraciones y devoluciones y cumplir con la ley. "
    "No los usamos para publicidad ni para nada más que puedas rechazar."
)
WHO_ELSE = (
    "Quién más los recibe: %(gateway)s, que procesa el pago y recibe los datos completos de la "
    "tarjeta (aquí no se ven ni se guardan), y quienes nos prestan el servicio de servidores y de "
    "correo. No se venden ni se dan a nadie más, salvo a una autoridad cuando la ley lo ordena."
)
UNTIL = "Hasta cuándo: se borran a más tardar %(days)d días después de la compra."
RIGHTS = (
    "Tus derechos: puedes pedir ver, corregir o cancelar tus datos, oponerte a un uso, limitarlo o "
    "retirar el consentimiento. Di qué pides, de qué compra y cómo responderte. La respuesta llega "
    "en veinte días hábiles como máximo."
)
WRITE_TO = "Pídelo a: %(contact)s."
AUTHORITY = (
    "Si crees que no se respetó tu derecho, puedes acudir a la Secretaría Anticorrupción y Buen "
    "Gobierno (gob.mx/buengobierno)."
)
CHANGES = "Si este aviso cambia, el nuevo se publica en esta misma página."
SIMPLIFIED = (
    "Usa los datos que escribes aquí para cobrarte, abrir tu acceso, enviarte el recibo y atender "
    "aclaraciones; los de la tarjeta los recibe %(gateway)s."
)
NO_ADVERTISING = "No los usa para publicidad."
REFUNDS = (
    "Si tu acceso a Internet no se activa en %(minutes)d minutos, tu dinero se devuelve completo a "
    "tu tarjeta, sin que tengas que pedirlo."
)
COMPLAINTS = (
    "Si algo no salió bien, cuéntanoslo con la referencia de tu compra y te respondemos. También "
    "puedes acudir a la Procuraduría Federal del Consumidor: teléfono 55 5568 8722, o 800 468 8722 "
    "desde cualquier parte del país."
)
COMPLAIN_TO = "Para quejas y aclaraciones: %(contact)s."
TERMS = (
    "El acceso dura lo que dice tu plan y sirve en la red WiFi de este lugar. El precio es el "
    "total: incluye impuestos y no hay cargos por pagar con tarjeta. La velocidad depende de la "
    "señal y de cuántas personas se conectan. No se permite usar la red para nada ilegal ni para "
    "molestar a otras personas."
)
ALL = (
    *(SELLER, SELLER_AT, WHICH, WHAT_FOR, WHO_ELSE, UNTIL, RIGHTS, WRITE_TO, AUTHORITY, CHANGES),
    *(SIMPLIFIED, NO_ADVERTISING, REFUNDS, COMPLAINTS, COMPLAIN_TO, TERMS),
)


def seller_of(company: Company) -> str:
    """Name whoever sells, as the law knows them where they said so."""
    return company.legal_name or company.name


def defaults(company: Company, gateway: str, translate: Translate = str) -> dict[str, str]:
    """Give our own texts by the company's columns: what is said where it says nothing itself."""
    facts = _facts(company, gateway)
    to = (COMPLAIN_TO, COMPLAINTS) if _contact(company) else (COMPLAINTS,)
    return {
        "privacy_notice": _filled(_privacy(company), facts, translate),
        "terms": _filled((TERMS,), facts, translate),
        "refund_policy": _filled((REFUNDS,), facts, translate),
        "complaints": _filled(to, facts, translate, " "),
    }


def texts_of(company: Company, gateway: str, translate: Translate = str) -> dict[str, str]:
    """Give the company's texts by its columns, in its own words or ours."""
    ours = defaults(company, gateway, translate)
    return {name: getattr(company, name) or text for name, text in ours.items()}


def simplified_notice(company: Company, gateway: str, translate: Translate = str) -> str:
    """Give what stands beside a form. Of other uses a company's own notice tells by itself."""
    more = () if company.privacy_notice else (NO_ADVERTISING,)
    parts = (_responsible(company), SIMPLIFIED, *more)
    return _filled(parts, _facts(company, gateway), translate, " ")


def _privacy(company: Company) -> Iterator[str]:
    yield from (_responsible(company), WHICH, WHAT_FOR, WHO_ELSE, UNTIL, RIGHTS)
    if _contact(company):
        yield WRITE_TO
    yield from (AUTHORITY, CHANGES)


def _responsible(company: Company) -> str:
    return SELLER_AT if company.address else SELLER


def _facts(company: Company, gateway: str) -> dict[str, str | int]:
    return {
        "seller": seller_of(company),
        "address": company.address or "",
        "contact": _contact(company),
        "gateway": gateway,
        "days": company.keep_personal_days,
        "minutes": company.refund_after_minutes,
    }


def _contact(company: Company) -> str:
    return ", ".join(filter(None, (company.contact_email, company.contact_phone)))


def _filled(
    parts: Iterator[str] | tuple[str, ...],
    facts: Mapping[str, str | int],
    translate: Translate,
    between: str = "\n\n",
) -> str:
    return between.join(translate(part) % facts for part in parts)
