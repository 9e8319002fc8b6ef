from django.apps import AppConfig


class InstallationConfig(AppConfig):
    name = "onboarding.installation"
    label = "installation"
