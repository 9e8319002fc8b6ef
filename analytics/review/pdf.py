"""HTML to PDF, without a network: the only thing that a page may ask for is our own typeface."""

import io
import logging
from functools import cache
from pathlib import Path

import plutoprint
from django.conf import settings

log = logging.getLogger(__name__)

# PDF takes no variable typefaces, so these are two files for two weights.
TYPEFACE = "firstmile:typeface-"
WEIGHTS = ("400", "600")


class Nothing(plutoprint.ResourceFetcher):
    """Fetches our typeface from the disk, and nothing from anywhere else."""

    def fetch_url(self, url: str) -> plutoprint.ResourceData:
        weight = url.removeprefix(TYPEFACE)
        if weight in WEIGHTS:
            return plutoprint.ResourceData(_typeface(weight), "font/woff2")
        log.warning("A document to print asked for %s, which is not fetched", url[:200])
        return plutoprint.ResourceData(b"", "text/plain")


def pdf_of(html: str) -> bytes:
    """The PDF of a whole document that carries its own styles, the size and margins of its pages included."""
    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4)
    book.custom_resource_fetcher = Nothing()
    book.load_html(html)
    out = io.BytesIO()
    book.write_to_pdf_stream(out)
    return out.getvalue()


@cache
def _typeface(weight: str) -> bytes:
    return (Path(settings.BASE_DIR) / f"static/vendor/inter/inter-latin-{weight}-normal.woff2").read_bytes()
