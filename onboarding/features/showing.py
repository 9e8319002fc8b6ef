"""A person's features in the words of a page."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from milestones.ladders.models import Ladder
from milestones.library.keys import feature_name
from onboarding.features.evaluation import Evaluation
from onboarding.features.learning import places
from onboarding.features.models import Feature
from onboarding.people.models import Account


class Shown(NamedTuple):
    """A feature that is on. Of a step, the ladder and the step by name; `account` is the account's name."""

    key: str
    name: str
    source: str
    since: datetime
    until: datetime | None
    ladder: str
    step: str
    account: str
    named: bool


def shown_of(evaluations: Iterable[Evaluation], features: Mapping[str, Feature]) -> list[Shown]:
    """Those that are on, by the name of the feature. Inside a scope."""
    found = list(evaluations)
    steps = {(place.ladder_key, place.step_key): place.step_name for one in places().values() for place in one}
    ladders = dict(Ladder.objects.values_list("key", "name"))
    keys = {str(one.metadata["account"]) for one in found if "account" in one.metadata}
    accounts = {account.key: str(account) for account in Account.objects.filter(key__in=keys)}
    return sorted((_shown(one, features, steps, ladders, accounts) for one in found), key=lambda one: one.name.lower())


def _shown(
    one: Evaluation,
    features: Mapping[str, Feature],
    steps: Mapping[tuple[str, str], str],
    ladders: Mapping[str, str],
    accounts: Mapping[str, str],
) -> Shown:
    told = {name: str(value) for name, value in one.metadata.items()}
    ladder, step, account = told.get("ladder", ""), told.get("step", ""), told.get("account", "")
    return Shown(
        key=one.key,
        name=features[one.key].name if one.key in features else feature_name(one.key),
        source=told["source"],
        since=datetime.fromisoformat(told["since"]),
        until=datetime.fromisoformat(told["until"]) if "until" in told else None,
        ladder=ladders.get(ladder, ladder),
        step=steps.get((ladder, step), step),
        account=accounts.get(account, account),
        named="named" not in told,
    )
