"""Say what is wrong with a RADIUS server, and what to do."""

from __future__ import annotations

from portal.operators.radius.check import Fault, Found

TEXTS = {
    Fault.UNREACHABLE: "No se le pudo enviar nada: revise la dirección en RADIUS_SERVERS y la red.",
    Fault.FORGED: (
        "Contesta con otro secreto compartido: vuelva a escribir sus archivos con "
        "«flask radius kit» y reinícielo."
    ),
    Fault.SILENT: (
        "No contesta en el puerto UDP {}: está apagado, un cortafuegos no deja pasar, o exige otro "
        "secreto. Mire que el servicio corra y que el puerto esté abierto."
    ),
    Fault.DATABASE_AWAY: (
        "Está encendido, pero calla porque no alcanza PostgreSQL o tiene otra clave: revise su "
        "pg_service.conf, y si la clave cambió vuelva a escribir sus archivos con "
        "«flask radius kit»."
    ),
    Fault.REJECTED: (
        "Rechaza a quien pagó: mira otra base de datos, o sus archivos son de otra instalación. "
        "Escríbalos de nuevo con «flask radius kit» y reinícielo."
    ),
    Fault.UNSIGNED: (
        "Contesta sin Message-Authenticator: los routers de la versión 7.15 o más nueva lo toman "
        "por silencio. Use todos los archivos de «flask radius kit»."
    ),
    Fault.INCOMPLETE: (
        "Deja entrar, pero sin «{}»: sus consultas no son las nuestras. Use todos los archivos de "
        "«flask radius kit»."
    ),
    Fault.NO_ACCOUNTING: (
        "No confirma la contabilidad en el puerto UDP {}: sin ella no se sabe cuánto se usó. Abra "
        "también ese puerto."
    ),
    Fault.SKEW: (
        "El reloj de PostgreSQL y el de Portal difieren {} s: los tiempos vendidos terminan "
        "antes o después. Ponga los dos en hora con NTP."
    ),
    Fault.NO_FUNCTIONS: "Faltan las funciones en la base de datos: ejecute «flask db upgrade».",
    Fault.NO_ROLE: "Falta el rol del servidor en PostgreSQL: ejecute «flask radius setup».",
    Fault.NO_SERVERS: "Diga en RADIUS_SERVERS en qué direcciones contestan sus servidores RADIUS.",
    Fault.NO_ROUTER: (
        "Ningún router se atiende por RADIUS todavía: elija esa entrega en los datos de uno."
    ),
}


def said(found: Found) -> str:
    """Give the sentence."""
    return TEXTS[found.fault].format(found.about)
