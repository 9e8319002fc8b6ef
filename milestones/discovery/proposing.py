"""From answers to a proposed ladder. Pure, deterministic, offline: rules over the library and the starter packs.

1. What is made for another kind of product is set aside; of two milestones with the same key the library's own is
   taken. What is made for another role is never proposed, but can stand instead of something that is; so can what packs
   have for other products, where the library has enough of its own for a kind of product that no pack is for.
2. What is in place already is left out (rules.refusal); everything else is weighed (rules.weigh).
3. Those asked for are ranked, each behind its prerequisites, and as many are taken as fit the deadline (pace); without
   time for them no advanced ones. A ladder has at least FEWEST steps as long as there is anything to take.
4. Each gets its criterion, due time and phase, with a reason for whatever differs from the usual.

More time, all else being the same, proposes no fewer steps and no shorter due times; tests hold that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from milestones.discovery.answers import Answers
from milestones.discovery.candidates import LIBRARY, Candidate, made_for, plural_of
from milestones.discovery.deciding import days_in_all, in_order
from milestones.discovery.pace import USUAL_DAYS, Pace, longest_chain, most_steps
from milestones.discovery.proposal import LeftOut, Proposal, Reason, Step
from milestones.discovery.rules import ENOUGH, Weight, refusal, weigh
from milestones.discovery.topics import TOPICS, about
from milestones.discovery.tuning import tune_invitations, tune_period, tune_sources
from milestones.ladders.document import PHASES

FEWEST = 4
TOO_EARLY = _("Because the time until the deadline is just enough for the steps before it.")
OTHER_ROLE = _("Because it is made for another role.")
OTHER_PRODUCT = _("Because it is made for another kind of product.")
MOST_SPARES = 30  # with the steps, no more than a ladder can have
MOST_INSTEAD = 3
QUICK_MINUTES = 5
SLOW_TOPICS = ("connect", "sign-in", "access")


@dataclass
class _Weighed:
    candidate: Candidate
    weights: list[Weight]
    slow: bool  # others have to do something first
    added: list[Reason] = field(default_factory=list)

    @property
    def points(self) -> int:
        return sum(weight.points for weight in self.weights)

    @property
    def asked_for(self) -> bool:
        return self.points >= ENOUGH

    @property
    def speaks_for(self) -> list[Reason]:
        return [weight.reason for weight in self.weights if weight.points > 0]

    @property
    def speaks_against(self) -> list[Reason]:
        return [weight.reason for weight in self.weights if weight.points < 0]

    @property
    def phase(self) -> str:
        if self.candidate.phase:
            return self.candidate.phase
        minutes = self.candidate.content.get("minutes")
        return "quick wins" if minutes is not None and minutes <= QUICK_MINUTES else "core"

    @property
    def usual_days(self) -> int:
        return self.candidate.due_days or USUAL_DAYS[self.phase]

    @property
    def needed_days(self) -> int:
        """The usual ones, and half as many again when others have to do something first."""
        return self.usual_days + (self.usual_days + 1) // 2 * self.slow

    @property
    def place(self) -> tuple[int, int, str, str]:
        """Where it stands among all: by phase, then as in its pack or ladder."""
        one = self.candidate
        return PHASES.index(self.phase), one.position, one.source, one.key


def propose(answers: Answers, candidates: Sequence[Candidate]) -> Proposal:
    """The proposal that the answers lead to. The order of `candidates` does not matter."""
    suitable, foreign = _suitable(answers, candidates)
    weighed = {one.key: _Weighed(one, weigh(answers, one), _slow(answers, one)) for one in (*suitable, *foreign)}
    own = {one.key: weighed[one.key] for one in suitable}
    refused = {key: words for key, one in weighed.items() if (words := refusal(answers, one.candidate))}
    open_ = {key: one for key, one in weighed.items() if key not in refused}
    pace = _pace(answers, own)
    limit = most_steps(answers.days, overloaded="overload" in answers.risks)
    waiting = set() if pace.has_time_for_advanced else {key for key, one in open_.items() if one.phase == "advanced"}
    ranking = _ranking({key: one for key, one in open_.items() if key in own and key not in waiting})
    taken = ranking[:limit]
    left_out = [LeftOut(key, weighed[key].candidate.name, words) for key, words in refused.items()]
    for key, one in open_.items():
        if key not in taken:
            words = str(TOO_EARLY) if key in waiting and one.asked_for else _why_not(one, ranking, limit)
            words = words if key in own else _why_foreign(answers, one.candidate)
            left_out.append(LeftOut(key, one.candidate.name, words))
    steps = _steps(answers, open_, pace)
    proposed = in_order({key: steps[key] for key in taken})
    left = [key for key in open_ if key not in taken]
    spare = sorted(left, key=lambda key: (key not in own, -open_[key].points, open_[key].place))
    spares = [steps[key] for key in spare[:MOST_SPARES]]
    chosen = answers.chosen("outcomes")
    return Proposal(
        steps=tuple(replace(step, instead=_instead(step, spares)) for step in proposed),
        spares=tuple(spares),
        left_out=tuple(sorted(left_out, key=lambda one: (one.key not in own, weighed[one.key].place))),
        about=tuple(_about(answers, limit, days_in_all(proposed), len(candidates) - len(weighed))),
        title=chosen[0].title if chosen else _usual_title(answers),
        value_proposition=" ".join(choice.promise for choice in chosen),
        done_looks_like=answers.success,
        new_steps_a_session=2 if "overload" in answers.risks else None,
    )


def _suitable(answers: Answers, candidates: Iterable[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """Those that suit this product and role, and those made for others; one of each key, in a fixed order."""
    best: dict[str, tuple[tuple[object, ...], Candidate]] = {}
    for one in candidates:
        if one.product and answers.product and one.product != answers.product:
            continue
        rank = (
            _foreign(answers, one),
            one.source != LIBRARY,
            one.product != answers.product,
            one.position,
            one.source,
            repr(sorted(one.content)),
        )
        if one.key not in best or rank < best[one.key][0]:
            best[one.key] = (rank, one)
    found = [best[key][1] for key in sorted(best)]
    suitable = [one for one in found if not _foreign(answers, one)]
    library = [one for one in suitable if one.source == LIBRARY]
    if not answers.product and len(library) >= FEWEST:
        suitable = library
    return suitable, [one for one in found if one not in suitable]


def _why_foreign(answers: Answers, candidate: Candidate) -> str:
    return str(OTHER_ROLE if _foreign(answers, candidate) else OTHER_PRODUCT)


def _foreign(answers: Answers, candidate: Candidate) -> bool:
    return made_for(candidate, role=answers.role, kind=answers.kind) is False


def _ranking(weighed: dict[str, _Weighed]) -> list[str]:
    """The keys asked for, the most wanted first, each behind its prerequisites; filled up to FEWEST.

    Any beginning of it is a ladder in which no step lacks a prerequisite that could be had.
    """
    best_first = sorted(weighed, key=lambda key: (-weighed[key].points, weighed[key].place))
    ranking: list[str] = []

    def take(key: str, because: str, path: frozenset[str]) -> None:
        if key not in weighed or key in ranking or key in path:
            return
        one = weighed[key]
        for prerequisite in one.candidate.prerequisites:
            take(prerequisite, one.candidate.name, path | {key})
        if because:
            one.added.append(Reason("needed", gettext("Because “%(because)s” builds on it.") % {"because": because}))
        ranking.append(key)

    for key in best_first:
        if weighed[key].asked_for:
            take(key, "", frozenset())
    # Those that nothing speaks against go first, so that the few there are make sense.
    for key in sorted(weighed, key=lambda key: (bool(weighed[key].speaks_against), weighed[key].place)):
        if len(ranking) >= FEWEST:
            break
        if key not in ranking:
            weighed[key].added.append(
                Reason("fewest", gettext("Because few milestones are asked for, and it comes next on the usual path."))
            )
            take(key, "", frozenset())
    return ranking


def _why_not(one: _Weighed, ranking: list[str], limit: int) -> str:
    if one.candidate.key in ranking:
        number = ranking.index(one.candidate.key) + 1
        return gettext("Because %(limit)s steps are enough for the time there is; this would be number %(number)s.") % {
            "limit": limit,
            "number": number,
        }
    against = " ".join(reason.words for reason in one.speaks_against)
    return against or gettext("Because nothing in the answers asks for it.")


def _slow(answers: Answers, candidate: Candidate) -> bool:
    return "it" in answers.others and any(about(candidate.content, topic) for topic in SLOW_TOPICS)


def _pace(answers: Answers, weighed: dict[str, _Weighed]) -> Pace:
    needed = {key: one.needed_days for key, one in weighed.items()}
    core = {key: days for key, days in needed.items() if weighed[key].phase != "advanced"}
    prerequisites = {key: one.candidate.prerequisites for key, one in weighed.items()}
    return Pace(answers.days, longest_chain(core, prerequisites), longest_chain(needed, prerequisites))


def _steps(answers: Answers, open_: dict[str, _Weighed], pace: Pace) -> dict[str, Step]:
    """Every candidate that could stand in the ladder as a step of it, by key."""
    order = {key: number for number, key in enumerate(sorted(open_, key=lambda key: open_[key].place))}
    return {key: _step(answers, one, pace=pace, order=order[key]) for key, one in open_.items()}


def _step(answers: Answers, one: _Weighed, *, pace: Pace, order: int) -> Step:
    candidate = one.candidate
    due = pace.due_days(one.needed_days, phase=one.phase)
    criterion, fitted = _fitted(answers, candidate, due)
    reasons = [*one.speaks_for, *one.added, *fitted]
    if due != one.usual_days:
        why = []
        if answers.days is not None:
            why.append(gettext("the deadline is %(days)s away") % {"days": _days(answers.days)})
        if one.slow:
            why.append(gettext("IT or security has to do its part first"))
        if why:
            reasons.append(
                Reason(
                    "due",
                    gettext("Because %(why)s: due after %(due)s instead of %(usual_days)s.")
                    % {"why": gettext(" and ").join(why), "due": _days(due), "usual_days": one.usual_days},
                )
            )
    serves = any(reason.rule == "outcome" for reason in reasons)
    return Step(
        content={**candidate.content, "criterion": criterion},
        usual=candidate.content["criterion"],
        source=candidate.source,
        phase=one.phase,
        due_days=due,
        prerequisites=candidate.prerequisites,
        order=order,
        value=4 * candidate.first_value + 2 * serves + (one.phase == "core"),
        reasons=tuple(reasons) or (Reason("spare", gettext("It would fit, but nothing in the answers asks for it.")),),
    )


def _fitted(answers: Answers, candidate: Candidate, due: int) -> tuple[dict[str, object], list[Reason]]:
    criterion, reasons = candidate.content["criterion"], []
    if answers.team is not None:
        tuned = tune_invitations(criterion, answers.team)
        criterion = tuned.criterion
        reasons += [Reason("fit", words) for words in tuned.changes]
    tuned = tune_sources(criterion, answers.sources)
    reasons += [Reason("fit", words) for words in tuned.changes]
    tuned = tune_period(tuned.criterion, due)
    reasons += [Reason("fit", words) for words in tuned.changes]
    return tuned.criterion, reasons


def _instead(step: Step, spares: Sequence[Step]) -> tuple[str, ...]:
    """The spare steps that share its topics or tags; those with most in common, then those of its phase, first."""
    own = _topics(step)

    def likeness(other: Step) -> int:
        shared = len(own & _topics(other))
        return 2 * shared + (other.phase == step.phase) if shared else 0

    # The spares come the most wanted first, and sorting keeps that order among those alike.
    alike = sorted((other for other in spares if likeness(other)), key=likeness, reverse=True)
    return tuple(other.key for other in alike[:MOST_INSTEAD])


def _topics(step: Step) -> set[str]:
    tags = {f"tag {tag.casefold()}" for tag in step.content.get("tags", {}).get("use_case", ())}
    return tags | {topic for topic in TOPICS if about(step.content, topic)}


def _about(answers: Answers, limit: int, last: int, set_aside: int) -> Iterable[Reason]:
    if "overload" in answers.risks:
        yield Reason(
            "overload",
            gettext(
                "Because too much at once has gone wrong before: at most %(limit)s steps, and two new ones a session."
            )
            % {"limit": limit},
        )
    elif answers.days is None:
        yield Reason(
            "pace",
            gettext("Because there is no deadline: at most %(limit)s steps, due at their usual pace.")
            % {"limit": limit},
        )
    else:
        due = gettext("the last due by then") if last <= answers.days else gettext("each due as early as can be")
        yield Reason(
            "pace",
            gettext("Because the deadline is %(days)s away: at most %(limit)s steps, %(due)s.")
            % {"days": _days(answers.days), "limit": limit, "due": due},
        )
    if set_aside:
        many = ngettext(
            "%(n)d milestone is for other kinds of product, or doubled, and not considered.",
            "%(n)d milestones are for other kinds of product, or doubled, and not considered.",
            set_aside,
        )
        yield Reason("set aside", many % {"n": set_aside})


def _usual_title(answers: Answers) -> str:
    """A text of the ladder, so in the language that ready-made milestones are written in, whoever asks."""
    with override("en"):
        return f"First steps for {plural_of(answers.role, answers.kind)}"


def _days(days: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
