from django.apps import AppConfig


class FeaturesConfig(AppConfig):
    name = "onboarding.features"
    label = "features"
