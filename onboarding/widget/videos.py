"""Which videos can be played in the checklist's own frame, and from where: known hosts by their privacy modes, files.

Pure. What comes out stands in a Content-Security-Policy and in an iframe, so nothing of the authored address gets in
but an id of a known form, or an origin as browsers write it. Whatever else is followed in a tab of its own.
"""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from onboarding.widget.embed.origins import is_origin

Kind = Literal["frame", "file"]

YOUTUBE = ("youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com", "youtu.be")
VIMEO = ("vimeo.com", "www.vimeo.com", "player.vimeo.com")
LOOM = ("loom.com", "www.loom.com")

_YOUTUBE_ID = re.compile(r"/(?:embed/|shorts/|live/)?([\w-]{11})", re.ASCII)
_VIMEO_ID = re.compile(r"/(?:video/)?(\d{3,15})(?:/([0-9a-f]{6,20}))?/?", re.ASCII)
_LOOM_ID = re.compile(r"/(?:share|embed)/([0-9a-f]{32})", re.ASCII)
_WISTIA_ID = re.compile(r"/(?:medias|embed/iframe|embed/medias)/([a-z0-9]{8,12})", re.ASCII)
_SECONDS = re.compile(r"(\d{1,5})s?", re.ASCII)
_FILE = re.compile(r".+\.(?:mp4|webm)", re.IGNORECASE)


class Player(NamedTuple):
    """What plays a video: a page to be framed or a file, and the origin that it is loaded from."""

    kind: Kind
    url: str
    origin: str


def player_of(url: str) -> Player | None:
    """How to play the video at this address; None where only its own page can."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if parts.scheme != "https" or parts.username is not None or not host:
        return None
    if port in (None, 443):
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        framed = _framed(host, parts.path, asked)
        if framed:
            return Player("frame", framed, "https://" + urlsplit(framed).netloc)
    origin = f"https://{parts.netloc.lower()}".removesuffix(":443")
    if _FILE.fullmatch(parts.path) and is_origin(origin):
        query = f"?{quote(parts.query, safe='=&%+~-._')}" if parts.query else ""
        return Player("file", f"{origin}{quote(parts.path, safe='/%~-._+')}{query}", origin)
    return None


def _framed(host: str, path: str, asked: dict[str, str]) -> str:
    """The address of a known host's player; "" for what it cannot play."""
    if host in YOUTUBE:
        path = f"/{asked.get('v', '')}" if path == "/watch" else path
        if found := _YOUTUBE_ID.fullmatch(path):
            start = _SECONDS.fullmatch(asked.get("t") or asked.get("start") or "")
            begin = f"&start={start[1]}" if start else ""
            return f"https://www.youtube-nocookie.com/embed/{found[1]}?autoplay=1&rel=0&playsinline=1{begin}"
    if host in VIMEO and (found := _VIMEO_ID.fullmatch(path)):
        unlisted = found[2] or asked.get("h", "")
        proof = f"&h={unlisted}" if re.fullmatch(r"[0-9a-f]{6,20}", unlisted) else ""
        return f"https://player.vimeo.com/video/{found[1]}?dnt=1&autoplay=1{proof}"
    if host in LOOM and (found := _LOOM_ID.fullmatch(path)):
        return f"https://www.loom.com/embed/{found[1]}?autoplay=1"
    if (host == "wi.st" or host.endswith((".wistia.com", ".wistia.net"))) and (found := _WISTIA_ID.fullmatch(path)):
        return f"https://fast.wistia.net/embed/iframe/{found[1]}?doNotTrack=true&autoPlay=true"
    return ""


def directives(players: Iterable[Player]) -> str:
    """What a policy must allow beyond its own for these to play: "" for none, else ending in "; "."""
    found: dict[str, set[str]] = {"frame-src": set(), "media-src": set()}
    for player in players:
        found["frame-src" if player.kind == "frame" else "media-src"].add(player.origin)
    return "".join(f"{name} {' '.join(sorted(origins))}; " for name, origins in found.items() if origins)
