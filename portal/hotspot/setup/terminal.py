"""Write commands for a router's terminal, of which the script and the checks' advice are made.

Menus are written with spaces, which RouterOS 6 and 7 both read.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address

from portal.hotspot.setup.facts import UserProfile
from portal.hotspot.setup.quoting import Code, quote

GROUP = "portal-api"
CERTIFICATE = "portal-api"
POLICIES = ("read", "write", "api")
# Plain form posts need http-pap; mac-cookie brings a phone back without a new login.
LOGIN_BY = ("http-pap", "http-chap", "mac-cookie")
MAX_SESSIONS = 100
DEFAULT_MAX_SESSIONS = 20
COOKIE_DAYS = 3
# Not the kit's mark: what closes a door stays when the kit is taken back.
CLOSED = "sin acceso a la administracion"
NTP_SERVERS = "pool.ntp.org"
UPGRADE = Code("/system package update install")


def add_group() -> Code:
    """Give the API's group, with no more than it needs."""
    return Code(f"/user group add name={GROUP} policy={','.join(POLICIES)}")


def set_group() -> Code:
    """Give the same where the group is there already."""
    return Code(f"/user group set [find where name={quote(GROUP)}] policy={','.join(POLICIES)}")


def give_group(username: str) -> Code:
    """Put the API's user into our group, which is made where it is missing."""
    is_missing = f"[:len [/user group find where name={quote(GROUP)}]] = 0"
    move = f"/user set [find where name={quote(username)}] group={quote(GROUP)}"
    return Code(f":if ({is_missing}) do={{ {add_group()} }} else={{ {set_group()} }}; {move}")


def limit_addresses(username: str, addresses: tuple[str, ...]) -> Code:
    """Let the API's user enter from these addresses only."""
    allowed = quote(",".join(addresses))
    return Code(f"/user set [find where name={quote(username)}] address={allowed}")


@dataclass(frozen=True)
class Layer:
    """Describe one of the walled garden's two lists."""

    name: str
    menu: Code
    action: str

    def destination(self, host: str) -> Code:
        """Give the property that names such a host."""
        return destination(host) if self.action == "accept" else Code("dst-host")

    def add(self, host: str, mark: str) -> Code:
        """Open a host to customers who have not paid."""
        named = f"{self.destination(host)}={quote(host)}"
        return Code(f"{self.menu} add action={self.action} {named} comment={quote(mark)}")

    def add_first(self, host: str, mark: str) -> Code:
        """Add the same before all rows that stand there already."""
        return Code(f"{self.add(host, mark)} place-before={self._first}")

    def move(self, host: str, mark: str) -> Code:
        """Put what opens the host before all other rows."""
        ours = f"[find where {self.destination(host)}={quote(host)} && comment={quote(mark)}]"
        return Code(f"{self.menu} move {ours} destination={self._first}")

    @property
    def _first(self) -> str:
        return f"[:pick [{self.menu} find] 0]"


HTTP = Layer("HTTP", Code("/ip hotspot walled-garden"), "allow")
# For everything else, HTTPS above all.
IP = Layer("IP", Code("/ip hotspot walled-garden ip"), "accept")


def destination(host: str) -> Code:
    """Give the property of the walled garden's IP layer that names such a host."""
    try:
        IPv4Address(host)
    except AddressValueError:
        return Code("dst-host")
    return Code("dst-address")


def add_profile(profile: UserProfile) -> Code:
    """Make a plan's user profile."""
    words = [f"/ip hotspot user profile add name={quote(profile.name)}"]
    words.append(f"add-mac-cookie=yes mac-cookie-timeout={COOKIE_DAYS}d")
    return Code(" ".join([*words, *_said(profile)]))


def set_profile(stored: str, argument: str, value: str) -> Code:
    """Give a user profile a value."""
    chosen = f"/ip hotspot user profile set [find where name={quote(stored)}]"
    return Code(f"{chosen} {argument}={quote(value)}")


def edit_profile(stored: str, value_name: str) -> Code:
    """Open a user profile's script in the terminal's editor."""
    chosen = f"number=[find where name={quote(stored)}]"
    return Code(f"/ip hotspot user profile edit {chosen} value-name={value_name}")


def rename_profile(stored: str, name: str) -> Code:
    """Tell a user profile from another whose name reads alike."""
    chosen = f"/ip hotspot user profile set [find where name={quote(stored)}]"
    return Code(f"{chosen} name={quote(f'{name} (2)')}")


def named(words: tuple[str, ...]) -> Code:
    """Give a condition on the name, which may be any of these words."""
    return Code("(" + " || ".join(f"name={quote(word)}" for word in words) + ")")


def unnamed(words: tuple[str, ...]) -> Code:
    """Give the opposite condition."""
    return Code(" && ".join(f"name != {quote(word)}" for word in words))


def enable_service(service: str) -> Code:
    """Let one of the API's services listen, on the port that it has."""
    return Code(f"/ip service set {service} disabled=no")


def set_addresses(service: str, addresses: tuple[str, ...]) -> Code:
    """Let one of the router's services answer these addresses only."""
    return Code(f"/ip service set {service} address={quote(','.join(addresses))}")


def close_ports(ports: str, whose: str, *, but: str | None, is_first: bool) -> Code:
    """Close TCP ports of the router itself; `whose` is a condition on who knocks.

    `but` are source addresses to which that does not apply, with a `!` before them; `is_first`
    puts it before the rules that stand there.
    """
    words = [
        f"/ip firewall filter add chain=input action=drop protocol=tcp dst-port={quote(ports)}"
    ]
    words.append(whose)
    if but is not None:
        words.append(f"src-address={quote(but)}")
    words.append(f"comment={quote(CLOSED)}")
    if is_first:
        words.append("place-before=[:pick [/ip firewall filter find where dynamic=no] 0]")
    return Code(" ".join(words))


def enable_ntp(version: str) -> Code:
    """Let the router set its clock by NTP."""
    argument = "server-dns-names" if version.startswith("6.") else "servers"
    return Code(f"/system ntp client set enabled=yes {argument}={NTP_SERVERS}")


def set_zone(name: str) -> Code:
    """Let the router count in this zone, whatever its address says."""
    return Code(f"/system clock set time-zone-autodetect=no time-zone-name={quote(name)}")


def set_certificate(name: str) -> Code:
    """Let api-ssl show a certificate that stands on the router."""
    return Code(f"/ip service set api-ssl certificate={quote(name)}")


def set_sessions(service: str, count: int) -> Code:
    """Tell how many sessions a service allows, for versions that can be told."""
    return Code(f"/ip service set {service} max-sessions={count}")


def set_server_profile(name: str, argument: str, value: str) -> Code:
    """Give a hotspot's profile a value."""
    return Code(f"/ip hotspot profile set [find where name={quote(name)}] {argument}={value}")


def _said(profile: UserProfile) -> list[str]:
    said = []
    if profile.rate_limit is not None:
        said.append(f"rate-limit={quote(profile.rate_limit)}")
    if profile.shared_users is not None:
        said.append(f"shared-users={profile.shared_users}")
    return said
