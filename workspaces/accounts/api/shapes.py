"""The shapes of signing in for the REST API. Secrets go in and never out."""

import hashlib
from base64 import b64decode
from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from workspaces.accounts import domains, metadata
from workspaces.accounts.models import Connection, Domain, Policy
from workspaces.api.shapes import Body, Text
from workspaces.tenants.access import Level

LEVELS = {level.name.lower(): level for level in Level if level <= Level.EDITOR}


class PolicyTold(serializers.Serializer):
    two_factor_from = serializers.DateTimeField(
        allow_null=True, help_text="From when on a second factor is required; null: it is not."
    )
    sso_required = serializers.BooleanField(help_text="Owners get in by password and second factor all the same.")
    methods = serializers.ListField(
        child=serializers.ChoiceField(Policy.Method.values), help_text="Ways to log in; none: all of them."
    )


class PolicyBody(Body):
    """What is left out stays as it is."""

    example = {"two_factor_from": "2027-01-01T00:00:00Z"}

    two_factor_from = serializers.DateTimeField(required=False, allow_null=True)
    sso_required = serializers.BooleanField(required=False, help_text="Only while SSO is on.")
    methods = serializers.ListField(
        child=serializers.ChoiceField(Policy.Method.values), required=False, max_length=len(Policy.Method.values)
    )


class CertificateTold(serializers.Serializer):
    sha256 = serializers.CharField(help_text="Its fingerprint, in hex.")
    ends_at = serializers.DateTimeField()


class ConnectionTold(serializers.Serializer):
    kind = serializers.ChoiceField(Connection.Kind.values)
    enabled = serializers.BooleanField(help_text="Switched on by somebody who is logged in, never by a program.")
    joins = serializers.BooleanField(help_text="Whether whoever logs in by it becomes a member.")
    level = serializers.SerializerMethodField(help_text="At which level.")
    issuer = serializers.CharField(
        allow_blank=True, help_text="OIDC: the issuer. SAML: the entity id. Empty: not set up."
    )
    client_id = serializers.CharField(allow_blank=True)
    sso_url = serializers.CharField(allow_blank=True, help_text="SAML: where log-ins are sent.")
    certificates = serializers.SerializerMethodField(help_text="SAML: what answers may be signed with.")
    metadata_url = serializers.CharField(allow_blank=True, help_text="SAML: read again once a day.")
    read_at = serializers.DateTimeField(allow_null=True)
    read_problem = serializers.CharField(allow_blank=True)
    own_certificate = serializers.CharField(
        allow_blank=True, help_text="SAML: what answers may be sealed for, in base64."
    )
    former_until = serializers.DateTimeField(
        allow_null=True, help_text="Until when answers that are sealed for the one before are opened."
    )
    addresses = serializers.SerializerMethodField(help_text="What the identity provider wants to know of Firstmile.")

    def get_level(self, connection: Connection) -> str:
        return Level(connection.level).name.lower()

    @extend_schema_field(CertificateTold(many=True))
    def get_certificates(self, connection: Connection) -> list[dict[str, Any]]:
        return [
            {"sha256": hashlib.sha256(b64decode(one)).hexdigest(), "ends_at": metadata.ends_at(one)}
            for one in connection.certificates
        ]

    def get_addresses(self, connection: Connection) -> dict[str, str]:
        names = {"redirect_uri": "openid_connect_callback"}
        if connection.kind == Connection.Kind.SAML:
            names = {"metadata": "saml_metadata", "assertion_consumer_service": "saml_acs"}
        return {name: settings.BASE_URL + reverse(view, args=[connection.key]) for name, view in names.items()}


class KindBody(Body):
    example = {"kind": "oidc"}

    kind = serializers.ChoiceField(Connection.Kind.values)


class ConnectionBody(Body):
    """Of OpenID Connect issuer, client id and secret; of SAML the metadata, by address or as they are."""

    example: dict[str, Any] = {
        "issuer": "https://login.example.com",
        "client_id": "firstmile",
        "secret": "…",
        "joins": True,
        "level": "viewer",
    }

    issuer = Text(required=False, max_length=500)
    client_id = Text(required=False, max_length=255)
    secret = Text(
        required=False, max_length=500, help_text="Left out: the one there is, of the same issuer and client."
    )
    metadata_url = Text(required=False, max_length=500)
    metadata_xml = Text(required=False, max_length=metadata.LONGEST)
    joins = serializers.BooleanField(default=True)
    level = serializers.ChoiceField(list(LEVELS), default="viewer")


class DomainTold(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    record = serializers.SerializerMethodField(help_text="The name at which a TXT record …")
    token = serializers.CharField(help_text="… with this text proves that it is yours.")
    verified_at = serializers.DateTimeField(allow_null=True)
    verified_by = serializers.ChoiceField(["", *Domain.Way.values])
    checked_at = serializers.DateTimeField(allow_null=True, help_text="When it was last looked at whether it still is.")
    lost_at = serializers.DateTimeField(allow_null=True, help_text="Since when it does not prove to be.")
    lost_until = serializers.DateTimeField(allow_null=True, help_text="Until when it counts all the same.")

    def get_record(self, domain: Domain) -> str:
        return f"{domains.RECORD}.{domain.name}"


class DomainBody(Body):
    example = {"name": "acme.example.net"}

    name = Text(max_length=253)
