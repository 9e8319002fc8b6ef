"""Makes a company of the demo a workspace: members, keys, published ladders, and everything its people did.

Every step can be repeated. The story's "now" is the moment at which the workspace was made, so a seeding that was
cut short is told on exactly as it began; one that is complete is left alone, whatever has been changed since.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from analytics.cubes.fold import fold
from config.demo import answers, connections, reporting, trying_out, workshop
from config.demo.generator import messages
from config.demo.names import plain
from config.demo.story import Company
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load
from onboarding.features.learning import learn
from onboarding.feedback.models import Answer
from onboarding.intake.imports.history import Account, import_lines
from onboarding.intake.reasons import Drop
from onboarding.people.models import Person
from onboarding.progress import engine
from onboarding.progress.models import Journey
from onboarding.usage import projection
from onboarding.widget.links import checklist_url
from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey, digest
from workspaces.keys.scopes import SCOPES
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member, User, Workspace

LADDERS = Path(__file__).parent / "ladders"
SEGMENTS = ["plan", "industry", "size", "region"]
TOLD = "demo.told"


@dataclass(frozen=True)
class LogIn:
    email: str
    password: str


@dataclass(frozen=True)
class EndUser:
    """Somebody half-way up a ladder, and a message that brings them one step further."""

    checklist_url: str
    user_id: str
    name: str
    next_event: str
    next_properties: dict[str, object]


def seed(company: Company, *, now: datetime, password: str = "") -> dict[str, object]:
    """Make the company's workspace complete, and return how to get into it. Outside of any scope."""
    workspace = _workspace(company, now)
    manager = _member(workspace, company.product_manager, Level.OWNER, password)
    executive = _member(workspace, company.executive, Level.VIEWER, password)
    tokens = {kind: _token(workspace, kind) for kind in (ApiKey.Kind.WRITE, ApiKey.Kind.SECRET)}
    with scope(workspace):
        told = Entry.objects.filter(action=TOLD).exists()
        if not Ladder.objects.exists():
            _publish_ladders(company, workspace.created_at, by=manager)
    if not told:
        with scope(workspace):
            workshop.set_up(company, workspace, by=manager)
        _tell(company, workspace)
    engine.settle(workspace.pk)
    fold(workspace)
    projection.advance(workspace.pk)
    with scope(workspace):
        learn()
        if company.connected and not Entry.objects.filter(action=connections.LAST).exists():
            connections.set_up(by=manager)
        if not Answer.objects.exists():
            _answer(company, workspace)
        reporting.set_up(workspace, by=manager, reader=executive)
        end_user = _somebody_half_way()
    if company.tried_out:
        document = load((LADDERS / company.tried_out).read_text(encoding="utf-8"))
        trying_out.set_up(workspace, by=manager, document=document, refuse=_refused)
    return {
        "workspace": workspace.slug,
        "logins": {
            "product_manager": asdict(_log_in(manager, password)),
            "executive": asdict(_log_in(executive, password)),
            "end_user": asdict(end_user) if end_user else {},
        },
        "write_key": tokens[ApiKey.Kind.WRITE],
        "secret_key": tokens[ApiKey.Kind.SECRET],
    }


def _workspace(company: Company, now: datetime) -> Workspace:
    made = {"name": company.name, "time_zone": company.time_zone, "segments": SEGMENTS, "created_at": now}
    made["values"] = [company.grows.trait] if company.grows else []
    made["languages"] = list(company.languages)
    return Workspace.objects.get_or_create(slug=company.slug, defaults=made)[0]


def _member(workspace: Workspace, name: str, level: Level, password: str) -> Member:
    email = f"{plain(name.split()[0])}@{workspace.slug}.example"
    with transaction.atomic():
        user = User.objects.filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, password or _password(email), name=name)
        member = workspace.members.filter(user=user).first()
        return member or workspace.join(user, level)


def _log_in(member: Member, password: str) -> LogIn:
    password = password or _password(member.user.email)
    known = member.user.check_password(password)
    return LogIn(member.user.email, password if known else "(changed since the demo was made)")


def _token(workspace: Workspace, kind: ApiKey.Kind) -> str:
    """The demo's key of this kind: always the same one, although the database keeps only its hash."""
    token = ApiKey.PREFIXES[kind] + _secret(f"{workspace.slug} {workspace.created_at} {kind}")
    hint = f"{token[:14]}…{token[-4:]}"
    made = {"workspace": workspace, "kind": kind, "name": f"Demo, {kind.label.lower()}", "hint": hint}
    if kind == ApiKey.Kind.SECRET:
        made["scopes"] = list(SCOPES)
    ApiKey.objects.get_or_create(digest=digest(token), defaults=made)
    return token


def _password(email: str) -> str:
    text = _secret(email).lower().replace("_", "").replace("-", "")
    return "-".join((text[:5], text[5:10], text[10:15]))


def _secret(purpose: str) -> str:
    """A secret that can be told again without being kept: this installation's own, one for each purpose."""
    key = hmac.new(settings.SECRET_KEY.encode(), f"firstmile demo: {purpose}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(key.digest()[:24]).decode()


def _publish_ladders(company: Company, now: datetime, *, by: Member) -> None:
    for file in company.ladders:
        ladder = import_ladder(load((LADDERS / file).read_text(encoding="utf-8")), by=by).ladder
        days_ago = company.changed_days_ago if ladder.published else company.days + 1
        ladder.publish(by=by, at=now - timedelta(days=days_ago))


def _tell(company: Company, workspace: Workspace) -> None:
    told = messages(company, now=workspace.created_at)
    lines = ((number, json.dumps(message).encode()) for number, message in enumerate(told, 1))
    account = Account()
    import_lines(workspace.pk, lines, received_at=workspace.created_at, account=account, reject=_refused)
    with scope(workspace):
        Entry.record(by=None, action=TOLD, target=workspace, messages=account.lines)


def _answer(company: Company, workspace: Workspace) -> None:
    began = Journey.objects.filter(started_at__lt=workspace.created_at).order_by("started_at", "pk")
    rows = began.values_list("person__key", "started_at", "segment")
    people = {key: answers.Asked(key, at, segment.get("plan", "")) for key, at, segment in rows.reverse()}
    told = answers.answers(company, list(people.values()), now=workspace.created_at)
    Answer.objects.bulk_create(
        Answer(sender=one.sender, score=one.score, said_at=one.said_at, comment=one.comment, source=answers.SOURCE)
        for one in told
    )


def _refused(number: int, line: bytes, drop: Drop) -> None:
    raise ValueError(f"The demo's message {number} was refused ({drop.sentence}): {line[:200]!r}")


def _somebody_half_way() -> EndUser | None:
    """Of those who have done two steps or more but not got value yet, who began last on the first ladder."""
    climbing = Journey.objects.filter(first_value_at=None).select_related("person", "version")
    for journey in climbing.order_by("ladder__role__precedence", "-started_at")[:100]:
        done = set(journey.completions.values_list("rung_key", flat=True))
        if len(done) < 2:
            continue
        for rung in journey.version.rungs.exclude(key__in=done):
            criterion = rung.content["criterion"]
            if done.issuperset(rung.prerequisites) and "event" in criterion and "at_least" not in criterion:
                return _end_user(journey.person, criterion)
    return None


def _end_user(person: Person, criterion: dict[str, object]) -> EndUser:
    where = criterion.get("where", [])
    assert isinstance(where, list)
    properties = {w["property"]: w["equals"] if "equals" in w else w.get("in", [1])[0] for w in where}
    return EndUser(checklist_url(person), person.external_id, person.name, str(criterion["event"]), properties)
