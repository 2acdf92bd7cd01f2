"""A picture loses what was written into its file, and what is none is refused."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from workflows.evidence.exceptions import EmptyFile, FileTypeRefused
from workflows.tips.pictures import cleaned


def photo(kind: str = "JPEG", orientation: int = 1, size: tuple[int, int] = (40, 20)) -> BytesIO:
    """A picture with the marks that phones write: device, time, place, turned or not."""
    exif = Image.Exif()
    exif[Base.Make], exif[Base.DateTime], exif[Base.Orientation] = (
        "HUAWEI-OF-WANG",
        "2025:08:18 09:30:00",
        orientation,
    )
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (39.0, 54.0, 12.0)
    out = BytesIO()
    Image.new("RGB", size, "red").save(out, kind, exif=exif)
    out.seek(0)
    return out


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_device_time_and_place_are_gone(kind: str) -> None:
    before = photo(kind)
    assert b"HUAWEI-OF-WANG" in before.getvalue()
    after = cleaned(before).getvalue()
    assert b"HUAWEI-OF-WANG" not in after
    assert dict(Image.open(BytesIO(after)).getexif()) == {}


def test_what_stands_behind_the_picture_is_gone() -> None:
    after = cleaned(BytesIO(photo().getvalue() + b"SECRET-TRAILER")).getvalue()
    assert b"SECRET-TRAILER" not in after


def test_a_picture_taken_sideways_is_kept_upright() -> None:
    assert Image.open(cleaned(photo(orientation=6))).size == (20, 40)


def test_a_large_picture_is_made_smaller() -> None:
    assert Image.open(cleaned(photo(size=(5000, 2500)))).size == (2560, 1280)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 nothing", b"GIF89a", b"\xff\xd8\xff\xe0 cut off", b"just words"]
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(FileTypeRefused):
        cleaned(BytesIO(content))


def test_a_picture_that_is_cut_off_is_refused() -> None:
    with pytest.raises(FileTypeRefused):
        cleaned(BytesIO(photo(size=(900, 900)).getvalue()[:400]))


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(EmptyFile):
        cleaned(BytesIO())
