"""The messages that completions name as their proof: a person's own, or those of somebody in one of their accounts."""

from collections.abc import Iterable

from onboarding.intake.models import LoggedEvent
from onboarding.people.models import AccountMembership, Sender

Proof = tuple[int, str]  # a person's id and a messageId


def events_of(proofs: Iterable[Proof]) -> dict[Proof, LoggedEvent]:
    """The events by which these people completed something; their own where both they and a colleague sent one."""
    wanted = {(person, message_id) for person, message_id in proofs if message_id}
    people = {person for person, _ in wanted}
    own = dict(Sender.objects.filter(person__in=people).values_list("key", "person"))
    events = list(LoggedEvent.objects.filter(message_id__in={message_id for _, message_id in wanted}))
    found = {(own[event.sender], event.message_id): event for event in events if event.sender in own}
    missing = wanted - found.keys()
    if missing:
        theirs = _accounts_of({person for person, _ in missing}, by="sender__person")
        senders = _accounts_of({event.sender for event in events}, by="sender__key")
        for event in events:
            for person, message_id in missing:
                if message_id == event.message_id and theirs.get(person, set()) & senders.get(event.sender, set()):
                    found.setdefault((person, message_id), event)
    return {proof: event for proof, event in found.items() if proof in wanted}


def _accounts_of(whom: set, *, by: str) -> dict:
    """By person, or by a sender's key, the accounts that they are in."""
    found: dict = {}
    for one, account in AccountMembership.objects.filter(**{f"{by}__in": whom}).values_list(by, "account"):
        found.setdefault(one, set()).add(account)
    return found
