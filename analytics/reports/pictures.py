"""The page's pictures for mail programs, which take no SVG: PNG on white ground, for screens of twice the pixels."""

import vl_convert

from analytics.reports.markup import Node, read

GROUND = Node("rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
TYPEFACE = "Inter, Helvetica, Arial, sans-serif"
SCALE = 2


def png_of(svg: str) -> bytes:
    """A picture of ours (charts/draw.py) as PNG."""
    root = read(svg).first("svg")
    assert root is not None
    root.attributes |= {"xmlns": "http://www.w3.org/2000/svg", "font-family": TYPEFACE}
    root.children.insert(0, GROUND)
    return vl_convert.svg_to_png(root.html, scale=SCALE)
