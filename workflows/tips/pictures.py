"""A picture without anything that was written into the file: no place, no time, no device, no owner.

It is decoded and written anew as a JPEG, so nothing but what one sees survives, and what is no picture is found out.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import BinaryIO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from workflows.evidence.exceptions import EmptyFile, FileTooLarge, FileTypeRefused
from workflows.evidence.types import MAX_SIZE

FORMATS: Final = ("JPEG", "PNG", "WEBP")
LARGEST: Final = 60_000_000  # pixels: more than any phone takes, less than what would fill the memory
SIDE: Final = 2560  # of what is kept
QUALITY: Final = 85
NAME: Final = "photo.jpg"  # a phone's own name for it may say whose it is


def cleaned(stream: BinaryIO) -> BytesIO:
    """The picture upright, as a JPEG. Raises EmptyFile, FileTooLarge, or FileTypeRefused for what is no picture."""
    content = stream.read(MAX_SIZE + 1)
    if not content:
        raise EmptyFile(name=NAME)
    if len(content) > MAX_SIZE:
        raise FileTooLarge(name=NAME, limit=MAX_SIZE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redrawn(content)
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise FileTypeRefused(name=NAME) from error


def _redrawn(content: bytes) -> BytesIO:
    with Image.open(BytesIO(content), formats=FORMATS) as opened:
        if opened.width * opened.height > LARGEST:
            raise UnidentifiedImageError("too many pixels")
        opened.draft("RGB", (SIDE, SIDE))
        upright = ImageOps.exif_transpose(opened)
        upright.thumbnail((SIDE, SIDE))
        plain = Image.new("RGB", upright.size, "white")
        seen = upright.convert("RGBA")
        plain.paste(seen, mask=seen.getchannel("A"))
    out = BytesIO()
    plain.save(out, "JPEG", quality=QUALITY)
    out.seek(0)
    return out
