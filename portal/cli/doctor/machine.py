"""Look at this machine: its settings, files and disks."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

from config import ROOT, Settings, faults, read_settings
from portal.cli.doctor.findings import ADVICE, BAD, OK, Diagnosis
from portal.core.env_file import deployed_environment, env_file
from portal.core.errors import SettingsError
from portal.core.instance import BESIDE, SECRETS_FILE
from portal.core.settings.values import networks, sqlite_file
from portal.ports import settings

GIB = 1024**3
ALWAYS_FULL, FULL_SHARE, ROOMY = GIB // 4, 0.1, GIB
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# Broader ones are no office's, nor a monitoring service's.
BROADEST = {4: 16, 6: 32}
SHARED_COUNTS = (
    "Cada proceso cuenta por su lado los intentos de una dirección, así que admite más de los que "
    "dicen los límites."
)


def unusable_settings() -> Iterator[Diagnosis]:
    """Name all that is wrong with settings that nothing starts with."""
    unusable: SettingsError = current_app.extensions["unusable"]
    try:
        read = read_settings(deployed_environment(os.environ), make=False)
    except SettingsError as error:
        yield Diagnosis(BAD, str(error))
        return
    sentences = dict.fromkeys([str(unusable), *map(str, faults(read))])
    yield from (Diagnosis(BAD, sentence) for sentence in sentences)


def usable_settings() -> Iterator[Diagnosis]:
    """Look for settings that work, and do not serve the public well."""
    here = settings()
    yield _address(here)
    yield _metrics(here)
    if here.ratelimit_storage_uri.startswith("memory") and here.web_workers > 1:
        advice = "Un Redis en RATELIMIT_STORAGE_URI los cuenta juntos."
        yield Diagnosis(ADVICE, SHARED_COUNTS, advice)
    if here.demo_control_url:
        yield Diagnosis(BAD, "DEMO_CONTROL_URL es de la demostración.", "Quítelo de los ajustes.")


def _address(here: Settings) -> Diagnosis:
    address = urlsplit(here.public_url)
    if address.scheme == "https":
        return Diagnosis(OK, f"Los ajustes sirven; PUBLIC_URL es {here.public_url}")
    if address.hostname in LOOPBACK:
        return Diagnosis(ADVICE, f"PUBLIC_URL es {here.public_url}: solo se llega desde aquí.")
    advice = "Ponga un proxy con certificado (flask deploy caddy) y https:// en PUBLIC_URL."
    return Diagnosis(
        BAD, f"PUBLIC_URL es {here.public_url}: lo que pagan viaja sin cifrar.", advice
    )


def _metrics(here: Settings) -> Diagnosis:
    allowed = networks("METRICS_ALLOW", here.metrics_allow)
    open_to = [str(n) for n in allowed if not n.is_private and n.prefixlen < BROADEST[n.version]]
    if open_to:
        said = f"METRICS_ALLOW deja leer /metrics a cualquiera: {', '.join(open_to)}."
        return Diagnosis(BAD, said, "Deje solo las redes de quien lo vigila.")
    return Diagnosis(OK, f"/metrics se lee solo desde {here.metrics_allow or 'ninguna parte'}.")


def files() -> Iterator[Diagnosis]:
    """Look whether anybody else may read what is secret."""
    here, database = settings(), sqlite_file(settings().database_url)
    private = [Path(here.instance_path, SECRETS_FILE)]
    private += [database.with_name(database.name + end) for end in BESIDE] if database else []
    anybodys = [path for path in private if _mode(path) & (stat.S_IRWXG | stat.S_IRWXO)]
    named = env_file(os.environ)
    if named is not None and _mode(named) & stat.S_IRWXO:
        anybodys.append(named)
    for path in anybodys:
        yield Diagnosis(BAD, f"Otros usuarios leen {path}.", f"chmod o-rwx {path}")
    if not anybodys:
        yield Diagnosis(OK, "Los archivos con secretos son solo de su dueño.")


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def disks() -> Iterator[Diagnosis]:
    """Look at the room on each disk that we write to."""
    database = sqlite_file(settings().database_url)
    folders = [ROOT, Path(tempfile.gettempdir()), *([database.parent] if database else [])]
    by_disk = {folder.stat().st_dev: folder for folder in folders if folder.exists()}
    for folder in by_disk.values():
        usage = shutil.disk_usage(folder)
        yield disk(folder, usage.free, usage.total)


def disk(folder: Path, free: int, total: int) -> Diagnosis:
    """Say whether there is room where the folder lies; sizes in bytes."""
    room = f"{free / GIB:.1f} de {total / GIB:.1f} GiB libres en el disco de {folder}."
    if free < ALWAYS_FULL or (free < ROOMY and free < total * FULL_SHARE):
        return Diagnosis(BAD, room, "Libere espacio: sin él no se puede anotar ninguna venta.")
    return Diagnosis(OK, room)
