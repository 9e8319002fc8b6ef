"""The domains of e-mail addresses that a workspace says are its own: claimed, and proved by a record in DNS."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from workspaces.accounts import domains
from workspaces.accounts.api import shapes, telling
from workspaces.accounts.api.policy import MANAGE
from workspaces.accounts.models import Domain
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView
from workspaces.team.api.members import refuse_in_test


class Domains(KeyedView):
    @operation(
        "domains_list", MANAGE, "Your domains, proved and not", answer=shapes.DomainTold, pages=True, refuses=(409,)
    )
    def get(self, call: Call) -> Page:
        return page(_domains(call), call.asked, order=("name", "pk"))

    @operation(
        "domains_claim",
        MANAGE,
        "Say that a domain is yours; the answer tells which record proves it",
        answer=shapes.DomainTold,
        body=shapes.DomainBody,
        status=201,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call) -> Answer:
        refuse_in_test(call)
        try:
            claimed = domains.claim(call.workspace, call.body["name"], by=call.by)
        except domains.Refused as reason:
            raise Refused("invalid", errors=[At(str(reason), pointer="/name")]) from None
        return Answer(claimed, headers={"Location": f"/api/v1/sign-in/domains/{claimed.pk}"})


class OneDomain(KeyedView):
    @operation("domains_read", MANAGE, "One domain", answer=shapes.DomainTold, refuses=(409,))
    def get(self, call: Call, pk: int) -> Domain:
        return get_object_or_404(_domains(call), pk=pk)

    @operation(
        "domains_remove", MANAGE, "It is not yours any more: SSO is not for its people", vouched=True, refuses=(409,)
    )
    def delete(self, call: Call, pk: int) -> None:
        domains.remove(get_object_or_404(_domains(call), pk=pk), by=call.by)
        telling.owners(call)


class Check(KeyedView):
    @operation(
        "domains_check",
        MANAGE,
        "Look for the record now",
        answer=shapes.DomainTold,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> Domain:
        domain = get_object_or_404(_domains(call), pk=pk)
        before = domain.verified_at
        try:
            domains.verify_by_dns(domain, by=call.by)
        except domains.Refused as reason:
            raise Refused("conflict", str(reason)) from None
        domain.refresh_from_db()
        if domain.verified_at != before:
            telling.owners(call)
        return domain


def _domains(call: Call) -> "QuerySet[Domain]":
    """They stand outside of the wall, so every look-up says whose."""
    refuse_in_test(call)
    return Domain.objects.filter(workspace=call.workspace)
