from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "onboarding.people"
    label = "people"
