"""One event through the steps: what is put, and what drops it."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

from onboarding.intake.message import Message
from onboarding.intake.reasons import Drop, Reason
from onboarding.intake.steps import Envelope, authenticate, decode, read

pytestmark = pytest.mark.pure

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
GOOD = {"messageId": "m1", "type": "track", "userId": "dora", "event": "Report Shared"}


def taken(event: dict | str, *, call: str = "batch", now: datetime = NOW, **envelope) -> Message:
    message = outcome(event, call=call, now=now, **envelope)
    assert isinstance(message, Message), message.sentence
    return message


def outcome(event: dict | str, *, call: str = "batch", now: datetime = NOW, **fields) -> Message | Drop:
    text = event if isinstance(event, str) else json.dumps(event)
    body = f'{{"batch": [{text}]}}' if call == "batch" else text
    envelope = decode(body.encode("utf-8", "surrogateescape"), call=call)
    for name, value in fields.items():
        setattr(envelope, name, value)
    return read(envelope.events[0], envelope, received_at=now)


def reason(event: dict | str, **keywords) -> Reason:
    drop = outcome(event, **keywords)
    assert isinstance(drop, Drop), "it was taken"
    return drop.reason


class TestWho:
    def test_a_user_id_is_the_sender(self):
        message = taken(GOOD | {"anonymousId": "visitor-1"})
        assert (message.sender, message.anonymous_id) == ("u:dora", "visitor-1")

    @pytest.mark.parametrize("user_id", [None, ""])
    def test_without_a_user_id_the_anonymous_id_is(self, user_id):
        assert taken(GOOD | {"userId": user_id, "anonymousId": "visitor-1"}).sender == "a:visitor-1"

    @pytest.mark.parametrize("ids", [{}, {"userId": None, "anonymousId": None}, {"userId": "", "anonymousId": ""}])
    def test_with_neither_it_is_dropped(self, ids):
        event = {key: value for key, value in GOOD.items() if key != "userId"}
        assert reason(event | ids) == Reason.MISSING_IDENTITY

    def test_a_whole_number_stands_for_its_digits(self):
        assert taken(GOOD | {"userId": 42}).sender == "u:42"
        assert taken(GOOD | {"userId": 123456789012345678901234567890}).sender == "u:123456789012345678901234567890"

    @pytest.mark.parametrize("user_id", [True, 1.5, ["dora"], {"id": "dora"}, "d" * 256, 10**300])
    def test_anything_else_is_no_identifier(self, user_id):
        assert reason(GOOD | {"userId": user_id}) == Reason.BAD_IDENTIFIER

    def test_an_alias_names_the_former_id(self):
        message = taken({"type": "alias", "userId": "dora", "previousId": "visitor-1"})
        assert (message.sender, message.previous_id, message.event) == ("u:dora", "visitor-1", "")

    def test_an_alias_without_the_former_id_is_dropped(self):
        assert reason({"type": "alias", "userId": "dora"}) == Reason.MISSING_PREVIOUS_ID

    def test_the_account_is_the_group_id_or_else_the_contexts(self):
        assert taken({"type": "group", "userId": "dora", "groupId": "acme"}).group_id == "acme"
        assert taken(GOOD | {"context": {"groupId": "acme"}}).group_id == "acme"
        assert taken(GOOD | {"groupId": "globex", "context": {"groupId": "acme"}}).group_id == "globex"

    def test_a_group_call_without_its_group_is_dropped(self):
        assert reason({"type": "group", "userId": "dora"}) == Reason.MISSING_GROUP_ID


class TestWhat:
    @pytest.mark.parametrize("kind", ["tracks", "TRACK", "batch", "", None, 5, ["track"], {"a": 1}])
    def test_an_unknown_type_is_dropped(self, kind):
        assert reason(GOOD | {"type": kind}) == Reason.UNKNOWN_TYPE

    def test_a_single_call_is_of_the_type_of_its_address(self):
        assert taken({"userId": "dora", "event": "A"}, call="track").type == "track"
        assert taken(GOOD | {"type": "track"}, call="identify").type == "identify"

    @pytest.mark.parametrize("name", [None, "", "  ", 5, ["A"]])
    def test_a_track_call_needs_the_events_name(self, name):
        assert reason(GOOD | {"event": name}) == Reason.MISSING_EVENT_NAME

    def test_a_name_that_no_index_can_hold_is_dropped(self):
        assert taken(GOOD | {"event": "é" * 255}).event == "é" * 255
        assert reason(GOOD | {"event": "é" * 256}) == Reason.BAD_IDENTIFIER

    def test_page_and_screen_are_events_whose_properties_carry_their_name(self):
        page = taken({"type": "page", "userId": "d", "name": "Home", "category": "Docs", "properties": {"url": "/"}})
        assert (page.event, page.properties) == ("Page Viewed", {"name": "Home", "category": "Docs", "url": "/"})
        screen = taken({"type": "screen", "userId": "d", "name": "Home", "properties": {"name": "Own"}})
        assert (screen.event, screen.properties) == ("Screen Viewed", {"name": "Own"})

    @pytest.mark.parametrize("field", ["properties", "traits", "context"])
    def test_content_is_an_object_or_null(self, field):
        assert getattr(taken(GOOD | {field: None}), field) == {}
        assert getattr(taken(GOOD | {field: {"a": 1}}), field) == {"a": 1}
        for wrong in ([], "text", 5, True):
            assert reason(GOOD | {field: wrong}) == Reason.BAD_FIELD

    def test_traits_of_an_identify_call_may_stand_in_its_context_as_rudderstack_has_it(self):
        context = {"traits": {"plan": "team"}}
        assert taken({"type": "identify", "userId": "d", "context": context}).traits == {"plan": "team"}
        own = {"type": "identify", "userId": "d", "context": context, "traits": {"plan": "free"}}
        assert taken(own).traits == {"plan": "free"}
        assert taken(GOOD | {"context": context}).traits == {}

    @pytest.mark.parametrize("event", ["5", '"text"', "null", "[]", "true"])
    def test_an_event_is_an_object(self, event):
        assert reason(event) == Reason.NOT_AN_OBJECT

    def test_an_event_may_have_32_kb_and_no_more(self):
        empty = len(json.dumps(GOOD | {"properties": {"a": ""}}, separators=(",", ":")))
        assert taken(GOOD | {"properties": {"a": "x" * (32 * 1024 - empty)}}).message_id == "m1"
        assert reason(GOOD | {"properties": {"a": "x" * (32 * 1024 - empty + 1)}}) == Reason.EVENT_TOO_LARGE

    def test_an_event_may_nest_100_levels_and_no_more(self):
        def nested(levels: int) -> dict:  # the event and its properties are two of them
            return GOOD | {"properties": json.loads('{"a":' * (levels - 1) + "1" + "}" * (levels - 1))}

        assert taken(nested(100)).message_id == "m1"
        assert reason(nested(101)) == Reason.TOO_DEEP
        assert reason(nested(900)) == Reason.TOO_DEEP


class TestWhatTheLogCannotHold:
    @pytest.mark.parametrize("lost", ["\\u0000", "\\ud83d", "\\ude00", "\x00", "\udcff"])
    def test_in_content_a_lost_character_is_replaced(self, lost):
        message = taken(json.dumps(GOOD)[:-1] + f', "properties": {{"ti{lost}tle": ["x{lost}y"]}}}}')
        assert message.properties == {"ti\ufffdtle": ["x\ufffdy"]}
        assert message.mended == 2

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400])
    def test_in_content_what_is_no_number_becomes_null(self, number):
        message = taken(json.dumps(GOOD)[:-1] + f', "traits": {{"n": {number}}}}}')
        assert (message.traits, message.mended) == ({"n": None}, 1)

    @pytest.mark.parametrize("field", ["messageId", "userId", "event", "type", "anonymousId", "groupId", "timestamp"])
    def test_in_an_identifier_it_drops_the_event(self, field):
        assert reason(GOOD | {field: "a\x00b"}) == Reason.UNSTORABLE
        assert reason(GOOD | {field: "a\ud800b"}) == Reason.UNSTORABLE

    def test_in_the_contexts_group_it_drops_the_event(self):
        assert reason(GOOD | {"context": {"groupId": "a\x00"}}) == Reason.UNSTORABLE

    def test_two_names_never_become_one(self):
        for lost in ("\x00", "\ufffd"):
            text = json.dumps(GOOD)[:-1] + f', "properties": {{"a{lost}": 1, "a\\ud800": 2}}}}'
            assert reason(text) == Reason.UNSTORABLE

    def test_whole_pairs_and_long_integers_stay_as_they_are(self):
        message = taken(json.dumps(GOOD)[:-1] + f', "properties": {{"e": "\\ud83c\\udf89", "n": {2**70}}}}}')
        assert message.properties == {"e": "🎉", "n": 2**70}
        assert message.mended == 0


class TestMessageId:
    def test_it_may_have_99_characters(self):
        assert taken(GOOD | {"messageId": "m" * 99}).message_id == "m" * 99
        assert reason(GOOD | {"messageId": "m" * 100}) == Reason.BAD_IDENTIFIER

    @pytest.mark.parametrize("given", [1.5, True, [], {}])
    def test_it_is_text(self, given):
        assert reason(GOOD | {"messageId": given}) == Reason.BAD_IDENTIFIER

    def test_a_missing_one_is_made_of_the_content_so_that_a_retry_repeats_it(self):
        event = {"type": "track", "userId": "dora", "event": "A", "properties": {"b": 1, "a": 2}}
        retried = {"properties": {"a": 2, "b": 1}, "event": "A", "userId": "dora", "type": "track"}
        first = taken(event | {"sentAt": "2026-03-02T11:59:00Z"})
        again = taken(retried | {"sentAt": "2026-03-02T12:05:00Z"}, now=NOW + timedelta(minutes=6))
        single = taken({key: value for key, value in event.items() if key != "type"}, call="track")
        assert first.message_id == again.message_id == single.message_id
        assert len(first.message_id) < 100

    @pytest.mark.parametrize(
        "other", [{"event": "B"}, {"userId": "emil"}, {"properties": {"a": 3}}, {"timestamp": "2026-03-02"}]
    )
    def test_another_content_makes_another_one(self, other):
        event = {"type": "track", "userId": "dora", "event": "A", "properties": {"a": 2}}
        assert taken(event).message_id != taken(event | other).message_id

    def test_it_is_the_same_beside_a_neighbour_that_needs_a_closer_look(self):
        event = {"type": "track", "userId": "dora", "event": "A", "properties": {"a": 2.5}}
        assert taken(event).message_id == taken(event, suspect=True, large=True).message_id


class TestWhen:
    def test_the_timestamp_is_taken_to_the_microsecond(self):
        message = taken(GOOD | {"timestamp": "2026-03-02T12:30:00.123456+02:00"})
        assert message.occurred_at == message.client_at == datetime(2026, 3, 2, 10, 30, 0, 123456, tzinfo=UTC)
        assert not message.clamped

    @pytest.mark.parametrize(
        "text, moment",
        [
            ("2026-03-02T10:30:00Z", datetime(2026, 3, 2, 10, 30, tzinfo=UTC)),
            ("2026-03-02T10:30:00.123456789Z", datetime(2026, 3, 2, 10, 30, 0, 123456, tzinfo=UTC)),
            ("2026-03-02 10:30:00", datetime(2026, 3, 2, 10, 30, tzinfo=UTC)),
            ("2026-03-02T12:30:00+0200", datetime(2026, 3, 2, 10, 30, tzinfo=UTC)),
            ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
            ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ],
    )
    def test_times_of_many_clients_are_understood(self, text, moment):
        assert taken(GOOD | {"timestamp": text}).occurred_at == moment

    @pytest.mark.parametrize(
        "wrong",
        ["yesterday", "", "2026-13-01T00:00:00Z", "2026-02-30", 1772445600, 1.5, True, [], {}, "\ud800",
         "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00", "2026-03-02T10:30:00Z" * 1000],
    )  # fmt: skip
    @pytest.mark.parametrize("field", ["timestamp", "originalTimestamp"])
    def test_what_is_no_time_drops_the_event(self, field, wrong):
        assert reason(GOOD | {field: wrong}) in {Reason.BAD_TIMESTAMP, Reason.UNSTORABLE}

    def test_an_original_timestamp_is_corrected_by_the_clocks_skew(self):
        # The client's clock is two hours slow: it says 9:50 and 10:00 for 11:50 and 12:00.
        message = taken(GOOD | {"originalTimestamp": "2026-03-02T09:50:00Z", "sentAt": "2026-03-02T10:00:00Z"})
        assert message.occurred_at == datetime(2026, 3, 2, 11, 50, tzinfo=UTC)
        assert message.client_at == datetime(2026, 3, 2, 9, 50, tzinfo=UTC)

    def test_the_moment_of_sending_may_stand_on_the_batch(self):
        message = taken(GOOD | {"originalTimestamp": "2026-03-02T09:50:00Z"}, sent_at="2026-03-02T10:00:00Z")
        assert message.occurred_at == datetime(2026, 3, 2, 11, 50, tzinfo=UTC)

    def test_the_timestamp_goes_before_the_original_one(self):
        times = {"timestamp": "2026-03-02T08:00:00Z", "originalTimestamp": "2026-03-02T09:50:00Z"}
        assert taken(GOOD | times | {"sentAt": "2026-03-02T10:00:00Z"}).occurred_at.hour == 8

    @pytest.mark.parametrize("sent_at", [None, "nonsense", 5])
    def test_without_a_readable_moment_of_sending_nothing_is_corrected(self, sent_at):
        message = taken(GOOD | {"originalTimestamp": "2026-03-02T09:50:00Z", "sentAt": sent_at})
        assert message.occurred_at == message.client_at == datetime(2026, 3, 2, 9, 50, tzinfo=UTC)

    def test_a_retry_repeats_the_clients_time_whatever_it_is_corrected_to(self):
        event = GOOD | {"originalTimestamp": "2026-03-02T09:50:00Z"}
        first = taken(event | {"sentAt": "2026-03-02T10:00:00Z"})
        again = taken(event | {"sentAt": "2026-03-02T10:03:00Z"}, now=NOW + timedelta(minutes=4))
        assert first.client_at == again.client_at
        assert first.occurred_at != again.occurred_at

    def test_without_any_time_it_is_the_moment_of_receipt(self):
        message = taken(GOOD)
        assert (message.occurred_at, message.client_at, message.clamped) == (NOW, None, False)

    def test_an_hour_ahead_is_a_fast_clock_and_more_is_a_mistake(self):
        assert taken(GOOD | {"timestamp": "2026-03-02T13:00:00Z"}).occurred_at == NOW + timedelta(hours=1)
        message = taken(GOOD | {"timestamp": "2026-03-02T13:00:00.000001Z"})
        assert (message.occurred_at, message.clamped, message.client_at) == (NOW, True, None)
        assert message.claimed_at == datetime(2026, 3, 2, 13, 0, 0, 1, tzinfo=UTC)

    def test_a_clock_that_is_years_ahead_but_says_when_it_sent_is_put_right(self):
        message = taken(GOOD | {"originalTimestamp": "2099-01-01T00:00:00Z", "sentAt": "2099-01-01T00:10:00Z"})
        assert message.occurred_at == NOW - timedelta(minutes=10)
        assert not message.clamped
        assert message.client_at is None

    @pytest.mark.parametrize("original, sent", [("9999-12-31", "0001-01-01"), ("0001-01-01", "9999-12-31")])
    def test_clocks_millennia_apart_leave_the_moment_of_receipt(self, original, sent):
        assert taken(GOOD | {"originalTimestamp": original, "sentAt": sent}).occurred_at == NOW

    def test_history_is_corrected_by_its_own_receipt_and_not_by_todays(self):
        event = GOOD | {"originalTimestamp": "2015-03-02T09:50:00Z", "sentAt": "2015-03-02T10:00:00Z"}
        assert taken(event, live=False).occurred_at == datetime(2015, 3, 2, 9, 50, tzinfo=UTC)
        received = event | {"receivedAt": "2015-03-02T12:00:00Z"}
        assert taken(received, live=False).occurred_at == datetime(2015, 3, 2, 11, 50, tzinfo=UTC)


class TestAuthenticate:
    def find(self, key: str) -> int | None:
        return {"key-1": 1, "key-2": 2}.get(key)

    def workspace(self, header: str, body_key: str = "") -> int:
        return authenticate(header, Envelope("batch", [], write_key=body_key), find=self.find)

    def basic(self, text: str) -> str:
        return "Basic " + base64.b64encode(text.encode()).decode()

    def test_the_key_may_come_as_basic_as_bearer_or_in_the_body(self):
        assert self.workspace(self.basic("key-1:")) == 1
        assert self.workspace(self.basic("key-1")) == 1
        assert self.workspace("bearer key-1") == 1
        assert self.workspace("", "key-1") == 1

    def test_the_headers_key_goes_before_the_bodys(self):
        assert self.workspace(self.basic("key-1:"), "key-2") == 1

    @pytest.mark.parametrize(
        "header", ["", "Basic", "Basic !!!", "Basic /w==", "Bearer", "Bearer wrong", "Digest key-1"]
    )
    def test_no_key_or_a_wrong_one_is_refused(self, header):
        with pytest.raises(Drop) as caught:
            self.workspace(header)
        assert caught.value.reason == Reason.BAD_KEY

    def test_a_wrong_key_in_the_header_is_not_healed_by_one_in_the_body(self):
        with pytest.raises(Drop):
            self.workspace("Bearer wrong", "key-1")


class TestDecode:
    @pytest.mark.parametrize("body", [b"[]", b"5", b'"text"', b"null", b"{}", b'{"batch": {}}', b'{"batch": null}'])
    def test_a_batch_is_an_object_with_a_list(self, body):
        with pytest.raises(Drop) as caught:
            decode(body, call="batch")
        assert caught.value.reason == Reason.NOT_A_BATCH

    def test_a_batch_has_at_most_2500_events(self):
        assert len(decode(json.dumps({"batch": [1] * 2_500}).encode(), call="batch").events) == 2_500
        with pytest.raises(Drop) as caught:
            decode(json.dumps({"batch": [1] * 2_501}).encode(), call="batch")
        assert caught.value.reason == Reason.TOO_MANY_EVENTS
