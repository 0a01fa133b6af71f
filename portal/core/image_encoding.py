"""Decode files that claim to be pictures, and write them anew: nothing else of them stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING

from portal.core.errors import Invalid

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 25_000_000
# Customers' pages carry the logo within them up to this size.
LARGEST_LOGO = 4096
# At 16 × 16 any picture fits, noise too.
LOGO_SIDES = (96, 72, 48, 32, 16)
LOGO_QUALITIES = (85, 65, 45)
PICTURE_BOX = (640, 400)
PICTURE_QUALITY = 75
WEBP = "image/webp"
# The largest PNG takes some 200 MB while it is decoded, the largest WebP 400.
ONE_AT_A_TIME = Lock()
UNREADABLE = "El archivo no es una imagen PNG, JPEG o WebP que se pueda leer."
TOO_LARGE = "La imagen tiene demasiados pixeles: puede tener hasta 25 millones."


@dataclass(frozen=True)
class Encoded:
    """Hold a picture as it is stored and served."""

    content: bytes
    mimetype: str = WEBP


def encode_logo(raw: bytes) -> Encoded:
    """Encode within 96 × 96 and 4096 bytes, as exactly as fits. Raises Invalid."""
    picture = _decode(raw, (LOGO_SIDES[0], LOGO_SIDES[0]))
    return next(logo for logo in _smaller(picture) if len(logo.content) <= LARGEST_LOGO)


def encode_picture(raw: bytes) -> Encoded:
    """Encode within 640 × 400. Raises Invalid."""
    return _webp(_decode(raw, PICTURE_BOX), PICTURE_QUALITY)


def _smaller(picture: Image.Image) -> Iterator[Encoded]:
    """The same in ever fewer bytes."""
    for side in LOGO_SIDES:
        picture.thumbnail((side, side))
        yield _webp(picture, None)
        for quality in LOGO_QUALITIES:
            yield _webp(picture, quality)


def _webp(picture: Image.Image, quality: int | None) -> Encoded:
    """`quality` None loses nothing."""
    file = BytesIO()
    if quality is None:
        picture.save(file, "WEBP", lossless=True, method=4)
    else:
        picture.save(file, "WEBP", quality=quality, alpha_quality=quality, method=4)
    return Encoded(file.getvalue())


def _decode(raw: bytes, box: tuple[int, int]) -> Image.Image:
    """The picture upright, RGB or RGBA, within `box`, without what came along. Raises Invalid."""
    # Only here: hardly any web process ever sees a picture that was uploaded.
    from PIL import Image

    try:
        with ONE_AT_A_TIME, Image.open(BytesIO(raw), formats=FORMATS) as opened:
            return _fitted(opened, box)
    except Invalid:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise refused(TOO_LARGE) from None
    except Exception as error:
        # Decoders raise nearly anything over a broken file: SyntaxError, struct.error, …
        raise refused(UNREADABLE) from error


def _fitted(opened: Image.Image, box: tuple[int, int]) -> Image.Image:
    from PIL import ImageOps

    if opened.width * opened.height > MOST_PIXELS:
        raise refused(TOO_LARGE)
    # A JPEG decodes straight to a fraction of its size; upright it may be the other way round.
    opened.draft(None, (2 * max(box), 2 * max(box)))
    ImageOps.exif_transpose(opened, in_place=True)
    plain = _plain(opened)
    plain.thumbnail(box)
    plain.info.clear()
    return plain


def _plain(picture: Image.Image) -> Image.Image:
    """RGB, or RGBA where something is see-through; large pictures are not copied needlessly."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    if picture.mode.startswith("I"):
        # Grey of 16 bits, which Pillow would cut off at 255 instead of scaling it.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return picture if picture.mode == mode else picture.convert(mode)


def refused(sentence: str) -> Invalid:
    """Make the refusal of an uploaded file."""
    return Invalid(sentence, errores={"archivo": [sentence]})
