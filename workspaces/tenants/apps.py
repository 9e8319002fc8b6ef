from django.apps import AppConfig


class TenantsConfig(AppConfig):
    name = "workspaces.tenants"
    label = "tenants"
