from django.apps import AppConfig


class ProgressConfig(AppConfig):
    name = "onboarding.progress"
    label = "progress"
