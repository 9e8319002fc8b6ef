from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "workspaces.webhooks"
    label = "webhooks"
