from django.apps import AppConfig


class LeavingConfig(AppConfig):
    name = "onboarding.leaving"
    label = "leaving"
