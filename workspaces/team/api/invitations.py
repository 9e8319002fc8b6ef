"""Invitations: asking an address, once more, a link to hand over by other means, and withdrawing."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.shortcuts import get_object_or_404

from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView
from workspaces.audit.models import Entry
from workspaces.team import inviting
from workspaces.team.api.members import refuse_in_test
from workspaces.team.api.shapes import LEVELS, InvitationBody, InvitationFilters, InvitationLink, InvitationTold
from workspaces.team.changing import Refused as NotDone
from workspaces.team.models import Invitation

INVITE = "team.invite"


class Invitations(KeyedView):
    @operation(
        "invitations_list",
        INVITE,
        "Invitations, the newest first",
        answer=InvitationTold,
        query=InvitationFilters,
        pages=True,
    )
    def get(self, call: Call) -> Page:
        found = Invitation.waiting() if call.asked["waiting"] else Invitation.objects.all()
        if "address" in call.asked:
            found = found.filter(address=call.asked["address"].strip().lower())
        return page(found.select_related("invited_by"), call.asked, order=("-made_at", "-pk"))

    @operation(
        "invitations_create",
        INVITE,
        "Ask an address to join; one that was asked already is asked anew, at this level",
        answer=InvitationTold,
        body=InvitationBody,
        status=201,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call) -> Answer:
        refuse_in_test(call)
        address, level = call.body["address"].strip(), LEVELS[call.body["level"]]
        try:
            validate_email(address)
        except ValidationError:
            raise Refused("invalid", errors=[At("This is no e-mail address.", pointer="/address")]) from None
        try:
            made = inviting.invite(address, level, by=call.by, answering=call.key.made_by)
        except NotDone as refusal:
            raise Refused("conflict", str(refusal)) from None
        return Answer(made, headers={"Location": f"/api/v1/invitations/{made.pk}"})


class OneInvitation(KeyedView):
    @operation("invitations_read", INVITE, "One invitation", answer=InvitationTold)
    def get(self, call: Call, pk: int) -> Invitation:
        return get_object_or_404(Invitation.objects.select_related("invited_by"), pk=pk)


class Again(KeyedView):
    @operation(
        "invitations_send_again",
        INVITE,
        "The mail once more, good for as long again",
        answer=InvitationTold,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> Invitation:
        refuse_in_test(call)
        try:
            return inviting.send_again(_waiting(call, pk), by=call.by, answering=call.key.made_by)
        except NotDone as refusal:
            raise Refused("conflict", str(refusal)) from None


class NewLink(KeyedView):
    @operation(
        "invitations_make_link",
        INVITE,
        "A link to hand over where mail doesn't arrive; it is told this once, and good for the address alone",
        answer=InvitationLink,
        status=201,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> dict[str, str]:
        refuse_in_test(call)
        found = _waiting(call, pk)
        Entry.record(by=call.by, action="invitation.link_made", target=found)
        return {"link": inviting.new_link(found)}


class Revocation(KeyedView):
    @operation(
        "invitations_revoke",
        INVITE,
        "Withdraw it at once: its links lead nowhere",
        answer=InvitationTold,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> Invitation:
        refuse_in_test(call)
        found = get_object_or_404(Invitation.objects.select_related("invited_by"), pk=pk)
        inviting.revoke(found, by=call.by)
        found.refresh_from_db()
        return found


def _waiting(call: Call, pk: int) -> Invitation:
    """Of one that is above the key's own level nobody makes a link, nor has it sent."""
    found = Invitation.waiting().select_related("invited_by")
    return get_object_or_404(found, pk=pk, level__lte=call.by.level)
