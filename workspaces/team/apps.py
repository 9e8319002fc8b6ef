from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "workspaces.team"
    label = "team"
