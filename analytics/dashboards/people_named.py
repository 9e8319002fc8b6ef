"""What an address says of the people that it names, checked: every mistake becomes a sentence that says what to ask."""

from django.utils.translation import gettext as _

from analytics.dashboards.asked import Asked
from analytics.dashboards.states import OF_A_RUNG, OF_A_STEP, State
from analytics.metrics.question import Unanswerable


def read_state(text: str) -> State:
    """Raises Unanswerable."""
    try:
        return State(text or State.BEGAN)
    except ValueError:
        raise Unanswerable(
            _("People can be %(states)s; “%(text)s” is none of these.") % {"states": ", ".join(State), "text": text}
        ) from None


def read_rung(asked: Asked, key: str, state: State) -> str:
    """A rung of the latest version's funnel, or '' . Raises Unanswerable."""
    if key and asked.subject.rung(key) is None:
        raise Unanswerable(_("“%(ladder)s” has no rung “%(key)s”.") % {"ladder": asked.subject.name, "key": key})
    if key and state in OF_A_STEP and key not in asked.subject.latest.funnel:
        raise Unanswerable(
            _("The rung “%(key)s” is not a step of the funnel, so nobody can be stuck before it.") % {"key": key}
        )
    if not key and state in OF_A_RUNG:
        raise Unanswerable(_("Name the rung that people have reached, are stuck before or are on the way to."))
    return key


def read_took(text: str) -> tuple[int, int] | None:
    """Two numbers of seconds, such as 60-3600. Raises Unanswerable."""
    if not text:
        return None
    low, __, high = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) <= 9 for part in (low, high)):
        raise Unanswerable(
            _("How long people took is two numbers of seconds, such as 60-3600; “%(text)s” is not.")
            % {"text": text[:40]}
        )
    return int(low), int(high)


def read_version(asked: Asked, text: str) -> int | None:
    """The number of a published version, or None for all. Raises Unanswerable."""
    if not text:
        return None
    numbers = {str(version.number): version.number for version in asked.subject.versions}
    if text not in numbers:
        raise Unanswerable(_("“%(ladder)s” has no version “%(text)s”.") % {"ladder": asked.subject.name, "text": text})
    return numbers[text]
