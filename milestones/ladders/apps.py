from django.apps import AppConfig


class LaddersConfig(AppConfig):
    name = "milestones.ladders"
    label = "ladders"
