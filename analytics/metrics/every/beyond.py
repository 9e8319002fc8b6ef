"""The metrics with a question of their own to the database: what will be, what people say, who needs help."""

from collections.abc import Iterator

from analytics.metrics.advocacy import Advocacy, advocacy, counted
from analytics.metrics.as_data import Data, interval_data, number, share_data
from analytics.metrics.as_of import DAY_S
from analytics.metrics.conversion import Conversion, conversions
from analytics.metrics.early_steps import early_steps as early_steps_of
from analytics.metrics.ends import LEFT, VALUE, left_of
from analytics.metrics.ends import how_it_ends as ending
from analytics.metrics.every.figure import Figure
from analytics.metrics.every.sources import Sources
from analytics.metrics.expansion import AFTER_DAYS, Expansion, counted_accounts
from analytics.metrics.expansion import expansion as expansion_of
from analytics.metrics.forecast import Expected, Outlook, outlook
from analytics.metrics.segments import NOT_SET
from analytics.metrics.sizes import FEW_ACCOUNTS
from analytics.metrics.stuck import Filters
from analytics.metrics.stuck import stuck as stuck_now
from analytics.metrics.triangles import WITHHELD
from analytics.stats import Chance, NotComputable

Figures = list[Figure] | NotComputable
AGES_DAYS = (1, 2, 3, 7, 14, 21, 30, 45, 60, 90, 180, 365)


def forecast(sources: Sources) -> Figures:
    asked = sources.question
    return [
        figure
        for part in sources.parts
        for figure in _foretold(
            outlook(
                sources.new[part.value],
                asked.as_of,
                window_days=asked.window_days,
                learned_days=sources.learned_days,
            ),
            part.label,
        )
    ]


def _foretold(found: Outlook, value: str | None) -> Iterator[Figure]:
    window, whole = found.window_days, found.told
    if isinstance(whole, Expected):
        yield Figure(_expected(whole), whole.people, None, "everybody who is new", value, window)
    else:
        few = isinstance(found.everybody, Expected)
        yield Figure({"not_computable": whole.reason}, 0, None, "everybody who is new", value, window, hidden=few)
    for one, withheld in zip(found.cohorts, found.withheld, strict=True):
        about = f"{one.days.first} to {one.days.last}"
        yield Figure(_expected(one), one.people, None, about, value, window, hidden=withheld)
    test = found.told_test
    told: Data = (
        {"not_computable": test.reason}
        if isinstance(test, NotComputable)
        else {
            "forecasts": test.n,
            "coverage": share_data(test.coverage),
            "mean_absolute_error": test.mean_absolute_error,
            "bias": test.bias,
        }
    )
    people = sum(one.outcome.forecast.people for one in found.earlier)
    yield Figure(told, people, None, "how earlier forecasts did", value, window)


def _expected(one: Expected) -> Data:
    if isinstance(one.forecast, NotComputable):
        return {"not_computable": one.forecast.reason, "reached": one.reached}
    level = one.forecast.interval.level
    return {"reached": one.reached, "share": one.share, "low": one.low, "high": one.high, "level": level}


def how_it_ends(sources: Sources) -> Figures:
    """By each of the usual ages that anybody has been watched for."""
    asked = sources.question
    tally = sources.value_of(sources.counts)
    found = ending(tally, left_of(asked.subject, asked.begun), asked.as_of)
    told = found.incidence
    if isinstance(told, NotComputable):
        return told
    figures = []
    for days in AGES_DAYS:
        value, left = (told.at(end, days * DAY_S) for end in (VALUE, LEFT))
        if isinstance(value, Chance) and isinstance(left, Chance):
            data = {
                "reached": _chance(value),
                "left": {"not_computable": WITHHELD.reason} if found.withheld else _chance(left),
                "on_the_way": max(0.0, 1 - value.value - left.value),
            }
            figures.append(Figure(data, told.n, tally.people - told.n, f"{days} days", window_days=days))
    gone: Data = {"before_first_value": found.before_value}
    if found.after_value_is_told:
        gone["after_first_value"] = found.after_value
    figures.append(Figure(gone, tally.people, 0, "people who left", hidden=found.withheld))
    return figures


def _chance(one: Chance) -> Data:
    if isinstance(one.interval, NotComputable):
        return {"share": one.value, "interval_not_computable": one.interval.reason}
    return {"share": one.value, **interval_data(one.interval)}


def time_to_convert(sources: Sources) -> Figures:
    asked, found = sources.question, conversions(sources.question)
    return [
        Figure(_converted(one), one.people, found.immature, one.key, window_days=asked.window_days)
        for one in found.steps
    ]


def _converted(one: Conversion) -> Data:
    if isinstance(one.bins, NotComputable) or isinstance(one.median_s, NotComputable):
        return {"not_computable": one.bins.reason if isinstance(one.bins, NotComputable) else "nobody has reached it"}
    return {
        "after": one.before or None,
        "median_s": one.median_s,
        "bins": [{"from_s": each.start, "to_s": each.end, "people": each.count} for each in one.bins],
    }


def nps(sources: Sources) -> Figures:
    asked, trait = sources.question, sources.question.segment
    counts = counted(asked.subject, asked.begun, asked.as_of, trait=trait)
    whole = advocacy(counts, by_trait=bool(trait))
    told = {group.value for group in whole.groups if not group.withheld}
    figures = [_score(whole, None)]
    for part in sources.parts[1:]:
        own = [count for count in counts if count.on_ladder and (count.value or "") == part.value]
        hidden = bool(own) and part.label not in told
        figures.append(_score(advocacy(own, by_trait=False), part.label, hidden=hidden))
    return figures


def _score(found: Advocacy, value: str | None, *, hidden: bool = False) -> Figure:
    score = found.score
    told: Data = (
        {"not_computable": score.reason}
        if isinstance(score, NotComputable)
        else {
            "score": 100 * score.value,
            "low": 100 * number(score.interval.low),
            "high": 100 * number(score.interval.high),
            "level": score.interval.level,
            "promoters": score.promoters,
            "passives": score.passives,
            "detractors": score.detractors,
        }
    )
    beside: Data = {} if value is not None else {"answered_without_a_journey": found.elsewhere}
    return Figure(told, found.people, value=value, hidden=hidden, beside=beside)


def expansion(sources: Sources) -> Figures:
    asked, named = sources.question, sources.workspace.values
    if not named:
        return NotComputable("the workspace names no value of accounts, such as seats; name one in its settings")
    found = [
        expansion_of(trait, counted_accounts(asked.subject, asked.begun, asked.as_of, trait), asked.as_of)
        for trait in named
    ]
    return [
        Figure(_grown(one), one.known, one.immature, one.trait, None, AFTER_DAYS, few=FEW_ACCOUNTS) for one in found
    ]


def _grown(one: Expansion) -> Data:
    net: Data = {"not_computable": one.net.reason} if isinstance(one.net, NotComputable) else {"value": one.net}
    return {
        **share_data(one.higher),
        "same": share_data(one.same),
        "lower": share_data(one.lower),
        "net_change": net,
        "accounts_of_which_no_number_is_known": one.unknown,
    }


def early_steps(sources: Sources) -> Figures:
    found = early_steps_of(sources.question)
    if not found.steps:
        return NotComputable("the ladder has no step but first value")
    return [
        Figure(
            {
                "landmark_days": found.landmark,
                "did": {"people": one.did.people, "share": one.did.told},
                "did_not": {"people": one.did_not.people, "share": one.did_not.told},
                **({"not_computable": one.test.reason} if isinstance(one.test, NotComputable) else {"p": one.p}),
                "clear": one.clear,
            },
            one.people,
            found.immature,
            one.key,
            window_days=sources.question.window_days,
        )
        for _, one in found.steps
    ]


def stuck(sources: Sources) -> Figures:
    """As far as lists of people go: `at_least` where there may be more."""
    trait, figures = sources.question.segment, []
    for part in sources.parts:
        narrower = Filters(trait=trait, value=part.label or NOT_SET) if part.value is not None else Filters()
        for step in stuck_now(sources.question, narrower):
            usual = step.usual
            told: Data = {"not_computable": "fewer than thirty people have passed the step"}
            if usual.is_known:
                told = {"people": len(step.people), "at_least": step.is_cut, "usually_within_s": usual.limit_s}
            figures.append(Figure(told, len(step.people), about=step.rung.key, value=part.label, counts=True))
    return figures
