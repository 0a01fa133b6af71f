"""Say what is wrong with a RADIUS server, and what to do."""

from __future__ import annotations

from portal.operators.radius.check import FoundFault, RadiusFault

TEXTS = {
    RadiusFault.UNREACHABLE: (
        "No se le pudo enviar nada: revise la dirección en RADIUS_SERVERS y la red."
    ),
    RadiusFault.FORGED: (
        "Contesta con otro secreto compartido: vuelva a escribir sus archivos con "
        "«flask radius kit» y reinícielo."
    ),
    RadiusFault.SILENT: (
        "No contesta en el puerto UDP {}: está apagado, un cortafuegos no deja pasar, o exige otro "
        "secreto. Mire que el servicio corra y que el puerto esté abierto."
    ),
    RadiusFault.DATABASE_AWAY: (
        "Está encendido, pero calla porque no alcanza PostgreSQL o tiene otra clave: revise su "
        "pg_service.conf, y si la clave cambió vuelva a escribir sus archivos con "
        "«flask radius kit»."
    ),
    RadiusFault.REJECTED: (
        "Rechaza a quien pagó: mira otra base de datos, o sus archivos son de otra instalación. "
        "Escríbalos de nuevo con «flask radius kit» y reinícielo."
    ),
    RadiusFault.UNSIGNED: (
        "Contesta sin Message-Authenticator: los routers de la versión 7.15 o más nueva lo toman "
        "por silencio. Use todos los archivos de «flask radius kit»."
    ),
    RadiusFault.INCOMPLETE: (
        "Deja entrar, pero sin «{}»: sus consultas no son las nuestras. Use todos los archivos de "
        "«flask radius kit»."
    ),
    RadiusFault.NO_ACCOUNTING: (
        "No confirma la contabilidad en el puerto UDP {}: sin ella no se sabe cuánto se usó. Abra "
        "también ese puerto."
    ),
    RadiusFault.SKEW: (
        "El reloj de PostgreSQL y el de Portal difieren {} s: los tiempos vendidos terminan "
        "antes o después. Ponga los dos en hora con NTP."
    ),
    RadiusFault.NO_FUNCTIONS: (
        "Faltan las funciones en la base de datos: ejecute «flask db upgrade»."
    ),
    RadiusFault.NO_ROLE: (
        "Falta el rol del servidor en PostgreSQL, o no puede llamar a sus funciones: ejecute "
        "«flask radius setup»."
    ),
    RadiusFault.NO_SERVERS: (
        "Diga en RADIUS_SERVERS en qué direcciones contestan sus servidores RADIUS."
    ),
    RadiusFault.NO_ROUTER: (
        "Ningún router se atiende por RADIUS todavía: elija esa entrega en los datos de uno."
    ),
}


def said(found: FoundFault) -> str:
    """Give the sentence."""
    return TEXTS[found.fault].format(found.about)
