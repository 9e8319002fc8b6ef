"""A step's video in the frame: nothing is asked of its host before somebody wants it, and only that host is allowed."""

import gzip
import re

import pytest
from django.utils import timezone

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from tests.onboarding.widget.conftest import LADDER
from tests.onboarding.widget.embed.conftest import SITE
from tests.onboarding.widget.embed.test_frame import policy
from workspaces.scope import scope

VIDEOS = {
    "invite-teammate": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
    "build-report": "https://cdn.customer.example/how.mp4",
    "share-report": "https://videos.example/how",
    "connect-source": "https://vimeo.com/76979871",
}


def with_videos(text: str, videos=VIDEOS) -> str:
    for key, url in videos.items():
        text, count = re.subn(rf"(key: {key}\n(\s+))", rf"\1video_url: '{url}'\n\2", text)
        assert count == 1, key
    return text


@pytest.fixture
def ladder(workspace):
    """Acme's ladder with videos: one at YouTube, one a file, one elsewhere, and one of a step that gets done."""
    with scope(workspace):
        text = with_videos(LADDER.read_text())
        return import_ladder(load(text), by=None).ladder.publish(by=None, at=timezone.now()).ladder


def test_the_policy_allows_the_hosts_of_what_is_still_to_do_and_no_others(caller, climb):
    climb("pia", 2)
    response = caller.frame()
    said = policy(response)
    assert said["frame-src"] == "https://www.youtube-nocookie.com"
    assert said["media-src"] == "https://cdn.customer.example"
    assert "vimeo" not in response["Content-Security-Policy"]
    assert said["default-src"] == "'none'"
    assert "Cross-Origin-Embedder-Policy" not in response


def test_whoever_has_no_videos_and_whoever_is_not_known_has_the_strict_one(caller, climb):
    climb("rosa", 7)
    for response in (
        caller.frame("rosa"),
        caller.frame("newcomer"),
        caller.client.get("/widget/v1/frame", {"key": caller.key}),
    ):
        assert not {"frame-src", "media-src"} & policy(response).keys()
        assert response["Cross-Origin-Embedder-Policy"] == "require-corp"


def test_nothing_of_a_host_is_loaded_by_the_document(caller, climb):
    climb("pia", 2)
    page = caller.frame().content.decode()
    assert re.findall(r"<(?:iframe|video|img|link|embed|object)\b|\ssrc=", page) == []
    assert 'data-video="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?' in page
    assert 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ" target="_blank" rel="noopener noreferrer"' in page
    assert 'data-kind="file"' in page
    climb("sven", 4)
    page = caller.frame("sven").content.decode()
    assert re.search(r'href="https://videos.example/how" target="_blank"', page)  # nothing here plays it
    assert 'data-video="https://videos.example' not in page


def test_the_frame_with_videos_keeps_within_its_bytes_and_the_player_comes_apart(caller, climb):
    climb("pia", 2)
    headers = {"Origin": SITE, "Accept-Encoding": "gzip"}
    document = caller.client.post("/widget/v1/frame", {"key": caller.key, "user": "pia"}, headers=headers)
    loader = caller.client.get("/sdk/v1.js", headers={"Accept-Encoding": "gzip"})
    assert len(document.content) + len(loader.content) <= 12 * 1024
    assert b"aspect-ratio: 16" not in gzip.decompress(document.content)
    player = caller.client.get("/widget/v1/player.js", headers={"Accept-Encoding": "gzip"})
    assert player["Content-Type"].startswith("text/javascript")
    assert len(player.content) <= 1600
    assert b"export const play" in gzip.decompress(player.content)


def test_the_checklists_own_page_and_the_preview_keep_the_link(client, climb):
    from onboarding.widget.links import checklist_url

    page = client.get(checklist_url(climb("pia", 2))).content.decode()
    assert "data-video" not in page
    assert 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"' in page
