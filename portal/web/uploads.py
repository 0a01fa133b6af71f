"""Read the files that are posted, of no more bytes than they may have."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

FIELD = "archivo"
LARGEST_FILE = 1024 * 1024
# With what multipart writes around the file.
LARGEST_UPLOAD = LARGEST_FILE + 16 * 1024


def uploaded_picture() -> bytes:
    """Give the file of the form at hand, empty where there is none. Raises 413."""
    file = request.files.get(FIELD)
    raw = file.read(LARGEST_FILE + 1) if file else b""
    if len(raw) > LARGEST_FILE:
        raise RequestEntityTooLarge
    return raw
