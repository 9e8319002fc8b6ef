"""Why something that was sent was not taken. The codes are public: they stand in answers, reports and the debugger."""

from enum import StrEnum


class Reason(StrEnum):
    """What was wrong, as a word that programs may rely on."""

    # The whole request
    BAD_KEY = "bad_key"
    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    BODY_UNREADABLE = "body_unreadable"
    BODY_TOO_LARGE = "body_too_large"
    BAD_GZIP = "bad_gzip"
    BAD_JSON = "bad_json"
    NOT_A_BATCH = "not_a_batch"
    TOO_MANY_EVENTS = "too_many_events"
    # One event
    NOT_AN_OBJECT = "not_an_object"
    EVENT_TOO_LARGE = "event_too_large"
    TOO_DEEP = "too_deep"
    UNKNOWN_TYPE = "unknown_type"
    MISSING_EVENT_NAME = "missing_event_name"
    MISSING_IDENTITY = "missing_identity"
    MISSING_GROUP_ID = "missing_group_id"
    MISSING_PREVIOUS_ID = "missing_previous_id"
    BAD_IDENTIFIER = "bad_identifier"
    BAD_FIELD = "bad_field"
    BAD_TIMESTAMP = "bad_timestamp"
    UNSTORABLE = "unstorable"
    PERSON_ERASED = "person_erased"
    # One row of a table that is imported
    BAD_ROW = "bad_row"
    BAD_CELL = "bad_cell"


class Drop(Exception):
    """A step's verdict that something is not taken: a code for programs, a sentence for people."""

    def __init__(self, reason: Reason, sentence: str, *, retry_after: int | None = None) -> None:
        """`retry_after`: seconds after which the same may be sent again, where it may."""
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
        self.retry_after = retry_after
