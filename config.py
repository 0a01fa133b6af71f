"""Read every setting of Portal from the environment once, and freeze it.

A setting's variable is its name in capitals. Without DATABASE_URL the application is
embedded: it keeps its database and the secrets it makes for itself in the instance folder.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent
SHORTEST_SECRET = 32
SECRETS_FILE = "secrets.json"
SECRETS = ("secret_key", "jwt_apikey_secret", "jwt_session_secret")
DATABASES = ("sqlite", "postgresql")
WORDS = {
    "conekta_charge": ("order_first", "in_order"),
    "smtp_security": ("starttls", "tls", "none"),
    "log_level": ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
}

TRUTHS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class SettingsError(Exception):
    """Say that a setting is missing or unusable, and what to do."""


def setting(
    group: str,
    default: Any,
    about: str,
    *,
    unit: str = "",
    secret: bool = False,
    formerly: str = "",
) -> Any:
    """Declare a setting of a group: its meaning, its unit, and the variable it was read from once.

    `flask settings` is written from what is declared here.
    """
    metadata = {
        "group": group,
        "about": about,
        "unit": unit,
        "secret": secret,
        "formerly": formerly,
    }
    return field(default=default, repr=not secret, metadata=metadata)


_deployment = partial(setting, "Deployment")
_database = partial(setting, "Database connections")
_routers = partial(setting, "Routers")
_gateway = partial(setting, "Payment gateway")
_sales = partial(setting, "Sales")
_worker = partial(setting, "Worker")
_receipts = partial(setting, "Receipts")
_alerts = partial(setting, "Alerts")
_keys = partial(setting, "Keys, sessions and passwords")
_limits = partial(setting, "Limits")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Hold the settings that an instance runs with, by groups."""

    database_url: str = _deployment(
        "", "database; unset = SQLite in the instance folder", secret=True
    )
    instance_path: str = _deployment("instance", "folder of the embedded database and secrets")
    secret_key: str = _deployment("", "signs what travels in page addresses", secret=True)
    jwt_apikey_secret: str = _deployment("", "signs router API keys", secret=True)
    jwt_session_secret: str = _deployment("", "signs session tokens", secret=True)
    encryption_keys: str = _deployment(
        "", "comma-separated url-safe base64 of 32 bytes each; the first one writes", secret=True
    )
    public_url: str = _deployment("http://127.0.0.1:8000", "address under which customers reach us")
    trusted_proxies: int = _deployment(0, "reverse proxies in front whose X-Forwarded-* count")
    allow_private_targets: bool = _deployment(
        False,
        "whether routers and webhooks may be on this machine or its networks",
    )
    metrics_allow: str = _deployment("127.0.0.0/8,::1/128", "networks that may read /metrics")
    log_level: str = _deployment("INFO", "least level that is logged")
    time_zone: str = _deployment("America/Mexico_City", "zone of the times on pages and receipts")
    max_body_bytes: int = _deployment(64 * 1024, "largest JSON body", unit="bytes")
    demo_control_url: str = _deployment(
        "", "set by the demo: where its simulated router is controlled"
    )

    db_pool_size: int = _database(10, "database connections kept a process")
    db_max_overflow: int = _database(10, "further database connections in a rush")
    db_pool_timeout: float = _database(10.0, "wait for a database connection", unit="s")

    router_pool_size: int = _routers(2, "connections a router and process (RouterOS allows 20)")
    router_idle_seconds: float = _routers(
        20.0, "an idle router connection is closed after", unit="s"
    )
    router_connect_timeout: float = _routers(3.0, "connecting and logging in to a router", unit="s")
    router_timeout: float = _routers(
        5.0, "a whole call to a router, waiting in line included", unit="s"
    )
    router_slow_after: float = _routers(
        1.0, "an unanswered call makes a router slow after", unit="s"
    )
    router_slow_requests: int = _routers(4, "requests a slow router may hold a process")
    router_breaker_failures: int = _routers(3, "failures in a row until a router is left alone")
    router_breaker_seconds: float = _routers(
        5.0, "how long a failing router is left alone", unit="s"
    )
    router_verify_seconds: float = _routers(
        3.0, "how long a login is looked for in the active list", unit="s"
    )

    conekta_api_url: str = _gateway("https://api.conekta.io", "Conekta's API")
    conekta_charge: str = _gateway("order_first", "form of charge: order_first or in_order")
    conekta_script_url: str = _gateway(
        "https://pay.conekta.com/v1.0/js/conekta-checkout.min.js",
        "the script that shows Conekta's card form in customers' browsers",
    )
    gateway_connect_timeout: float = _gateway(3.05, "connecting to the gateway", unit="s")
    gateway_timeout: float = _gateway(15.0, "a whole call to the gateway", unit="s")
    gateway_connections: int = _gateway(64, "gateway connections kept a process")

    sale_deadline: float = _sales(
        25.0, "a sale's request is answered after this at the latest", unit="s"
    )
    sale_lease: float = _sales(40.0, "a sale is its request's own for; then the worker's", unit="s")
    retry_first: float = _sales(2.0, "first delay of a repeated step", unit="s")
    retry_longest: float = _sales(300.0, "longest delay of a repeated step", unit="s")
    three_ds_minutes: int = _sales(15, "3DS left undone is canceled after", unit="min")
    card_token_minutes: int = _sales(12, "a card token is surely dead after", unit="min")
    park_after_hours: int = _sales(24, "what is not solved by then is the operator's", unit="h")

    usage_sync_seconds: int = _worker(
        120, "how often a router's users are read", unit="s", formerly="ROUND_SECONDS"
    )
    orphaned_users_hours: int = _worker(
        24, "how often leftovers are removed from a router", unit="h", formerly="SWEEP_HOURS"
    )
    orphan_orders_minutes: int = _worker(
        10,
        "how often the gateway is searched for orders of ours",
        unit="min",
        formerly="STRAYS_MINUTES",
    )
    heartbeat_seconds: int = _worker(15, "how often a worker shows itself", unit="s")

    smtp_host: str = _receipts("", "mail server for receipts and alerts; unset = none are sent")
    smtp_port: int = _receipts(587, "its port")
    smtp_security: str = _receipts("starttls", "how it is spoken to: starttls, tls or none")
    smtp_username: str = _receipts("", "user at the mail server; unset = no login")
    smtp_password: str = _receipts("", "that user's password", secret=True)
    smtp_from: str = _receipts("", "address that receipts and alerts come from")
    smtp_timeout: float = _receipts(10.0, "each answer of the mail server", unit="s")
    receipt_seconds: float = _receipts(20.0, "how often a company's receipts are sent", unit="s")

    telegram_api_url: str = _alerts("https://api.telegram.org", "Telegram's Bot API")
    alert_timeout: float = _alerts(10.0, "sending one alert by Telegram or webhook", unit="s")
    alert_window: float = _alerts(
        300.0, "alerts of one kind within it are one message with a count", unit="s"
    )
    alert_give_up_hours: int = _alerts(24, "an alert that does not arrive is given up", unit="h")
    sale_alert_seconds: float = _alerts(
        10.0, "how often new sales and refunds are looked for to tell of", unit="s"
    )

    cache_seconds: float = _keys(
        0.5, "how long a process trusts what it read of keys and plans", unit="s"
    )
    api_key_days: int = _keys(365, "a router's API key lives", unit="days")
    api_key_grace_hours: int = _keys(24, "a replaced API key lives on", unit="h")
    session_hours: int = _keys(24, "a session lives", unit="h")
    login_failures: int = _keys(5, "wrong passwords in a row that lock an account")
    login_lock_seconds: int = _keys(300, "how long an account stays locked", unit="s")

    code_tries: int = _limits(5, "wrong codes of a device on a router before it has to wait")
    code_wait_first: float = _limits(
        10.0, "its first wait; each further wrong code doubles it", unit="s"
    )
    code_wait_longest: float = _limits(900.0, "its longest wait", unit="s")
    ratelimit_storage_uri: str = _limits(
        "memory://",
        "where requests are counted: memory:// (each process), or redis://…",
        secret=True,
    )
    address_sales: int = _limits(3000, "purchases an address may ask for a minute; 0 = any")
    address_reconnections: int = _limits(1500, "codes an address may enter a minute; 0 = any")
    address_logins: int = _limits(300, "logins an address may try a minute; 0 = any")
    address_webhooks: int = _limits(
        600,
        "unsigned webhooks of a gateway an address may post a minute; 0 = any",
        formerly="ADDRESS_NOTICES",
    )
    address_declines: int = _limits(60, "refused cards of an address that make it wait; 0 = any")
    device_declines: int = _limits(5, "refused cards of a device that make it wait; 0 = any")
    router_declines: int = _limits(200, "declined cards that stop a router's sales; 0 = never")
    router_declines_alert: int = _limits(20, "declined cards on a router that alert its operator")
    decline_minutes: int = _limits(10, "how long a declined card counts", unit="min")

    @property
    def embedded(self) -> bool:
        """Tell whether this instance keeps its own SQLite database."""
        return self.database_url.startswith("sqlite:")


def load_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings from the environment; `overrides` win.

    Raises SettingsError with a sentence that says what to do.
    """
    environ = os.environ if environ is None else environ
    values = {f.name: _read(f, text) for f in fields(Settings) if (text := _text(f, environ))}
    values |= overrides
    instance = Path(values.get("instance_path") or ROOT / "instance").absolute()
    values["instance_path"] = str(instance)
    if values.get("database_url"):
        values["database_url"] = _with_driver(values["database_url"])
    else:
        values["database_url"] = f"sqlite:///{instance / 'portal.db'}"
        values = _instance_secrets(instance) | values
    settings = Settings(**values)
    _check(settings)
    return settings


def _text(spec: Field[Any], environ: Mapping[str, str]) -> str | None:
    """Find what the environment says of a setting, under its name or the one before."""
    return environ.get(spec.name.upper()) or environ.get(spec.metadata["formerly"])


def _read(spec: Field[Any], text: str) -> Any:
    text = text.strip()
    if isinstance(spec.default, bool):
        return _truth(spec, text)
    return text if isinstance(spec.default, str) else _number(spec, text)


def _truth(spec: Field[Any], text: str) -> bool:
    if text.lower() not in TRUTHS:
        raise SettingsError(f"Set {spec.name.upper()} to true or false.")
    return TRUTHS[text.lower()]


def _number(spec: Field[Any], text: str) -> int | float:
    try:
        value = int(text) if isinstance(spec.default, int) else float(text)
    except ValueError:
        value = -1
    if not 0 <= value < float("inf"):
        raise SettingsError(f"Set {spec.name.upper()} to a number of zero or more.")
    return value


def _with_driver(url: str) -> str:
    for bare in ("postgresql://", "postgres://"):
        if url.startswith(bare):
            return "postgresql+psycopg2://" + url.removeprefix(bare)
    return url


def _check(settings: Settings) -> None:
    for name in SECRETS:
        _check_secret(name.upper(), getattr(settings, name))
    if len({getattr(settings, name) for name in SECRETS}) < len(SECRETS):
        raise SettingsError(
            "Give SECRET_KEY, JWT_APIKEY_SECRET and JWT_SESSION_SECRET each its own value."
        )
    _check_database(settings.database_url)
    for name, words in WORDS.items():
        if getattr(settings, name) not in words:
            raise SettingsError(f"Set {name.upper()} to one of {', '.join(words)}.")
    for name in ("conekta_api_url", "conekta_script_url", "public_url", "telegram_api_url"):
        _check_address(name.upper(), getattr(settings, name))
    if settings.smtp_host and not settings.smtp_from:
        raise SettingsError("Set SMTP_FROM to the address that receipts come from.")
    if settings.sale_lease <= settings.sale_deadline:
        raise SettingsError("Set SALE_LEASE to more seconds than SALE_DEADLINE.")
    if settings.decline_minutes < 1:
        raise SettingsError("Set DECLINE_MINUTES to one or more.")
    _check_declines(settings)
    encryption_keys(settings)
    networks(settings.metrics_allow)


def _check_declines(settings: Settings) -> None:
    """Check that one device cannot stop an address, nor one address a whole router."""
    names = ("device_declines", "address_declines", "router_declines")
    limits = [getattr(settings, name) for name in names if getattr(settings, name)]
    if limits != sorted(set(limits)):
        raise SettingsError(
            "Set DEVICE_DECLINES below ADDRESS_DECLINES, and that below ROUTER_DECLINES: "
            "one device must not stop an address, nor one address a router."
        )
    if settings.router_declines and not settings.address_declines:
        raise SettingsError(
            "Set ADDRESS_DECLINES below ROUTER_DECLINES, or ROUTER_DECLINES to 0: "
            "one address must not stop a router."
        )


def _check_database(url: str) -> None:
    try:
        known = make_url(url).get_backend_name() in DATABASES
    except (ArgumentError, ValueError):
        known = False
    if not known:
        raise SettingsError(
            "Set DATABASE_URL to postgresql://user:password@host/database, or leave it unset."
        )


def _check_address(variable: str, address: str) -> None:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(f"Set {variable} to an address such as https://example.com.")


def _check_secret(variable: str, value: str) -> None:
    if len(value) < SHORTEST_SECRET or len(set(value)) < SHORTEST_SECRET // 4:
        raise SettingsError(
            f"Set {variable} to a random text of at least {SHORTEST_SECRET} characters, "
            "for example the output of: openssl rand -hex 32"
        )


def networks(listed: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read the networks that METRICS_ALLOW lists."""
    try:
        return tuple(ip_network(part.strip()) for part in listed.split(",") if part.strip())
    except ValueError:
        raise SettingsError(
            "Set METRICS_ALLOW to networks such as 127.0.0.0/8, separated by commas."
        ) from None


def encryption_keys(settings: Settings) -> list[bytes]:
    """Read the keys that secrets are encrypted with, 32 bytes each; the first one writes."""
    keys = [_key(text.strip()) for text in settings.encryption_keys.split(",") if text.strip()]
    if not keys:
        raise SettingsError(
            "Set ENCRYPTION_KEYS to the url-safe base64 of 32 random bytes, "
            "for example the output of: openssl rand -base64 32 | tr '+/' '-_'"
        )
    return keys


def _key(text: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32 or len(set(key)) < 8:
        raise SettingsError(
            "Each of ENCRYPTION_KEYS must be the url-safe base64 of 32 random bytes."
        )
    return key


def _instance_secrets(instance: Path) -> dict[str, str]:
    """Read the instance's secrets, making them first where there are none (mode 0600)."""
    path = instance / SECRETS_FILE
    try:
        instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            _write_once(path)
        stored = json.loads(path.read_text())
    except OSError as error:
        raise SettingsError(
            f"Set INSTANCE_PATH to a folder that can be written: {instance} cannot."
        ) from error
    except ValueError:
        stored = None
    if not _are_secrets(stored):
        # Made anew they would lock away all that the old ones protect.
        raise SettingsError(f"Restore {path} from a backup: it does not hold the secrets any more.")
    found: dict[str, str] = stored
    return found


def _are_secrets(stored: Any) -> bool:
    return (
        isinstance(stored, dict)
        and stored.keys() == {*SECRETS, "encryption_keys"}
        and all(isinstance(value, str) for value in stored.values())
    )


def _write_once(path: Path) -> None:
    """Link a complete file into place, so that of two processes starting at once one wins."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        json.dump(_new_secrets(), file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)


def _new_secrets() -> dict[str, str]:
    return {
        "secret_key": secrets.token_hex(32),
        "jwt_apikey_secret": secrets.token_hex(32),
        "jwt_session_secret": secrets.token_hex(32),
        "encryption_keys": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
