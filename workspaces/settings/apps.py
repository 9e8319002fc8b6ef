from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "workspaces.settings"
    label = "workspace_settings"
