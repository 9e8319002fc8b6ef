"""Second factors: their secrets are sealed like all that must be read again."""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser

from workspaces.keys.sealed import seal, unseal


class SecondFactors(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return seal(text.encode())

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text).decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return "Passkey" if number == 0 else f"Passkey {number + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host: Any = context.request.get_host()
        return {"id": host.rpartition(":")[0] if ":" in host else host, "name": "Firstmile"}
