from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "onboarding.feedback"
    label = "feedback"
