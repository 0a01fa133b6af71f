"""Write reply sentences as bytes; each echoes the command's tag."""

from __future__ import annotations

from portal.sandbox.routeros.menus.errors import Trap
from portal.sandbox.routeros.menus.versions import EMPTY_REPLY, Version
from portal.sandbox.routeros.wire.commands import Reply
from portal.sandbox.routeros.wire.framing import encode_sentence


def sentence(tag: str | None, *words: str) -> bytes:
    """Give one reply sentence."""
    return encode_sentence(words if tag is None else (*words, f".tag={tag}"))


def trap(tag: str | None, failure: Trap) -> bytes:
    """Write `!trap`, always followed by `!done`."""
    category = () if failure.category is None else (f"=category={failure.category:d}",)
    said = sentence(tag, "!trap", *category, f"=message={failure.message}")
    return said + sentence(tag, "!done")


def reply(tag: str | None, answer: Reply, version: Version) -> bytes:
    """Write `!re` for each row, `!empty` for none where the version has it, and `!done`."""
    out = [
        sentence(tag, "!re", *(f"={name}={value}" for name, value in row)) for row in answer.rows
    ]
    if answer.lists_rows and not answer.rows and version >= EMPTY_REPLY:
        out.append(sentence(tag, "!empty"))
    ret = () if answer.ret is None else (f"=ret={answer.ret}",)
    return b"".join([*out, sentence(tag, "!done", *ret)])
