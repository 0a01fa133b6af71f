"""Describe the machine that was measured on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil

GIB = 1024**3


def machine() -> str:
    """Its size in a line."""
    memory = psutil.virtual_memory().total / GIB
    cores = len(os.sched_getaffinity(0))
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{cores} cores ({_processor()}), {memory:.0f} GiB, {platform.system()}, {python}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
