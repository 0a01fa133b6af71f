"""Every setting of Portal, read from the environment once and frozen.

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
    """A setting is missing or unusable; the message says what to do."""


def setting(default: Any, about: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"about": about})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an instance runs with. Seconds and bytes unless a name says otherwise."""

    database_url: str = setting("", "database; unset = SQLite in the instance folder", secret=True)
    instance_path: str = setting("instance", "folder of the embedded database and secrets")
    secret_key: str = setting("", "signs what travels in page addresses", secret=True)
    jwt_apikey_secret: str = setting("", "signs router API keys", secret=True)
    jwt_session_secret: str = setting("", "signs session tokens", secret=True)
    encryption_keys: str = setting(
        "", "comma-separated url-safe base64 of 32 bytes each; the first one writes", secret=True
    )
    conekta_api_url: str = setting("https://api.conekta.io", "Conekta's API")
    conekta_charge: str = setting("order_first", "form of charge: order_first or in_order")
    conekta_script_url: str = setting(
        "https://pay.conekta.com/v1.0/js/conekta-checkout.min.js",
        "the script that shows Conekta's card form in customers' browsers",
    )
    public_url: str = setting("http://127.0.0.1:8000", "address under which customers reach us")
    allow_private_targets: bool = setting(
        False, "whether routers may have addresses of this machine itself (the demo's do)"
    )
    trusted_proxies: int = setting(0, "reverse proxies in front whose X-Forwarded-* count")
    metrics_allow: str = setting("127.0.0.0/8,::1/128", "networks that may read /metrics")
    log_level: str = setting("INFO", "least level that is logged")

    time_zone: str = setting("America/Mexico_City", "zone of the times on pages and receipts")
    smtp_host: str = setting("", "mail server for receipts; unset = none are sent")
    smtp_port: int = setting(587, "its port")
    smtp_security: str = setting("starttls", "how it is spoken to: starttls, tls or none")
    smtp_username: str = setting("", "user at the mail server; unset = no login")
    smtp_password: str = setting("", "that user's password", secret=True)
    smtp_from: str = setting("", "address that receipts come from")
    receipt_seconds: float = setting(20.0, "how often a company's receipts are sent")
    smtp_timeout: float = setting(10.0, "each answer of the mail server")
    demo_control_url: str = setting("", "set by the demo: where its simulated router is controlled")

    db_pool_size: int = setting(10, "database connections kept a process")
    db_max_overflow: int = setting(10, "further database connections in a rush")
    db_pool_timeout: float = setting(10.0, "wait for a database connection")

    router_pool_size: int = setting(2, "connections a router and process (RouterOS allows 20)")
    router_idle_seconds: float = setting(20.0, "an idle router connection is closed after")
    router_connect_timeout: float = setting(3.0, "connecting and logging in to a router")
    router_timeout: float = setting(5.0, "a whole call to a router, waiting in line included")
    router_slow_after: float = setting(1.0, "an unanswered call makes a router slow after")
    router_slow_requests: int = setting(4, "requests a slow router may hold a process")
    router_breaker_failures: int = setting(3, "failures in a row until a router is left alone")
    router_breaker_seconds: float = setting(5.0, "how long a failing router is left alone")
    router_verify_seconds: float = setting(3.0, "how long a login is looked for in the active list")

    gateway_connect_timeout: float = setting(3.05, "connecting to the gateway")
    gateway_timeout: float = setting(15.0, "a whole call to the gateway")
    gateway_connections: int = setting(64, "gateway connections kept a process")

    sale_deadline: float = setting(25.0, "a sale's request is answered after this at the latest")
    sale_lease: float = setting(40.0, "a sale is its request's own for; then the worker's")
    retry_first: float = setting(2.0, "first delay of a repeated step")
    retry_longest: float = setting(300.0, "longest delay of a repeated step")
    three_ds_minutes: int = setting(15, "3DS left undone is canceled after, in minutes")
    card_token_minutes: int = setting(12, "a card token is surely dead after, in minutes")

    park_after_hours: int = setting(24, "what is not solved by then is the operator's, in hours")
    round_seconds: int = setting(120, "how often a router's users are read")
    sweep_hours: int = setting(24, "how often leftovers are swept off a router, in hours")
    strays_minutes: int = setting(10, "how often the gateway is searched for orders of ours")
    heartbeat_seconds: int = setting(15, "how often a worker shows itself")

    cache_seconds: float = setting(0.5, "how long a process trusts what it read of keys and plans")
    api_key_days: int = setting(365, "a router's API key lives, in days")
    api_key_grace_hours: int = setting(24, "a replaced API key lives on, in hours")
    session_hours: int = setting(24, "a session lives, in hours")
    login_failures: int = setting(5, "wrong passwords in a row that lock an account")
    login_lock_seconds: int = setting(300, "how long an account stays locked")
    code_tries: int = setting(5, "wrong codes of a device on a router before it has to wait")
    code_wait_first: float = setting(10.0, "its first wait; each further wrong code doubles it")
    code_wait_longest: float = setting(900.0, "its longest wait")
    ratelimit_storage_uri: str = setting(
        "memory://",
        "where requests are counted: memory:// (each process), or redis://…",
        secret=True,
    )
    address_sales: int = setting(3000, "purchases an address may ask for a minute; 0 = any")
    address_reconnections: int = setting(1500, "codes an address may enter a minute; 0 = any")
    address_logins: int = setting(300, "logins an address may try a minute; 0 = any")
    address_notices: int = setting(
        600, "unsigned notices of a gateway an address may post a minute; 0 = any"
    )
    address_declines: int = setting(60, "refused cards of an address that make it wait; 0 = any")
    decline_minutes: int = setting(10, "how long a declined card counts, in minutes")
    device_declines: int = setting(5, "refused cards of a device that make it wait; 0 = any")
    router_declines_alert: int = setting(20, "declined cards on a router that alert its operator")
    router_declines: int = setting(200, "declined cards that stop a router's sales; 0 = never")
    max_body_bytes: int = setting(64 * 1024, "largest JSON body")

    @property
    def embedded(self) -> bool:
        """Whether this instance keeps its own SQLite database."""
        return self.database_url.startswith("sqlite:")


def load_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings from the environment; `overrides` win.

    Raises SettingsError with a sentence that says what to do.
    """
    environ = os.environ if environ is None else environ
    values = {f.name: _read(f, environ) for f in fields(Settings) if environ.get(f.name.upper())}
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


def _read(spec: Field[Any], environ: Mapping[str, str]) -> Any:
    text = environ[spec.name.upper()].strip()
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
    for name in ("conekta_api_url", "conekta_script_url", "public_url"):
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
    """What one device may do must not stop an address, nor one address a whole router."""
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
    """The networks that METRICS_ALLOW lists."""
    try:
        return tuple(ip_network(part.strip()) for part in listed.split(",") if part.strip())
    except ValueError:
        raise SettingsError(
            "Set METRICS_ALLOW to networks such as 127.0.0.0/8, separated by commas."
        ) from None


def encryption_keys(settings: Settings) -> list[bytes]:
    """The keys that secrets are encrypted with, 32 bytes each; the first one writes."""
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
