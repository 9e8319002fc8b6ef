from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "onboarding.intake"
    label = "intake"
