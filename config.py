"""Read every setting of Portal from the environment once, and freeze it.

A setting's variable is its name in capitals. Without DATABASE_URL the application is
embedded: it keeps its database and the secrets it makes for itself in the instance folder.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from portal.core import demo_folder
from portal.core.env_file import deployed_environment
from portal.core.errors import SettingsError as SettingsError
from portal.core.instance import DATABASE_FILE, SECRETS, instance_secrets
from portal.core.settings import checks
from portal.core.settings.reading import faults_of_each, read
from portal.core.settings.values import (
    encryption_keys,
    listed_keys,
    networks,
    sqlite_file,
    with_driver,
)

ROOT = Path(__file__).resolve().parent
INSTANCE = ROOT / "instance"
GATEWAY_ADDRESSES = (
    "conekta_api_url",
    "conekta_script_url",
    "mercadopago_api_url",
    "mercadopago_script_url",
)
Check = Callable[[str, Any], object]


def setting(
    group: str,
    default: Any,
    about: str,
    *,
    unit: str = "",
    secret: bool = False,
    formerly: str = "",
    check: Check | None = None,
) -> Any:
    """Declare a setting of a group: its meaning, its unit, and the variable it was read from once.

    `check` raises SettingsError where it cannot be used. `flask settings` is written from what is
    declared here.
    """
    metadata = {
        "group": group,
        "about": about,
        "unit": unit,
        "secret": secret,
        "formerly": formerly,
        "check": check,
    }
    return field(default=default, repr=not secret, metadata=metadata)


_deployment = partial(setting, "Deployment")
_database = partial(setting, "Database connections")
_routers = partial(setting, "Routers")
_radius = partial(setting, "RADIUS")
_tunnel = partial(setting, "Routers that dial in")
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
        "", "database; unset = SQLite in the instance folder", secret=True, check=checks.database
    )
    instance_path: str = _deployment("instance", "folder of the embedded database and secrets")
    secret_key: str = _deployment(
        "", "signs what travels in page addresses", secret=True, check=checks.secret
    )
    jwt_apikey_secret: str = _deployment(
        "", "signs router API keys", secret=True, check=checks.secret
    )
    jwt_session_secret: str = _deployment(
        "", "signs session tokens", secret=True, check=checks.secret
    )
    encryption_keys: str = _deployment(
        "",
        "comma-separated url-safe base64 of 32 bytes each; the first one writes",
        secret=True,
        check=encryption_keys,
    )
    public_url: str = _deployment(
        "http://127.0.0.1:8000", "address under which customers reach us", check=checks.address
    )
    trusted_proxies: int = _deployment(0, "reverse proxies in front whose X-Forwarded-* count")
    allow_private_targets: bool = _deployment(
        False,
        "whether routers and webhooks may be on this machine or its networks",
    )
    metrics_allow: str = _deployment(
        "127.0.0.0/8,::1/128", "networks that may read /metrics", check=networks
    )
    log_level: str = _deployment(
        "INFO",
        "least level that is logged",
        check=checks.one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    )
    web_bind: str = _deployment("127.0.0.1:8000", "where gunicorn listens: HOST:PORT or unix:PATH")
    web_workers: int = _deployment(2, "gunicorn's processes", check=checks.at_least_one)
    web_threads: int = _deployment(
        64, "requests that each of them works on at a time", check=checks.at_least_one
    )
    time_zone: str = _deployment(
        "America/Mexico_City", "zone of companies that name none", check=checks.time_zone
    )
    max_body_bytes: int = _deployment(64 * 1024, "largest JSON body", unit="bytes")
    demo_control_url: str = _deployment(
        "", "set by the demo: where its simulated router is controlled"
    )

    db_pool_size: int = _database(10, "database connections kept a process")
    db_max_overflow: int = _database(10, "further database connections in a rush")
    db_pool_timeout: float = _database(10.0, "wait for a database connection", unit="s")

    router_connections: int = _routers(
        2,
        "connections a router and process (RouterOS allows 20); the second for long answers",
        check=checks.at_least_one,
    )
    router_commands: int = _routers(
        32, "most commands open on a router and process at a time", check=checks.at_least_one
    )
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

    radius_servers: str = _radius(
        "", "addresses of the RADIUS servers that routers ask, comma-separated; the first first"
    )
    radius_port: int = _radius(1812, "where they answer logins")
    radius_accounting_port: int = _radius(1813, "where they take accounting")
    radius_interim: int = _radius(300, "how often a router tells what a session has used", unit="s")

    wireguard_endpoint: str = _tunnel(
        "",
        "name or address of our end of the tunnel, without port; unset = no router dials in",
        check=checks.spelt(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", "a host name or address"),
    )
    wireguard_port: int = _tunnel(51820, "its UDP port", check=checks.port)
    wireguard_public_key: str = _tunnel(
        "",
        "its public key, which the root helper shows: portal-wireguard public-key",
        check=checks.spelt(r"[A-Za-z0-9+/]{43}=", "a public key as wg pubkey prints it"),
    )
    wireguard_subnet: str = _tunnel(
        "10.77.0.0/16",
        "private IPv4 network of the tunnel; its first address is ours",
        check=checks.private_network,
    )
    wireguard_places: int = _tunnel(
        500, "addresses of the tunnel that one company may have; 0 = as many as there are"
    )
    wireguard_interface: str = _tunnel(
        "wg-portal",
        "the tunnel's interface on this machine",
        check=checks.spelt(r"[A-Za-z0-9_.-]{1,15}", "an interface name of at most 15 letters"),
    )
    wireguard_folder: str = _tunnel(
        "/var/lib/portal-wireguard",
        "where the list of peers is written for the root helper",
        check=checks.spelt(r"/[A-Za-z0-9_./-]+", "an absolute path of plain letters"),
    )
    wireguard_status: str = _tunnel(
        "/run/portal-wireguard/status",
        "file in which the root helper says how the peers stand",
        check=checks.spelt(r"/[A-Za-z0-9_./-]+", "an absolute path of plain letters"),
    )
    l2tp_ipsec_secret: str = _tunnel(
        "",
        "IPsec secret shared with routers of RouterOS 6, which dial in by L2TP; unset = none does",
        secret=True,
        check=checks.spelt(r"[A-Za-z0-9_.~-]{16,64}", "16 to 64 letters, digits or any of _.~-"),
    )

    conekta_api_url: str = _gateway("https://api.conekta.io", "Conekta's API", check=checks.address)
    conekta_charge: str = _gateway(
        "order_first",
        "form of charge: order_first, in_order or component",
        check=checks.one_of("order_first", "in_order", "component"),
    )
    conekta_script_url: str = _gateway(
        "https://pay.conekta.com/v1.0/js/conekta-checkout.min.js",
        "the script that shows Conekta's card form in customers' browsers",
        check=checks.address,
    )
    mercadopago_api_url: str = _gateway(
        "https://api.mercadopago.com", "Mercado Pago's API", check=checks.address
    )
    mercadopago_script_url: str = _gateway(
        "https://sdk.mercadopago.com/js/v2",
        "the script that shows Mercado Pago's card form in customers' browsers",
        check=checks.address,
    )
    mercadopago_3ds: str = _gateway(
        "supported",
        "when a card's bank confirms there: supported, required or never",
        check=checks.one_of("supported", "required", "never"),
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
    worker_poll_seconds: float = _worker(
        5.0,
        "how often a worker looks by itself while PostgreSQL tells it of what is due; where it"
        " cannot be told, as through pgbouncer in transaction mode, it looks every --pause",
        unit="s",
    )

    smtp_host: str = _receipts("", "mail server for receipts and alerts; unset = none are sent")
    smtp_port: int = _receipts(587, "its port")
    smtp_security: str = _receipts(
        "starttls",
        "how it is spoken to: starttls, tls or none",
        check=checks.one_of("starttls", "tls", "none"),
    )
    smtp_username: str = _receipts("", "user at the mail server; unset = no login")
    smtp_password: str = _receipts("", "that user's password", secret=True)
    smtp_from: str = _receipts("", "address that receipts and alerts come from")
    smtp_timeout: float = _receipts(10.0, "each answer of the mail server", unit="s")
    receipt_seconds: float = _receipts(20.0, "how often a company's receipts are sent", unit="s")

    facturapi_api_url: str = _receipts(
        "https://www.facturapi.io/v2", "Facturapi's API", check=checks.address
    )

    telegram_api_url: str = _alerts(
        "https://api.telegram.org", "Telegram's Bot API", check=checks.address
    )
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
    decline_minutes: int = _limits(
        10, "how long a declined card counts", unit="min", check=checks.at_least_one
    )

    @property
    def tunnel(self) -> IPv4Network | None:
        """Give the network of the routers that dial in; None where none does."""
        offered = self.has_tunnel or self.has_l2tp
        return IPv4Network(self.wireguard_subnet) if offered else None

    @property
    def has_tunnel(self) -> bool:
        """Tell whether routers may dial in by WireGuard."""
        return bool(self.wireguard_endpoint and self.wireguard_public_key)

    @property
    def has_l2tp(self) -> bool:
        """Tell whether routers may dial in by L2TP."""
        return bool(self.wireguard_endpoint and self.l2tp_ipsec_secret)

    @property
    def embedded(self) -> bool:
        """Tell whether this instance keeps its own SQLite database."""
        return self.database_url.startswith("sqlite:")


def load_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings from the environment; `overrides` win.

    Secrets of an embedded instance are made where there are none. Raises SettingsError with a
    sentence that says what to do.
    """
    settings = read_settings(os.environ if environ is None else environ, make=True, **overrides)
    for fault in faults(settings):
        raise fault
    return settings


def deployed_settings(*, making: bool = False) -> Settings:
    """Read the settings of a process that somebody started, and make nothing for them.

    They stand in its environment, and in the file that PORTAL_ENV names or `/etc/portal.env`.
    Raises SettingsError, also where a SQLite database does not exist, unless one that is named
    may just be about to be made (`making`).
    """
    environ = _started_environment()
    settings = read_settings(environ, make=False)
    for fault in faults(settings):
        raise no_database(settings) or fault
    missing = no_database(settings)
    if missing and not (making and environ.get("DATABASE_URL")):
        raise missing
    return settings


def unchecked_settings() -> Settings:
    """Read as much of a process' settings as can be read, for what needs no more than that."""
    try:
        return read_settings(_started_environment(), make=False)
    except SettingsError:
        instance = Path(os.environ.get("INSTANCE_PATH") or INSTANCE)
        return Settings(instance_path=str(instance.absolute()))


def _started_environment() -> Mapping[str, str]:
    environ = deployed_environment(os.environ)
    return demo_folder.environment(environ, INSTANCE, GATEWAY_ADDRESSES)


def no_database(settings: Settings) -> SettingsError | None:
    """Say which SQLite database was looked for in vain, and how to name or make one."""
    file = sqlite_file(settings.database_url)
    if file is None or file.exists():
        return None
    return SettingsError(
        f"There is no database {file}: set DATABASE_URL in the environment or in /etc/portal.env "
        "(flask deploy env writes one), or make an embedded one with: flask init"
    )


def read_settings(environ: Mapping[str, str], *, make: bool, **overrides: Any) -> Settings:
    """Read the settings without looking whether they can be used; `faults` tells.

    An embedded instance's secrets are made where they are missing if `make`, else left empty.
    Raises SettingsError for what cannot even be read.
    """
    values = read(Settings, environ) | overrides
    instance = Path(values.get("instance_path") or INSTANCE).absolute()
    values["instance_path"] = str(instance)
    if values.get("database_url"):
        values["database_url"] = with_driver(values["database_url"])
    else:
        values["database_url"] = f"sqlite:///{instance / DATABASE_FILE}"
        values = instance_secrets(instance, make=make) | values
    return Settings(**values)


def faults(settings: Settings) -> Iterator[SettingsError]:
    """Yield what makes the settings unusable, one sentence each."""
    yield from faults_of_each(settings)
    for check in (_check_differences, _check_mail, _check_lease, _check_declines):
        try:
            check(settings)
        except SettingsError as error:
            yield error


def _check_differences(settings: Settings) -> None:
    given = [text for name in SECRETS if (text := getattr(settings, name))]
    given += listed_keys(settings.encryption_keys)
    if len(set(given)) < len(given):
        raise SettingsError(
            "Give SECRET_KEY, JWT_APIKEY_SECRET, JWT_SESSION_SECRET and each of ENCRYPTION_KEYS "
            "each its own value."
        )


def _check_mail(settings: Settings) -> None:
    if settings.smtp_host and not settings.smtp_from:
        raise SettingsError("Set SMTP_FROM to the address that receipts come from.")


def _check_lease(settings: Settings) -> None:
    if settings.sale_lease <= settings.sale_deadline:
        raise SettingsError("Set SALE_LEASE to more seconds than SALE_DEADLINE.")


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
