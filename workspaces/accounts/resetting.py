"""The links by which a forgotten password is replaced."""

from typing import Any

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator


class ResetTokens(EmailAwarePasswordResetTokenGenerator):
    """allauth's, which puts a log-in's address on record, unconfirmed, when anybody asks for a link.

    A log-in that the operator made is vouched for before that: else any stranger could take its confirmation away.
    """

    def _make_hash_value(self, user: Any, timestamp: Any) -> str:
        from workspaces.accounts.adapter import vouch  # which is made of allauth's forms, as this is made for them

        vouch(user)
        made: str = super()._make_hash_value(user, timestamp)
        return made
