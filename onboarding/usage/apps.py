from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "onboarding.usage"
    label = "usage"
