from django.apps import AppConfig


class WidgetConfig(AppConfig):
    name = "onboarding.widget"
    label = "widget"
