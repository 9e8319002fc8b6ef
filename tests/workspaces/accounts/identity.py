"""A company's OpenID provider, run locally. Its SAML provider is in saml_provider.py."""

from collections.abc import Iterator
from contextlib import contextmanager

import oidc_provider_mock


@contextmanager
def open_id(*people: tuple[str, dict]) -> Iterator[str]:
    """An OpenID provider that knows these people (sub, claims); its issuer."""
    known = [oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in people]
    with oidc_provider_mock.run_server_in_thread(user_claims=known) as server:
        yield f"http://localhost:{server.server_port}"
