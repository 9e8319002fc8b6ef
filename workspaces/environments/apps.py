from django.apps import AppConfig


class EnvironmentsConfig(AppConfig):
    name = "workspaces.environments"
    label = "environments"
