from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "workspaces.api"
    label = "api"
