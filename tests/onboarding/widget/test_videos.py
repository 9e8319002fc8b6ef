"""Which videos play in the checklist's frame, and that of an authored address its policy gets a host and no more."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.widget.videos import Player, directives, player_of

pytestmark = pytest.mark.pure

YT = "https://www.youtube-nocookie.com"
HEX = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    "url, plays, origin",
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", f"{YT}/embed/dQw4w9WgXcQ?", YT),
        ("https://youtu.be/dQw4w9WgXcQ?t=42s", "&start=42", YT),
        ("https://m.youtube.com/shorts/dQw4w9WgXcQ", f"{YT}/embed/dQw4w9WgXcQ?", YT),
        ("https://www.youtube.com/embed/dQw4w9WgXcQ", f"{YT}/embed/dQw4w9WgXcQ?", YT),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1", "https://player.vimeo.com"),
        ("https://vimeo.com/76979871/abcdef0123", "&h=abcdef0123", "https://player.vimeo.com"),
        (f"https://www.loom.com/share/{HEX}?sid=x", f"https://www.loom.com/embed/{HEX}", "https://www.loom.com"),
        ("https://acme.wistia.com/medias/abc123def4", "doNotTrack=true", "https://fast.wistia.net"),
    ],
)
def test_known_hosts_play_by_their_privacy_modes(url, plays, origin):
    player = player_of(url)
    assert player.kind == "frame"
    assert plays in player.url
    assert player.origin == origin
    assert player.url.startswith(f"{origin}/")


@pytest.mark.parametrize(
    "url, plays",
    [
        ("https://cdn.customer.example/a/how%20to.mp4", "https://cdn.customer.example/a/how%20to.mp4"),
        ("https://CDN.customer.example:8443/x.WEBM?v=2", "https://cdn.customer.example:8443/x.WEBM?v=2"),
    ],
)
def test_a_file_plays_from_where_it_is(url, plays):
    player = player_of(url)
    assert player == Player("file", plays, plays.partition("/a/")[0].partition("/x.")[0])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/videos/own.mp4",
        "http://cdn.customer.example/x.mp4",  # would be mixed content
        "https://user:pass@cdn.customer.example/x.mp4",
        "https://cdn.customer.example/x.mp4; script-src *",
        "https://a;script-src *.example/x.mp4",
        "https://*.example.com/x.mp4",
        "https://'unsafe-inline'/x.mp4",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ%22onload=",
        "https://www.youtube.com/playlist?list=x",
        "https://www.youtube.com:8443/watch?v=dQw4w9WgXcQ",
        "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
        "https://evil-wistia.com/medias/abc123def4",
        "https://vimeo.com/76979871/../evil",
        "https://example.com/how",
        "javascript:alert(1)//.mp4",
        "data:video/mp4;base64,AAAA.mp4",
        "https://[::1",
        "https://example.com:x/a.mp4",
    ],
)
def test_whatever_else_is_followed_in_a_tab_of_its_own(url):
    assert player_of(url) is None


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.sampled_from(["https://", "https://youtu.be/", "https://vimeo.com/", ""]),
)
def test_no_address_gets_more_into_a_policy_than_origins(host, rest, before):
    for url in (before + host + "/" + rest + ".mp4", before + host + rest):
        player = player_of(url)
        if player is not None:
            said = directives([player])
            assert re.fullmatch(r"(frame|media)-src https://[a-z0-9.:\[\]-]+; ", said)
            assert re.fullmatch(r"https://[!-~]+", player.url)
            assert not set("<>\"'` ") & set(player.url)


def test_a_policy_names_each_host_once_and_none_without_videos():
    both = [player_of("https://youtu.be/dQw4w9WgXcQ"), player_of("https://youtu.be/dQw4w9WgXcR")]
    file = player_of("https://cdn.customer.example/x.mp4")
    assert directives([*both, file]) == f"frame-src {YT}; media-src https://cdn.customer.example; "
    assert directives([]) == ""
