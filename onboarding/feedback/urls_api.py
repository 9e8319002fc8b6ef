from django.urls import path

from onboarding.feedback import api

urlpatterns = [path("feedback", api.Answers.as_view(), name="feedback")]
