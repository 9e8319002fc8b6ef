from django.apps import AppConfig


class KeysConfig(AppConfig):
    name = "workspaces.keys"
    label = "keys"
