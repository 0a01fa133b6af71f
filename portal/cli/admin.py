"""Offer `flask create-admin` and `flask reset-password`: let people in from the server's shell."""

from __future__ import annotations

import sys

import click
from flask.cli import with_appcontext
from marshmallow import ValidationError

from portal.cli.command import command
from portal.cli.shell import actor, problems_told
from portal.operators.people import email_change, enrolment, password_reset, passwords, users
from portal.web.fields import Email, Text

PASSWORD = Text(passwords.LONGEST, shortest=passwords.SHORTEST, strip=False)

NO_TERMINAL = "Aquí nadie puede escribir la contraseña: dela con --password-stdin."


@command("create-admin", example='flask create-admin --email ana@example.com --empresa "Café Ana"')
@click.option("--email", metavar="CORREO", required=True, help="Correo con el que inicia sesión.")
@click.option("--password-stdin", is_flag=True, help="Lee la contraseña de la entrada estándar.")
@click.option("--empresa", metavar="NOMBRE", help="Su empresa, que se crea si no existe.")
@with_appcontext
def create_admin(email: str, password_stdin: bool, empresa: str | None) -> None:
    """Crea un administrador.

    Es de la empresa que se nombra; sin empresa es super_admin, que administra todas.
    """
    password = _checked("La contraseña", PASSWORD, _read_password(password_stdin))
    email = _checked("El correo", Email(), email)
    company = None if empresa is None else _checked("La empresa", Text(100), empresa)
    with problems_told():
        user = users.create_with_company(actor(), email, password, company)
    of_company = f" de {company} ({user.company_id})" if company else ""
    click.echo(f"Se creó el {user.role} {user.email}{of_company}.")


@command(
    "reset-password",
    example=(
        "flask reset-password --email ana@example.com\n"
        "flask reset-password --email ana@example.com --link"
    ),
)
@click.option("--email", metavar="CORREO", required=True, help="Correo con el que inicia sesión.")
@click.option("--link", is_flag=True, help="Da un enlace de un solo uso, que vale 30 minutos.")
@click.option("--password-stdin", is_flag=True, help="Lee la contraseña de la entrada estándar.")
@click.option("--without-totp", is_flag=True, help="Quita también la verificación en dos pasos.")
@with_appcontext
def reset_password(email: str, link: bool, password_stdin: bool, without_totp: bool) -> None:
    """Pone otra contraseña a quien olvidó la suya.

    Pide la contraseña, o con --link da un enlace para que la persona la elija. Se cierran todas sus
    sesiones. La verificación en dos pasos sigue activada: quien perdió el teléfono y sus códigos
    necesita --without-totp.
    """
    if without_totp:
        with problems_told():
            user = enrolment.remove_of(actor(), email)
        click.echo(f"{user.email} ya no tiene verificación en dos pasos.")
    if link:
        with problems_told():
            click.echo(password_reset.link_for(email))
        return
    password = _checked("La contraseña", PASSWORD, _read_password(password_stdin))
    with problems_told():
        user = password_reset.set_directly(actor(), email, password)
    click.echo(f"{user.email} tiene otra contraseña; sus sesiones se cerraron.")


@command("change-email", example="flask change-email --email ana@example.com --to a@cafe.mx")
@click.option("--email", metavar="CORREO", required=True, help="Correo con el que inicia sesión.")
@click.option("--to", metavar="CORREO", required=True, help="Correo con el que entrará después.")
@with_appcontext
def change_email(email: str, to: str) -> None:
    """Cambia el correo con el que alguien entra.

    En el panel cada quien cambia el suyo con un enlace que llega al nuevo; sin servidor de correo
    se cambia así. Se cierran todas sus sesiones.
    """
    new = _checked("El correo", Email(), to)
    with problems_told():
        user = email_change.set_directly(actor(), email, new)
    click.echo(f"{email} entra desde ahora con {user.email}; sus sesiones se cerraron.")


def _read_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.ClickException(NO_TERMINAL)
    password: str = click.prompt("Contraseña", hide_input=True, confirmation_prompt=True)
    return password


def _checked(what: str, field: Text, text: str) -> str:
    try:
        return str(field.deserialize(text))
    except ValidationError as error:
        complaint = next(iter(error.messages))
        raise click.ClickException(f"{what} {complaint}.") from None
