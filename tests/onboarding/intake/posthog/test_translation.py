"""What each kind of PostHog event says in Segment's words. Shapes as the SDKs send them."""

import pytest

from onboarding.intake.posthog.translation import translate

pytestmark = pytest.mark.pure

SENT_AT = "2026-03-02T12:00:00+00:00"
# posthog-python 7.91, posthog-node 5.70 and posthog-js 1.2 put these on every event.
AMBIENT = {"$lib": "posthog-python", "$lib_version": "7.91.1", "$is_server": True, "$geoip_disable": True}


def event(name="Report Shared", **fields):
    return {
        "event": name,
        "distinct_id": "dora",
        "uuid": "0195a000-0000-7000-8000-000000000001",
        "timestamp": "2026-03-02T11:00:00.5+00:00",
        "properties": {},
    } | fields


def one(raw, **context):
    [message] = translate(raw, **context)
    return message


class TestWhatHappened:
    def test_a_captured_event_is_a_track_without_what_the_library_adds(self):
        message = one(event(properties={"audience": "team", "$el_text": "Share", "$feature/new": True, **AMBIENT}))
        assert message == {
            "type": "track",
            "event": "Report Shared",
            "userId": "dora",
            "messageId": "0195a000-0000-7000-8000-000000000001",
            "timestamp": "2026-03-02T11:00:00.5+00:00",
            "properties": {"audience": "team", "$el_text": "Share"},
            "context": {"library": {"name": "posthog-python", "version": "7.91.1"}},
        }

    def test_a_page_view_speaks_segments_words(self):
        message = one(
            event(
                "$pageview",
                properties={
                    "$current_url": "https://a.example/x",
                    "$pathname": "/x",
                    "$referrer": "$direct",
                    "title": "X",
                },
            )
        )
        assert message["type"] == "page"
        assert message["properties"] == {
            "url": "https://a.example/x",
            "path": "/x",
            "referrer": "$direct",
            "title": "X",
        }
        assert message["context"]["page"]["url"] == "https://a.example/x"

    def test_a_screen_has_its_name(self):
        message = one(event("$screen", properties={"$screen_name": "Home", "tab": 2}))
        assert (message["type"], message["name"], message["properties"]) == ("screen", "Home", {"tab": 2})

    def test_posthogs_own_events_are_kept_under_their_names(self):
        message = one(event("$autocapture", properties={"$event_type": "click", "$elements_chain": "button"}))
        assert (message["type"], message["event"]) == ("track", "$autocapture")
        assert message["properties"] == {"$event_type": "click", "$elements_chain": "button"}


class TestWho:
    def test_an_id_is_a_users(self):
        assert one(event())["userId"] == "dora"

    def test_the_id_may_stand_among_the_properties(self):
        assert one(event(distinct_id=None, properties={"distinct_id": "emil"}))["userId"] == "emil"

    @pytest.mark.parametrize(
        "properties",
        [
            {"$is_identified": False},
            {"$process_person_profile": False},
            {"$device_id": "dora"},
            {"$is_identified": False, "$process_person_profile": True},
        ],
    )
    def test_unless_the_event_says_that_it_is_a_visitors(self, properties):
        message = one(event(properties=properties))
        assert message["anonymousId"] == "dora"
        assert "userId" not in message

    @pytest.mark.parametrize("properties", [{"$is_identified": True, "$device_id": "dora"}, {"$device_id": "d-1"}])
    def test_who_is_identified_is_a_user_on_whatever_device(self, properties):
        message = one(event(properties=properties))
        assert message["userId"] == "dora"
        assert "anonymousId" not in message

    def test_cookieless_visitors_are_nobody_rather_than_all_one(self):
        message = one(event(distinct_id="$posthog_cookieless", properties={"$process_person_profile": False}))
        assert message["anonymousId"] is None

    def test_the_newer_protocols_option_counts_too(self):
        assert one(event(options={"process_person_profile": False}))["anonymousId"] == "dora"


class TestIdentify:
    def test_it_says_traits_and_who_they_were_before(self):
        message = one(
            event(
                "$identify",
                properties={"$set": {"plan": "team", "$browser": "x"}, "$set_once": {"plan": "free", "since": 2024},
                            "$anon_distinct_id": "visitor-1", "$is_identified": False},
            )
        )  # fmt: skip
        assert (message["type"], message["userId"], message["anonymousId"]) == ("identify", "dora", "visitor-1")
        assert message["traits"] == {"plan": "team", "since": 2024}

    @pytest.mark.parametrize("before", [None, "", "undefined", "[object Object]", " Guest "])
    def test_nobody_is_merged_with_a_user(self, before):
        assert "anonymousId" not in one(event("$identify", properties={"$anon_distinct_id": before}))

    @pytest.mark.parametrize("name, key", [("$set", "$set"), ("$set_once", "$set_once")])
    def test_setting_is_identifying(self, name, key):
        message = one(event(name, **{key: {"plan": "team"}}))
        assert (message["type"], message["userId"], message["traits"]) == ("identify", "dora", {"plan": "team"})

    def test_an_event_that_sets_traits_says_two_things(self):
        done, said = translate(event(properties={"$set": {"plan": "team"}, "audience": "all"}))
        assert (done["type"], done["properties"]) == ("track", {"audience": "all"})
        assert (said["type"], said["traits"], said["userId"]) == ("identify", {"plan": "team"}, "dora")
        assert said["messageId"] == done["messageId"] + "-set"
        assert said["timestamp"] == done["timestamp"]

    def test_what_posthog_sets_by_itself_is_no_trait(self):
        assert len(translate(event(properties={"$set_once": {"$initial_referrer": "$direct"}}))) == 1


class TestLinks:
    def test_an_alias_makes_one_person_of_two_ids(self):
        message = one(event("$create_alias", distinct_id="old", properties={"distinct_id": "old", "alias": "new"}))
        assert message["type"] == "alias"
        assert (message["userId"], message["anonymousId"], message["previousId"]) == ("old", "old", "new")

    def test_an_alias_of_nobody_links_nobody(self):
        message = one(event("$create_alias", properties={"alias": "null"}))
        assert "previousId" not in message
        assert "anonymousId" not in message

    def test_group_traits_are_the_accounts_and_make_nobody_its_member(self):
        message = one(
            event(
                "$groupidentify",
                distinct_id="random",
                properties={"$group_type": "company", "$group_key": "acme", "$group_set": {"plan": "pro"}},
            )
        )
        assert (message["type"], message["groupId"], message["traits"]) == ("group", "acme", {"plan": "pro"})
        assert message["anonymousId"] == "$company_acme"
        assert "userId" not in message

    def test_groups_that_are_no_account_stay_an_event(self):
        message = one(event("$groupidentify", properties={"$group_type": "project", "$group_key": "p1"}))
        assert (message["type"], message["event"]) == ("track", "$groupidentify")
        assert message["properties"] == {"$group_type": "project", "$group_key": "p1"}

    @pytest.mark.parametrize(
        "groups, account",
        [
            ({"company": "acme"}, "acme"),
            ({"project": "p1", "Organization": "acme"}, "acme"),
            ({"company": "acme", "account": 7}, 7),
            ({"project": "p1"}, None),
            ({}, None),
        ],
    )
    def test_the_account_is_the_group_of_an_accounts_kind(self, groups, account):
        message = one(event(properties={"$groups": groups}))
        assert message["context"].get("groupId") == account
        assert message["properties"] == {"$groups": groups}


class TestTime:
    def test_a_time_is_corrected_by_when_it_was_sent(self):
        message = one(event(), sent_at=SENT_AT)
        assert message["originalTimestamp"] == "2026-03-02T11:00:00.5+00:00"
        assert message["sentAt"] == SENT_AT
        assert "timestamp" not in message

    @pytest.mark.parametrize(
        "fields, context",
        [
            ({}, {"as_stated": True}),
            ({"properties": {"$ignore_sent_at": True}}, {}),
            ({"options": {"disable_skew_correction": True}}, {}),
        ],
    )
    def test_history_is_taken_as_it_is(self, fields, context):
        message = one(event(**fields), sent_at=SENT_AT, **context)
        assert message["timestamp"] == "2026-03-02T11:00:00.5+00:00"

    def test_an_offset_counts_from_the_time_in_the_uuid_which_a_retry_repeats(self):
        made = "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"  # the example of RFC 9562, A.6: 2022-02-22T19:22:22Z
        message = one(event(uuid=made, timestamp=None, offset=1500))
        assert message["originalTimestamp"] == "2022-02-22T19:22:22+00:00"
        assert message["sentAt"] == "2022-02-22T19:22:23.500000+00:00"

    @pytest.mark.parametrize(
        "fields", [{"uuid": "x"}, {"uuid": None}, {"uuid": "9e4a0f60-0000-4000-8000-000000000001"}, {"offset": 1e300},
                   {"uuid": "ffffffff-ffff-7fff-8fff-ffffffffffff"}, {"offset": "5"}, {"offset": None}]
    )  # fmt: skip
    def test_without_a_time_that_can_be_told_it_is_receipt(self, fields):
        message = one(event(uuid="019caee0-5b00-7000-8000-000000000001", timestamp=None, offset=5) | fields)
        assert "timestamp" not in message
        assert "originalTimestamp" not in message


@pytest.mark.parametrize("raw", [None, 5, "x", [], [{}]])
def test_what_is_no_event_is_handed_on(raw):
    assert translate(raw) == [raw]


@pytest.mark.parametrize("value", [None, 5, "x", [], {}, [{}], True, 1.5, "$identify"])
@pytest.mark.parametrize(
    "name", [None, 5, {}, [], "a", "$identify", "$set", "$create_alias", "$groupidentify", "$pageview"]
)
def test_values_of_any_kind_anywhere_are_handed_on(name, value):
    keys = ["$set", "$set_once", "$groups", "$group_type", "$group_key", "$group_set", "alias", "$anon_distinct_id",
            "$device_id", "$is_identified", "$process_person_profile", "$current_url", "$lib"]  # fmt: skip
    fields = {"properties": value}, {"properties": dict.fromkeys(keys, value)}, dict.fromkeys(event(), value)
    for changed in fields:
        for message in translate({**event(name), **changed, "event": name, "options": value}, sent_at=value):
            assert isinstance(message, dict)
