"""Read what is posted, of no more bytes than it may have."""

from __future__ import annotations

from flask import Request, request
from werkzeug.exceptions import RequestEntityTooLarge

FIELD = "archivo"
LARGEST_FILE = 1024 * 1024
# With what multipart writes around the file.
LARGEST_UPLOAD = LARGEST_FILE + 16 * 1024


def whole_body(req: Request) -> bytes:
    """Read the body. Raises 413; one in chunks only does when it is read beyond the limit."""
    raw = req.get_data()
    if len(raw) == req.max_content_length:
        req.stream.read(1)
    return raw


def uploaded_picture() -> bytes:
    """Give the file of the form at hand, empty where there is none. Raises 413."""
    file = request.files.get(FIELD)
    raw = file.read(LARGEST_FILE + 1) if file else b""
    if len(raw) > LARGEST_FILE:
        raise RequestEntityTooLarge
    return raw
