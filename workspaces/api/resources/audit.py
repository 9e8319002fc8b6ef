"""The audit log for programs, to read."""

from rest_framework import serializers

from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.shapes import Anything
from workspaces.api.views import KeyedView
from workspaces.audit.models import Entry


class EntryTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    actor = serializers.CharField(help_text="A member's e-mail then, or the key that acted.")
    action = serializers.CharField()
    target_type = serializers.CharField()
    target_id = serializers.CharField()
    target = serializers.CharField()
    details = Anything()


class AuditFilters(serializers.Serializer):
    action = serializers.CharField(required=False, max_length=60, help_text="Such as ladder.published.")
    actor = serializers.CharField(required=False, max_length=200)
    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


class Entries(KeyedView):
    @operation(
        "audit_list", "audit.read", "Changes, the newest first", answer=EntryTold, query=AuditFilters, pages=True
    )
    def get(self, call: Call) -> Page:
        asked, found = call.asked, Entry.objects.all()
        for name, condition in (("action", "action"), ("actor", "actor"), ("since", "at__gte"), ("until", "at__lte")):
            if name in asked:
                found = found.filter(**{condition: asked[name]})
        return page(found, asked, order=("-at", "-pk"))
