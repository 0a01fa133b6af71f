"""Check that a user profile keeps what the plans promise that are sold with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.hotspot.inspection import Inspection, Profile, UserScript
from portal.hotspot.routeros.profile_scripts import user_scripts
from portal.hotspot.routeros.values import parse_duration
from portal.hotspot.setup import terminal
from portal.hotspot.setup.facts import KitFacts, PlanTerms, UserProfile
from portal.hotspot.setup.findings import Finding, State
from portal.hotspot.setup.speeds import rate_limit
from portal.hotspot.setup.time_words import span

TWICE = "está dos veces, en dos codificaciones: se vende el de UTF-8; cambie el nombre del otro"
ABSENT = "no existe"
# A phone in a pocket says nothing for minutes.
LEAST_IDLE = 900
# What RouterOS gives a new profile.
USUAL_KEEPALIVE = 120
UNLIMITED = "unlimited"
_WRITTEN_MARKS = {"comment", "email"}
_BOUND = {"mac-address"}


@dataclass(frozen=True)
class Shortfall:
    """Say in which of its values a profile does not keep a promise, and what mends it."""

    value: str
    state: State
    said: str
    mend: str = ""


def user_profiles(facts: KitFacts, found: Inspection) -> Iterator[Finding]:
    """Check each profile that is sold."""
    for wanted in facts.profiles:
        name = f"Perfil de usuario «{wanted.name}»"
        # Of two that read alike the one in UTF-8 is sold.
        alike = _alike(wanted.name, found.profiles)
        if len(alike) > 1:
            mend = terminal.rename_profile(alike[1].stored, alike[1].name)
            yield Finding(name, State.ADVICE, TWICE, mend)
        if not alike:
            yield Finding(name, State.MISSING, ABSENT, terminal.add_profile(wanted))
        elif short := list(shortfalls(wanted, alike[0])):
            for one in short:
                yield Finding(f"{name}, {one.value}", one.state, one.said, one.mend)
        else:
            yield Finding(name, State.OK, "cumple lo que venden sus planes")


def advice(wanted: UserProfile, profiles: tuple[Profile, ...]) -> Iterator[str]:
    """Give a sentence for each thing that breaks, or may break, what is sold, and what mends it."""
    alike = _alike(wanted.name, profiles)
    if not alike:
        yield f"no tiene el perfil «{wanted.name}». Créelo: {terminal.add_profile(wanted)}"
        return
    for short in shortfalls(wanted, alike[0]):
        yield f"perfil «{wanted.name}», {short.value}: {short.said}. Corríjalo: {short.mend}"


def shortfalls(wanted: UserProfile, profile: Profile) -> Iterator[Shortfall]:
    """Give what in the profile breaks, or may break, what the plans promise."""
    yield from _rate(wanted, profile)
    yield from _devices(wanted, profile)
    yield from _session(wanted, profile)
    yield from _cookie(profile)
    yield from _timeouts(profile)
    for script in user_scripts([profile]):
        yield from _script(wanted, profile, script)


def _alike(name: str, profiles: tuple[Profile, ...]) -> list[Profile]:
    alike = (profile for profile in profiles if profile.name == name)
    return sorted(alike, key=lambda profile: profile.stored != profile.name)


def _rate(wanted: UserProfile, profile: Profile) -> Iterator[Shortfall]:
    # Behind the rate may stand bursts and priorities, which plans know nothing of.
    rate = profile.rate_limit.partition(" ")[0]
    for plan in wanted.plans:
        if plan.rate_limit in (None, rate, rate_limit(rate)):
            continue
        said = f"{profile.rate_limit or 'sin límite'}; «{plan.name}» promete {plan.rate_limit}"
        if wanted.rate_limit is None:
            said += ", y otro plan del mismo perfil otra cosa: dé a cada uno el suyo"
            mend = terminal.add_profile(UserProfile(f"{wanted.name} 2", (plan,)))
            yield Shortfall("rate-limit", State.ADVICE, said, mend)
        else:
            yield Shortfall(
                "rate-limit", State.MISSING, said, _set(profile, "rate-limit", wanted.rate_limit)
            )
            return


def _devices(wanted: UserProfile, profile: Profile) -> Iterator[Shortfall]:
    if not wanted.plans:
        return
    plan = max(wanted.plans, key=_count)
    most, shared = _count(plan), profile.shared_users
    if shared == str(most):
        return
    sold = f"«{plan.name}» vende {most}"
    mend = _set(profile, "shared-users", str(most))
    if shared.isdecimal() and int(shared) < most:
        said = f"{shared}: entran menos aparatos de los vendidos; {sold}"
        yield Shortfall("shared-users", State.MISSING, said, mend)
    elif shared == UNLIMITED or shared.isdecimal():
        said = f"{shared}: un código sirve a más aparatos de los vendidos; {sold}"
        yield Shortfall("shared-users", State.ADVICE, said, mend)


def _session(wanted: UserProfile, profile: Profile) -> Iterator[Shortfall]:
    cut = _seconds(profile.session_timeout)
    longer = [plan for plan in wanted.plans if plan.seconds is None or plan.seconds > cut]
    if not cut or not longer:
        return
    plan = max(longer, key=lambda plan: plan.seconds or float("inf"))
    lasts = "no vence por tiempo" if plan.seconds is None else f"dura {span(plan.seconds)}"
    said = f"desconecta a los {span(cut)}, y «{plan.name}» {lasts}"
    mend = _set(profile, "session-timeout", "0s")
    yield Shortfall("session-timeout", State.MISSING, said, mend)


def _cookie(profile: Profile) -> Iterator[Shortfall]:
    if not profile.add_mac_cookie:
        said = "no: el cliente escribe su código otra vez cada que su teléfono vuelve"
        mend = _set(profile, "add-mac-cookie", "yes")
        yield Shortfall("add-mac-cookie", State.MISSING, said, mend)


def _timeouts(profile: Profile) -> Iterator[Shortfall]:
    idle, keepalive = _seconds(profile.idle_timeout), _seconds(profile.keepalive_timeout)
    if 0 < idle < LEAST_IDLE:
        said = f"desconecta a un teléfono que descansa {span(idle)}"
        mend = _set(profile, "idle-timeout", "none")
        yield Shortfall("idle-timeout", State.ADVICE, said, mend)
    if 0 < keepalive < USUAL_KEEPALIVE:
        said = f"desconecta a un teléfono que no contesta en {span(keepalive)}"
        mend = _set(profile, "keepalive-timeout", f"{USUAL_KEEPALIVE}s")
        yield Shortfall("keepalive-timeout", State.ADVICE, said, mend)


def _script(wanted: UserProfile, profile: Profile, script: UserScript) -> Iterator[Shortfall]:
    several = any(_count(plan) > 1 for plan in wanted.plans)
    harmless = _WRITTEN_MARKS if several else _WRITTEN_MARKS | _BOUND
    if not script.writes:
        return
    written = ", ".join(sorted(script.writes))
    said = f"el script cambia en el usuario vendido: {written}; quite esa orden"
    state = State.ADVICE if script.writes <= harmless else State.MISSING
    yield Shortfall(script.event, state, said, terminal.edit_profile(profile.stored, script.event))


def _count(plan: PlanTerms) -> int:
    return plan.devices or 1


def _seconds(text: str) -> int:
    """Give a time of the profile's in seconds; zero for none, and for what cannot be read."""
    try:
        return 0 if text == "none" else parse_duration(text)
    except ValueError:
        return 0


def _set(profile: Profile, argument: str, value: str) -> str:
    return terminal.set_profile(profile.stored, argument, value)
