"""The rules that speak for or against a milestone. Pure; each says why in a sentence, and how much it weighs.

What is in place already, or makes no sense for a team of one, is left out whatever else speaks for it (`refusal`).
Everything else adds up: a milestone is asked for when its points come to ENOUGH.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext, override

from milestones.discovery.answers import Answers
from milestones.discovery.candidates import LIBRARY, Candidate, fits_size, made_for, plural_of
from milestones.discovery.proposal import Reason
from milestones.discovery.questions import Choice
from milestones.discovery.topics import Evidence, about, named, tagged
from milestones.discovery.words import shared_words, stems

ENOUGH = 5
BIG_TEAM = 20
SMALL_TEAM = 5
GOVERNING = ("access", "sign-in", "audit")


@dataclass(frozen=True)
class Weight:
    """How much a reason weighs; below nothing it speaks against."""

    points: int
    reason: Reason


def refusal(answers: Answers, candidate: Candidate) -> str:
    """Why it is left out whatever speaks for it; '' when it is not."""
    for choice in answers.chosen("have"):
        if seen := named(candidate.content, [stems(words) for words in choice.done]):
            return gettext("Because it is in place already (“%(what)s”): %(why)s.") % {
                "what": choice.words,
                "why": seen.words,
            }
    if answers.team == 1 and (seen := about(candidate.content, "invite")):
        return gettext("Because one person works alone: %(words)s.") % {"words": seen.words}
    return ""


def weigh(answers: Answers, candidate: Candidate) -> list[Weight]:
    """Everything that speaks for or against it, in the order of RULES."""
    return [weight for rule in RULES for weight in rule(answers, candidate)]


def _outcomes(answers: Answers, candidate: Candidate) -> Iterator[Weight]:
    points = 5
    for choice in answers.chosen("outcomes"):
        if seen := tagged(candidate.content, choice.tags) or _seen(candidate, choice.topics):
            yield Weight(
                points,
                Reason(
                    "outcome",
                    gettext("Because it serves the outcome “%(what)s”: %(why)s.")
                    % {"what": choice.words, "why": seen.words},
                ),
            )
            points = 2


def _risks(answers: Answers, candidate: Candidate) -> Iterator[Weight]:
    for choice in answers.chosen("risks"):
        if seen := _seen(candidate, choice.topics):
            warning = _closest_risk(candidate, choice)
            guards = gettext("it watches out for “%(warning)s”") % {"warning": warning} if warning else seen.words
            yield Weight(
                4,
                Reason(
                    "risk",
                    gettext("Because this has gone wrong before: “%(words)s”. It guards against that: %(guards)s.")
                    % {"words": choice.words, "guards": guards},
                ),
            )


def _sources(answers: Answers, candidate: Candidate) -> Iterator[Weight]:
    if answers.sources and about(candidate.content, "connect"):
        yield Weight(
            3,
            Reason(
                "sources", gettext("Because the data comes from %(sources)s.") % {"sources": _listed(answers.sources)}
            ),
        )


def _others(answers: Answers, candidate: Candidate) -> Iterator[Weight]:
    for choice in answers.chosen("others"):
        if seen := _seen(candidate, choice.topics):
            yield Weight(
                2,
                Reason(
                    "others",
                    gettext("Because somebody else is involved (“%(what)s”): %(why)s.")
                    % {"what": choice.words, "why": seen.words},
                ),
            )
            return


def _team(answers: Answers, candidate: Candidate) -> Iterator[Weight]:
    team = answers.team
    if team is None:
        return
    governs = next(
        (seen for topic in ("access", "sign-in", "audit") if (seen := about(candidate.content, topic))), None
    )
    if team > 1 and about(candidate.content, "invite"):
        yield Weight(
            3,
            Reason(
                "team",
                gettext("Because %(team)s people will work with it, and each has to get in.")
                % {"team": intcomma(team)},
            ),
        )
    elif governs and team >= BIG_TEAM:
        yield Weight(
            2,
            Reason(
                "team",
                gettext("Because %(team)s people will work with it, and not all should see everything.")
                % {"team": intcomma(team)},
            ),
        )
    elif governs and team < SMALL_TEAM:
        yield Weight(
            -3,
            Reason(
                "team",
                gettext("Because a team of %(team)s hardly needs it: %(words)s.")
                % {"team": team, "words": governs.words},
            ),
        )


def _size(answers: Answers, candidate: Candidate) -> Iterator[Weight]:
    if answers.team is not None and not fits_size(candidate, answers.team):
        sizes = _listed(candidate.tags("size"), either=True)
        yield Weight(
            -4,
            Reason(
                "size",
                gettext("Because it is meant for another size of team (%(sizes)s); this one has %(team)s.")
                % {"sizes": sizes, "team": intcomma(answers.team)},
            ),
        )


def _industry(answers: Answers, candidate: Candidate) -> Iterator[Weight]:
    meant = candidate.tags("industry")
    if not meant or not answers.industry:
        return
    asked = stems(answers.industry)
    match = next((tag for tag in meant if stems(tag) & asked or tag.casefold() == answers.industry.casefold()), None)
    if match:
        yield Weight(
            2, Reason("industry", gettext("Because it is meant for the industry “%(match)s”.") % {"match": match})
        )
    else:
        yield Weight(
            -3,
            Reason(
                "industry",
                gettext("Because it is meant for %(meant)s, not for “%(industry)s”.")
                % {"meant": _listed(meant, either=True), "industry": answers.industry},
            ),
        )


def _words(answers: Answers, candidate: Candidate) -> Iterator[Weight]:
    shared = shared_words(f"{answers.success} {answers.notes}", candidate.text)
    if len(shared) >= 2:
        words = _listed([f"“{word}”" for word in shared[:4]])
        yield Weight(
            min(len(shared), 3),
            Reason("words", gettext("Because the answers speak of %(words)s, and so does it.") % {"words": words}),
        )


def _first_value(answers: Answers, candidate: Candidate) -> Iterator[Weight]:
    if candidate.first_value and made_for(candidate, role=answers.role, kind=answers.kind) is not False:
        yield Weight(
            3, Reason("first value", gettext("Because it is where users usually get real value for the first time."))
        )


def _role(answers: Answers, candidate: Candidate) -> Iterator[Weight]:
    if made_for(candidate, role=answers.role, kind=answers.kind):
        yield Weight(
            2, Reason("role", gettext("It is made for %(kind)s.") % {"kind": plural_of(answers.role, answers.kind)})
        )


def _source(answers: Answers, candidate: Candidate) -> Iterator[Weight]:
    if candidate.source == LIBRARY:
        yield Weight(1, Reason("source", gettext("It is in your library already.")))
    elif answers.product and candidate.product == answers.product:
        yield Weight(
            1,
            Reason(
                "source",
                gettext("It belongs to the starter pack “%(source_name)s”.") % {"source_name": candidate.source_name},
            ),
        )


Rule = Callable[[Answers, Candidate], Iterator[Weight]]
# The most telling first: so they stand first beside each milestone.
RULES: tuple[Rule, ...] = (
    _outcomes, _risks, _sources, _team, _others, _industry, _size, _words, _first_value, _role, _source,
)  # fmt: skip


def _seen(candidate: Candidate, topics: Iterable[str]) -> Evidence | None:
    return next((seen for topic in topics if (seen := about(candidate.content, topic))), None)


def _closest_risk(candidate: Candidate, choice: Choice) -> str:
    """The milestone's own warning that has most in common with what was chosen; '' when none has anything."""
    with override("en"):  # what is compared must not depend on who asks
        asked = stems(str(choice.words))
    warnings = [(len(stems(risk) & asked), risk) for risk in candidate.content.get("risks", ())]
    best = max(warnings, key=lambda pair: pair[0], default=(0, ""))
    return best[1].rstrip(".") if best[0] else ""


def _listed(items: "tuple[str, ...] | list[str]", *, either: bool = False) -> str:
    if len(items) <= 1:
        return "".join(items)
    both = gettext("%(names)s or %(last)s") if either else gettext("%(names)s and %(last)s")
    return both % {"names": ", ".join(items[:-1]), "last": items[-1]}
