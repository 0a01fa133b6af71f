"""Turn problems, HTTP errors and surprises into answers that leak nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from flask import Flask, Response, current_app, jsonify, request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException

from portal.core.database import DATABASE_AWAY
from portal.core.errors import BadRequest, LockedAway, Problem, Unavailable
from portal.core.logs import log, where
from portal.core.vault import VaultError
from portal.sales.missing_keys import tell_of_lost_key

JSON_PREFIXES = ("/api/", "/admin/", "/healthz", "/readyz", "/metrics", "/imagenes/")
ProblemPage = Callable[[Problem], Response]
SENTENCES = {
    400: "No se pudo leer la solicitud.",
    401: "Inicie sesión para continuar.",
    403: "No tiene permiso para hacer esto.",
    404: "No se encontró lo que busca.",
    405: "Este método no está permitido aquí.",
    410: "Esto ya no está disponible.",
    413: "La solicitud es demasiado grande.",
    415: "Envíe la solicitud como JSON (Content-Type: application/json).",
    422: "Revise los datos enviados.",
    429: "Demasiados intentos. Espere un momento e intente de nuevo.",
    503: "El servicio no está disponible en este momento. Intente más tarde.",
}


def register_errors(app: Flask, problem_pages: Mapping[str, ProblemPage]) -> None:
    """Bind to the application.

    `problem_pages`: what shows a problem to a person, by the beginning of the path that they
    asked for; the first that fits does.
    """
    app.extensions["problem_pages"] = problem_pages
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_error)
    for kind in DATABASE_AWAY:
        app.register_error_handler(kind, _database_away)
    app.register_error_handler(ParseException, _torn_body)
    app.register_error_handler(VaultError, _locked_away)
    app.register_error_handler(Exception, _surprise)


def _problem(problem: Problem) -> Response:
    return answer(problem)


def _http_error(error: HTTPException) -> Response:
    problem = Problem(SENTENCES.get(error.code or 500))
    problem.status = error.code or 500
    if error.code == 405:
        problem.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or [])
    return answer(problem)


def _database_away(error: Exception) -> Response:
    log().error("database_away", error=type(error).__name__, where=where(error))
    return answer(Unavailable())


def _torn_body(_error: ParseException) -> Response:
    """The body came in chunks that are none."""
    return answer(BadRequest())


def _locked_away(error: VaultError) -> Response:
    with suppress(*DATABASE_AWAY):
        tell_of_lost_key(error)
    return answer(LockedAway())


def _surprise(error: Exception) -> Response:
    # The message could hold a secret or a customer's data; where it happened cannot.
    log().error("surprise", error=type(error).__name__, where=where(error))
    return answer(Problem())


def answer(problem: Problem) -> Response:
    """Answer in JSON under the JSON prefixes, with a page elsewhere."""
    if request.path.startswith(JSON_PREFIXES):
        response = jsonify(problem.body())
    else:
        response = _problem_page()(problem)
    response.status_code = problem.status
    response.headers.update(problem.headers)
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _problem_page() -> ProblemPage:
    pages: Mapping[str, ProblemPage] = current_app.extensions["problem_pages"]
    return next(page for path, page in pages.items() if request.path.startswith(path))
