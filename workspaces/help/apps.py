from django.apps import AppConfig


class HelpConfig(AppConfig):
    name = "workspaces.help"
    label = "help"
