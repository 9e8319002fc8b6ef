from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "workspaces.accounts"
    label = "accounts"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from workspaces.accounts import facts, saml

        authenticator_added.connect(facts.note_set_up)
        saml.take_the_place()
