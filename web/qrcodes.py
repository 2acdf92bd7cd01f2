"""A QR code as a drawing inside the page."""

from __future__ import annotations

import segno
from markupsafe import Markup


def drawing(address: str) -> Markup:
    """The address as an SVG that fills its place; level Q still reads with a quarter of it dirty."""
    code = segno.make_qr(address, error="q")
    svg = code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff")
    return Markup(svg)  # noqa: S704 - modules as paths: nothing of the address stands in it
