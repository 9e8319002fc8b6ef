"""What has been seen: counted once, bounded, without ids and people's own details."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.intake import log, seen, sightings
from onboarding.intake.message import Message
from onboarding.intake.models import Seen
from onboarding.intake.seen import EVENT, PROPERTY, TRAIT, Name, Sighting, join, joined, settled, sightings_in
from onboarding.progress import engine
from onboarding.progress.models import Watermark
from workspaces.scope import scope

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    event: str
    said: dict
    occurred_at: datetime = AT
    type: str = "track"

    @property
    def properties_json(self) -> str:
        return orjson.dumps(self.said if self.type == "track" else {}).decode()

    @property
    def traits_json(self) -> str:
        return orjson.dumps(self.said if self.type == "identify" else {}).decode()


def found(*rows: Row) -> dict[Name, Sighting]:
    return joined({}, sightings_in(rows, {}), events=0)


def of(path: str, *values) -> Sighting:
    return found(*(Row("Shared", {path: value}) for value in values))[Name(PROPERTY, "Shared", path)]


@pytest.mark.pure
def test_events_properties_traits_and_values_are_counted_with_first_and_last():
    later = AT + timedelta(hours=1)
    rows = [
        Row("Shared", {"audience": "team", "address": {"city": "Bern"}}),
        Row("Shared", {"audience": "guests", "tags": ["a", "b"]}, later),
        Row("", {"plan": "scale"}, type="identify"),
    ]
    told = found(*rows)
    assert (told[Name(EVENT, "Shared", "")].count, told[Name(EVENT, "Shared", "")].last_at) == (2, later)
    assert told[Name(PROPERTY, "Shared", "audience")].values == {'"team"': 1, '"guests"': 1}
    assert told[Name(PROPERTY, "Shared", "tags")].values == {'"a"': 1, '"b"': 1}
    assert told[Name(PROPERTY, "Shared", "address.city")].count == 1
    assert told[Name(TRAIT, "", "plan")].values == {'"scale"': 1}
    assert len(told) == 5


@pytest.mark.pure
@pytest.mark.parametrize(
    "value",
    [
        "ana@example.com",
        "https://app.example.com/reports/7",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
        "5f2b8c9d0e1a4b6c",
        "+41 44 668 18 00",
        "1234567",
        "2026-03-02T12:00:00Z",
        "cus_NffrFeUfNV2Hib7abc9",
        "long " * 20,
        "",
        123456789,
    ],
)
def test_what_looks_like_an_id_an_address_or_free_text_is_no_suggestion(value):
    assert of("property", value).values == {}


@pytest.mark.pure
@pytest.mark.parametrize("value", ["team", "New York", "2.1", 42, 0.5, True, "governance-and-access", "10 to 50"])
def test_what_people_compare_with_is(value):
    assert list(of("property", value).values) == [orjson.dumps(value).decode()]


@pytest.mark.pure
@pytest.mark.parametrize("path", ["name", "firstName", "last_name", "email", "company.address", "id"])
def test_peoples_own_details_are_never_kept(path):
    assert of(path, "Ana").values == {}


@pytest.mark.pure
def test_an_open_ended_property_keeps_no_values_and_one_with_favourites_keeps_those():
    assert of("title", *(f"Report {n}" for n in range(seen.MOST_LEARNT + 1))) == Sighting(101, AT, AT, {}, False)
    some = of("country", *["Chad"] * 200, *(f"Country {n}" for n in range(seen.MOST_LEARNT + 1)))
    assert not some.learning
    assert len(some.values) == seen.MOST_KEPT
    assert some.values['"Chad"'] == 200


@pytest.mark.pure
def test_names_beyond_the_bounds_are_left_out_and_known_ones_go_on():
    keys = {f"key{n:03}": 1 for n in range(seen.BOUNDS[PROPERTY] + 5)}
    told = found(Row("Shared", keys))
    assert sum(name.kind == PROPERTY for name in told) == seen.BOUNDS[PROPERTY]
    more = joined(told, sightings_in([Row("Shared", {"key000": 2, "zzz": 1})], told), events=1)
    assert more[Name(PROPERTY, "Shared", "key000")].count == 2
    assert Name(PROPERTY, "Shared", "zzz") not in more
    full = joined({}, sightings_in([Row("One More", {"plan": "x"})], {}), events=seen.BOUNDS[EVENT])
    assert full == {}


rows = st.builds(
    Row,
    st.sampled_from(["Shared", "Invited", ""]),
    st.dictionaries(st.sampled_from(["a", "b.c", "d"]), st.sampled_from(["x", "y", 1, True, None, {"e": "z"}])),
    st.integers(0, 5).map(lambda n: AT + timedelta(hours=n)),
    st.sampled_from(["track", "identify"]),
)


@pytest.mark.pure
@given(st.lists(rows, max_size=30), st.integers(1, 7))
def test_batches_come_to_the_same_as_everything_at_once(log, size):
    known: dict[Name, Sighting] = {}
    for first in range(0, len(log), size):
        batch = log[first : first + size]
        known |= joined(known, sightings_in(batch, known), events=sum(name.kind == EVENT for name in known))
    assert known == found(*log)
    events = Counter(row.event for row in log if row.event)
    assert {name.event: sighting.count for name, sighting in known.items() if name.kind == EVENT} == dict(events)


@pytest.mark.pure
def test_joining_counts_only_kept_values_once_settled():
    known = Sighting(300, AT, AT, {'"a"': 300}, learning=False)
    fresh = Sighting(2, AT, AT, {'"a"': 1, '"b"': 1})
    assert settled(join(known, fresh)) == Sighting(302, AT, AT, {'"a"': 301}, learning=False)


def track(event, number, **properties):
    at = AT + timedelta(minutes=number)
    return Message("track", f"{event}-{number}", event, "u:gil", client_at=at, occurred_at=at, properties=properties)


def counts(workspace) -> dict:
    with scope(workspace):
        return {(row.kind, row.event, row.path): row.count for row in Seen.objects.all()}


def test_the_engine_counts_each_message_once_whatever_the_batches(workspace, other_workspace):
    log.append(workspace.pk, [track("Shared", n, audience="team") for n in range(7)])
    engine.advance(workspace.pk, batch=3)
    log.append(workspace.pk, [track("Shared", n, audience="team") for n in range(9)])  # seven are there already
    engine.settle(workspace.pk)
    engine.settle(workspace.pk)
    assert counts(workspace) == {(EVENT, "Shared", ""): 9, (PROPERTY, "Shared", "audience"): 9}
    assert counts(other_workspace) == {}
    with scope(workspace):
        assert [(s.name, s.count) for s in sightings.values(PROPERTY, "audience", event="Shared")] == [("team", 9)]


def test_what_was_read_before_names_were_counted_is_counted_once(workspace):
    log.append(workspace.pk, [track("Shared", n) for n in range(5)])
    engine.settle(workspace.pk)
    with scope(workspace):
        Seen.objects.all()._raw_delete("default")
        Watermark.objects.update(names_counted=False)
    assert engine.is_behind(workspace.pk)
    log.append(workspace.pk, [track("Shared", 5)])
    engine.settle(workspace.pk)
    assert counts(workspace) == {(EVENT, "Shared", ""): 6}
    assert not engine.is_behind(workspace.pk)


@pytest.fixture
def told(workspace):
    messages = [track("Report Shared", n, audience="team", rows=n % 2, zip="10") for n in range(3)]
    messages += [track("Report Built", n) for n in range(5)] + [track("Shared Board", n) for n in range(9)]
    said = Message("identify", "i", "", "u:gil", client_at=AT, occurred_at=AT, traits={"plan": "scale"})
    log.append(workspace.pk, [*messages, said])
    engine.settle(workspace.pk)
    return workspace


@pytest.mark.parametrize(
    ("kind", "query", "expected"),
    [
        ("events", {}, ["Shared Board", "Report Built", "Report Shared"]),
        ("events", {"q": "rep"}, ["Report Built", "Report Shared"]),
        ("events", {"q": "shared"}, ["Shared Board", "Report Shared"]),
        ("events", {"q": "Report Shared"}, ["Report Shared"]),
        ("events", {"q": "nothing like it"}, []),
        ("properties", {"event": "Report Shared"}, ["audience", "rows", "zip"]),
        ("properties", {"event": "Report Built"}, []),
        ("properties", {}, []),
        ("values", {"event": "Report Shared", "property": "audience"}, ["team"]),
        ("values", {"event": "Report Shared", "property": "rows"}, ["0", "1"]),
        ("values", {"event": "Report Shared", "property": "zip"}, ['"10"']),  # a text, unlike the number 10
        ("traits", {"q": "pl"}, ["plan"]),
        ("trait-values", {"property": "plan"}, ["scale"]),
    ],
)
def test_names_and_values_complete_the_best_first(told, ben, client_for, kind, query, expected):
    answer = client_for(ben).get(f"/w/{told.slug}/seen/{kind}/", query)
    assert [name["name"] for name in answer.json()["names"]] == expected


def test_a_suggestion_says_how_often_and_when_it_was_seen_last(told, ana, client_for):
    (first, *_) = client_for(ana).get(f"/w/{told.slug}/seen/events/", {"q": "shared b"}).json()["names"]
    assert first["count"] == 9
    assert first["detail"].endswith("ago")


def test_names_of_one_workspace_are_no_others(told, other_workspace, cyd, client_for):
    assert client_for(cyd).get(f"/w/{other_workspace.slug}/seen/events/").json()["names"] == []


def test_of_what_is_not_counted_there_is_nothing(told, ana, client_for):
    assert client_for(ana).get(f"/w/{told.slug}/seen/people/").status_code == 404
    assert client_for(ana).get(f"/w/{told.slug}/seen/values/?property=%00&event=%00").json()["names"] == []


def test_names_like_a_mistyped_one_are_found(told):
    with scope(told):
        assert sightings.like("report shred")[0] == "Report Shared"
        assert not sightings.is_known("report shared")
        assert sightings.is_known("Report Shared")
