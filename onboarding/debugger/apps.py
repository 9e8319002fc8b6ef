from django.apps import AppConfig


class DebuggerConfig(AppConfig):
    name = "onboarding.debugger"
    label = "debugger"
