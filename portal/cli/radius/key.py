"""Offer `flask radius key …`: replace the key of RADIUS without refusing anybody meanwhile."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.access.radius.routers import ports_of
from portal.cli.command import group
from portal.cli.radius.texts import said
from portal.cli.shell import problems_told, shown
from portal.operators.radius.check import check_servers
from portal.operators.radius.key_change import KeyChange, add_key, drop_key, key_change, use_key
from portal.operators.radius.resealing import reseal_users
from portal.operators.radius.role import ROLE

WRITE_FILES = "escriba los archivos de cada servidor con «flask radius kit», llévelos y reinícielo"
ADDED = (
    "La clave nueva está hecha y nadie la usa todavía. Ahora {}; abra también los puertos UDP "
    "{} y {}. Después, a los 2 minutos: flask radius key use"
)
USED = (
    "Lo nuevo se hace ya con la clave nueva. Ahora: flask radius key reseal, y en cada router el "
    "guion de su kit. Qué falta lo dice: flask radius key status"
)
DROPPED = "La clave anterior ya no abre nada. Por último {}, para que no quede en ellos."
ONE = "Hay una sola clave, desde el {}. Para cambiarla: flask radius key add"
UNUSED = "Hay una clave nueva que nadie usa todavía: {}. Después: flask radius key use"
IN_USE = "La clave nueva hace lo nuevo desde el {}; la anterior todavía abre lo suyo."
UNSEALED = "  {} accesos por volver a cifrar: flask radius key reseal"
ROUTER = "  {} ({}) no se ha oído con la clave nueva: ejecute el guion de su kit"
WAIT = "  {} s para que todos los procesos de Portal la hayan leído"
READY = "Nada necesita ya la anterior: flask radius key drop"
NOT_READY = "Antes de quitar la anterior falta:"
ROLE_OPTION = click.option(
    "--role", metavar="NOMBRE", default=ROLE, help="Rol del servidor en PostgreSQL."
)


@group("key", example="flask radius key status")
def key() -> None:
    """Cambia la clave de RADIUS sin que nadie deje de entrar."""


@key.command("add", example="flask radius key add")
@ROLE_OPTION
@with_appcontext
@problems_told()
def add(role: str) -> None:
    """Hace una clave nueva, que nadie usa todavía.

    Los archivos de los servidores llevan desde entonces las dos. Se puede repetir hasta que se use.
    """
    add_key(role)
    click.echo(ADDED.format(WRITE_FILES, *ports_of(key_change().keys.newest.slot)))


@key.command("use", example="flask radius key use")
@click.option(
    "--unchecked", is_flag=True, help="Sin probar antes que cada servidor tenga la clave nueva."
)
@with_appcontext
@problems_told()
def use(unchecked: bool) -> None:
    """Usa la clave nueva, si todos los servidores la tienen.

    A cada servidor de RADIUS_SERVERS se le prueba antes un acceso cifrado con ella.
    """
    change = key_change()
    if change.old is not None and not change.is_in_use and not unchecked:
        _check(change)
    use_key()
    click.echo(USED)


def _check(change: KeyChange) -> None:
    failed = [one for one in check_servers(change.keys.newest) if one.faults]
    for one in failed:
        click.echo(f"✗ {one.place}: {' '.join(map(said, one.faults))}", err=True)
    if failed:
        raise click.ClickException(f"Con la clave nueva no contesta todo servidor: {WRITE_FILES}.")


@key.command("reseal", example="flask radius key reseal")
@with_appcontext
@problems_told()
def reseal() -> None:
    """Vuelve a cifrar con la clave nueva los accesos vigentes.

    Va por partes mientras se vende y se entra; si se corta, se repite.
    """
    done = reseal_users()
    click.echo(f"{done.count} accesos se volvieron a cifrar.")
    for row in done.unreadable:
        click.echo(f"{row}: ninguna de las claves lo abre.", err=True)
    for row in done.taken:
        click.echo(f"{row}: su nombre se vendió dos veces mientras cambiaba la clave.", err=True)
    if done.unreadable or done.taken:
        raise click.ClickException("Los demás ya están; repita la orden cuando estos terminen.")


@key.command("status", example="flask radius key status")
@with_appcontext
@problems_told()
def status() -> None:
    """Dice cuánto falta para quitar la clave anterior."""
    for line in _standing(key_change()):
        click.echo(line)


def _standing(change: KeyChange) -> list[str]:
    newest = change.keys.newest
    if change.old is None:
        return [ONE.format(shown(newest.created_at))]
    if not change.is_in_use or newest.in_use_since is None:
        return [UNUSED.format(WRITE_FILES)]
    told = [IN_USE.format(shown(newest.in_use_since))]
    if change.may_drop:
        return [*told, READY]
    return [*told, NOT_READY, *_missing(change)]


def _missing(change: KeyChange) -> list[str]:
    sealed = [UNSEALED.format(change.unsealed)] if change.unsealed else []
    waits = [WAIT.format(change.wait)] if change.wait else []
    return [*sealed, *(ROUTER.format(one.name, one.id) for one in change.routers), *waits]


@key.command("drop", example="flask radius key drop")
@click.option(
    "--abandon-routers",
    is_flag=True,
    help="Aunque falten routers: nadie entra por ellos hasta que tengan su kit nuevo.",
)
@ROLE_OPTION
@with_appcontext
@problems_told()
def drop(abandon_routers: bool, role: str) -> None:
    """Quita la clave anterior, cuando nada la necesita.

    Las sesiones que empezaron con ella se siguen contando, y se pueden terminar.
    """
    drop_key(role, abandon_routers=abandon_routers)
    click.echo(DROPPED.format(WRITE_FILES))
