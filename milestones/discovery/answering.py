"""Saving and sending answers, by a member or through a link. Inside a scope; the caller says what to do about it."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from milestones.discovery.answers import bounded, read
from milestones.discovery.models import Discovery, Link, Response
from milestones.discovery.questions import LONGEST_LINE, questionnaire
from milestones.library.problems import Problems, storable
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member

LARGEST_FORM = 64 * 1024  # bytes


class TooMany(Exception):
    """Saved more often in a minute than anybody types."""


class Overtaken(Exception):
    """Another open page saved since this one was loaded; nothing was written."""


def typed_in(post: QueryDict, kind: str) -> dict[str, Any]:
    """What was typed, from a form: lists for choices, texts for everything else."""
    many = {question.key for question in questionnaire(kind) if question.kind == "many"}
    return {name: post.getlist(name) if name in many else post.get(name, "") for name in post}


def response_of(discovery: Discovery, link: Link | None, *, lock: bool = False) -> Response:
    """The answers given by the members (no link) or through the link; a new, unsaved one where there are none yet.

    With `lock` the one row that answers come together in is made and locked.
    """
    if not lock:
        found = Response.objects.filter(discovery=discovery, link=link).first()
        return found or Response(discovery=discovery, link=link)
    Discovery.objects.select_for_update().get(pk=discovery.pk)
    response, _ = Response.objects.get_or_create(discovery=discovery, link=link)
    return response


def save(response: Response, typed: Mapping[str, Any], *, by: str, page: str, base: str) -> Problems:
    """Keep what was typed so far; what cannot be kept is a problem, and the rest is kept all the same.

    `page` names the open page; `base` is the revision it was loaded with. Raises TooMany or Overtaken.
    """
    if not response.count_save():
        response.save(update_fields=["minute_began_at", "saves_in_minute"])
        raise TooMany
    if base != str(response.revision) and not (page and page == response.page):
        raise Overtaken
    kept, problems = bounded(typed, kind=response.discovery.kind)
    for problem in problems:  # what stood there before stays
        kept |= {name: value for name, value in response.typed.items() if name.startswith(problem.place)}
    response.typed, response.by = kept, _name(by)
    response.page = page[:40] if storable(page) else ""
    response.revision, response.saved_at = response.revision + 1, timezone.now()
    response.save()
    return problems


def send(response: Response, *, member: Member | None) -> Problems:
    """Make what was typed the answers. Nothing is changed when anything is wrong with them."""
    data, problems = read(response.typed, kind=response.discovery.kind, today=timezone.localdate())
    if problems:
        return problems
    first = response.answers is None
    before = {**response.answers, "answered_on": ""} if response.answers else None
    response.answers, response.answered_at = data, timezone.now()
    response.save()
    if before != {**data, "answered_on": ""}:
        Entry.record(
            by=member,
            actor="" if member else f"link for {response.link}"[:200],
            action="discovery.answered" if first else "discovery.answers_changed",
            target=response.discovery,
            answered_by=response.by,
        )
    return problems


def _name(text: str) -> str:
    name = " ".join(text.split())[:LONGEST_LINE]
    return name if storable(name) else ""
