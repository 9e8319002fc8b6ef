"""From a spec to SVG: drawn once, cleaned for our pages, kept in the cache under the spec's hash.

A page shows what is kept already and asks for the rest by itself (see static/js/charts.js), so that nobody waits for
a drawing. Everything here may fail, the cache included, and the page is still whole: each picture has its numbers
beside it.
"""

import hashlib
import json
import logging
import re
from dataclasses import dataclass
from xml.etree import ElementTree

import vl_convert
from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe

from analytics.dashboards.charts.look import Spec

log = logging.getLogger(__name__)

# Part of every hash: raise it when the same spec is to look different.
DRAWING = 1
VEGA_LITE = "6.4"
KEPT_SECONDS = 14 * 86_400
SVG = "http://www.w3.org/2000/svg"
# Vega describes every mark to assistive technology; a picture has one label, and its numbers stand in a table.
SPOKEN = re.compile(r"^(aria-.*|role)$")
# What CSS says for all pictures, and what is so anyway.
NEEDLESS = {("opacity", "1"), ("stroke-width", "1"), ("pointer-events", "none"), ("stroke-miterlimit", "10")}
DECIMALS = re.compile(r"\d+\.\d\d+")

ElementTree.register_namespace("", SVG)


@dataclass(frozen=True)
class Picture:
    """A picture in one size: its hash, and its SVG if that is drawn already. `spots`: look.Spot's data, as JSON."""

    size: str
    width: int
    height: int
    digest: str
    svg: SafeString | None
    spots: str = ""


def picture(workspace_id: int, size: str, spec: Spec) -> Picture:
    """The picture of a spec. When it is not drawn yet the spec is kept, to be drawn when the page asks for it.

    Without a cache it is drawn at once. Where even that fails, `svg` is empty and nothing is shown in its place.
    """
    meta = dict(spec["usermeta"])
    spots = meta.pop("spots", [])
    text = json.dumps({**spec, "usermeta": meta}, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(f"{DRAWING} {workspace_id} {text}".encode()).hexdigest()[:40]
    kept: str | None
    try:
        kept = cache.get(_svg_key(workspace_id, digest))
        if kept is None:
            cache.set(_spec_key(workspace_id, digest), text, KEPT_SECONDS)
    except Exception:  # whatever is wrong with a cache, a page does without it
        log.warning("Charts are drawn without the cache", exc_info=True)
        kept = drawn(text)
    width, height = meta["size"]
    svg = None if kept is None else mark_safe(kept)  # noqa: S308 - our drawing
    told = json.dumps(spots, ensure_ascii=False, separators=(",", ":")) if spots else ""
    return Picture(size, width, height, digest, svg, told)


def kept_or_drawn(workspace_id: int, digest: str) -> str | None:
    """The SVG of a picture that a page of this workspace asked for; None when nobody knows it any more."""
    try:
        kept: str | None = cache.get(_svg_key(workspace_id, digest))
        if kept is None and (text := cache.get(_spec_key(workspace_id, digest))) is not None:
            kept = drawn(text)
            cache.set(_svg_key(workspace_id, digest), kept, KEPT_SECONDS)
    except Exception:
        log.warning("A chart could not be fetched", exc_info=True)
        return None
    return kept


def drawn(text: str) -> str:
    """The SVG of a spec given as JSON, or nothing when it cannot be drawn."""
    try:
        return cleaned(vl_convert.vegalite_to_svg(text, vl_version=VEGA_LITE))
    except Exception:
        log.exception("A chart could not be drawn")
        return ""


def cleaned(svg: str) -> str:
    """Without ground, inner descriptions and inline styles; scaled by its box, and hidden from assistive technology."""
    root = ElementTree.fromstring(svg)  # noqa: S314 - made by ourselves a moment ago
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            if SPOKEN.match(name) or name in ("style", "class", "font-family") or (name, value) in NEEDLESS:
                del element.attrib[name]
            elif name in ("d", "transform"):
                element.set(name, DECIMALS.sub(_one_decimal, value))
        _drop_empty(element)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    return ElementTree.tostring(root, encoding="unicode")


def _one_decimal(match: re.Match[str]) -> str:
    return f"{float(match[0]):.1f}".removesuffix(".0")


def _drop_empty(element: ElementTree.Element) -> None:
    for child in list(element):
        hidden = child.get("display") == "none"
        ground = child.tag == f"{{{SVG}}}path" and child.get("d", "").startswith("M0,0h0v0") and len(child) == 0
        if hidden or ground:
            element.remove(child)


def _svg_key(workspace_id: int, digest: str) -> str:
    return f"chart:{workspace_id}:{digest}:svg"


def _spec_key(workspace_id: int, digest: str) -> str:
    return f"chart:{workspace_id}:{digest}:spec"
