"""Put the application together: reads like a table of contents."""

from __future__ import annotations

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings, SettingsError
from portal import api, cli, pages, panel
from portal.api import auth
from portal.api.public import hotspot, payments
from portal.core import i18n, metrics
from portal.core.database import LendingPool, tune
from portal.core.extensions import db
from portal.core.logs import configure_logs
from portal.core.settings.values import encryption_keys
from portal.core.vault import Vault
from portal.providers import open_ports
from portal.web import page_policy, protection, replay, request_context
from portal.web.error_handlers import register_errors


def create_app(settings: Settings) -> Flask:
    """Make the application with these settings."""
    configure_logs(settings.log_level)
    app = Flask(
        __name__,
        instance_path=settings.instance_path,
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.config.from_mapping(_flask_config(settings))
    app.extensions["settings"] = settings
    # For the demo, which makes one with settings of its own.
    app.extensions["create_app"] = create_app
    app.extensions["vault"] = Vault(encryption_keys("ENCRYPTION_KEYS", settings.encryption_keys))
    app.extensions["ports"] = open_ports(settings)
    _connect_database(app)
    request_context.register(app)
    register_errors(app, {"/panel": panel.problem_page, "/": pages.problem_page})
    metrics.register(app)
    i18n.register(app)
    api.register(app)
    pages.register(app)
    panel.register(app, settings)
    page_policy.register(app)
    protection.register(app, settings, _limited())
    cli.register(app)
    replay.register(app)
    _trust_proxies(app, settings.trusted_proxies)
    return app


def create_commands(settings: Settings, unusable: SettingsError) -> Flask:
    """Make an application of commands alone: its settings are unusable, and most say so."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["settings"] = settings
    app.extensions["unusable"] = unusable
    app.extensions["create_app"] = create_app
    cli.register(app, unusable)
    return app


def _limited() -> dict[str, list[Blueprint]]:
    """Whose posts are counted as what, for each address."""
    return {
        "sales": [payments.blueprint, pages.blueprint],
        "reconnections": [hotspot.blueprint],
        "logins": [auth.door, panel.door],
    }


def _flask_config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": settings.max_body_bytes,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "poolclass": LendingPool,
            "pool_size": settings.db_pool_size,
            "max_overflow": settings.db_max_overflow,
            "pool_timeout": settings.db_pool_timeout,
        },
    }


def _connect_database(app: Flask) -> None:
    db.init_app(app)
    with app.app_context():
        tune(db.engine)


def _trust_proxies(app: Flask, count: int) -> None:
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, count, count, count)  # type: ignore[method-assign]
