"""Accounts: the customer companies that people belong to."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers

from onboarding.people.models import Account, Person
from onboarding.widget.api import shapes
from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.views import KeyedView


class AccountFilters(serializers.Serializer):
    key = serializers.CharField(required=False, max_length=255, help_text="The one with exactly this groupId.")


class Accounts(KeyedView):
    @operation(
        "accounts_list",
        "people.read",
        "The accounts, by id",
        answer=shapes.AccountLine,
        query=AccountFilters,
        pages=True,
    )
    def get(self, call: Call) -> Page:
        found = Account.objects.all()
        if "key" in call.asked:
            found = found.filter(key=call.asked["key"])
        return page(found, call.asked, order=("pk",))


class OneAccount(KeyedView):
    @operation("accounts_read", "people.read", "One account", answer=shapes.AccountInFull, plain=True)
    def get(self, call: Call, pk: int) -> dict[str, Any]:
        account = get_object_or_404(Account, pk=pk)
        return {**shapes.AccountLine(account).data, "people": _people(account).count()}


class PeopleOfAccount(KeyedView):
    @operation("accounts_people", "people.read", "Who belongs to an account", answer=shapes.PersonLine, pages=True)
    def get(self, call: Call, pk: int) -> Page:
        return page(_people(get_object_or_404(Account, pk=pk)), call.asked, order=("pk",))


def _people(account: Account) -> Any:
    return Person.objects.filter(pk__in=account.memberships.values("sender__person"))
