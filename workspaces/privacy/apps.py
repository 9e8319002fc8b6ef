from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "workspaces.privacy"
    label = "privacy"
