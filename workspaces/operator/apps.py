from django.apps import AppConfig


class OperatorConfig(AppConfig):
    name = "workspaces.operator"
    label = "operator"
