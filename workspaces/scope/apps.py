from django.apps import AppConfig


class ScopeConfig(AppConfig):
    name = "workspaces.scope"
    label = "scope"
