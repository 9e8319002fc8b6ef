from django.utils import timezone

from tests.workspaces.verdicts import FORBIDDEN, GONE

DOMAIN = {"pk": "sign-in domain"}
VERDICTS = {
    "signing_in:show": ("get", {}, FORBIDDEN, 200),
    "signing_in:policy": ("post", {}, FORBIDDEN, 422),
    "signing_in:begin": ("post", {}, FORBIDDEN, 422),
    "signing_in:oidc": ("post", {}, FORBIDDEN, 422),
    "signing_in:saml": ("post", {}, FORBIDDEN, GONE),  # it is the other kind
    "signing_in:rotate_key": ("post", {}, FORBIDDEN, 302),
    "signing_in:enable": ("post", {}, FORBIDDEN, 302),
    "signing_in:disable": ("post", {}, FORBIDDEN, 302),
    "signing_in:remove": ("post", {}, FORBIDDEN, 302),
    "signing_in:claim": ("post", {}, FORBIDDEN, 422),
    "signing_in:by_dns": ("post", DOMAIN, FORBIDDEN, 302),
    "signing_in:by_mail": ("post", DOMAIN, FORBIDDEN, 302),
    "signing_in:remove_domain": ("post", DOMAIN, FORBIDDEN, 302),
}


def things(workspace, ana) -> dict:
    """A domain of Acme's, and an identity provider that is switched on."""
    from workspaces.accounts.models import Connection, Domain
    from workspaces.keys.sealed import seal

    domain = Domain.objects.create(
        workspace=workspace, name=f"{workspace.slug}.example", verified_at=timezone.now(), verified_by="dns"
    )
    Connection.objects.create(
        key=Connection.new_key(workspace.pk),
        kind="oidc",
        issuer="https://idp.example",
        client_id="firstmile",
        secret=seal(b"hush"),
        enabled=True,
    )
    return {"sign-in domain": domain.pk}
