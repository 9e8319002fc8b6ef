from django.urls import path

from onboarding.usage import api

urlpatterns = [
    path("workflows", api.Workflows.as_view(), name="workflows"),
    path("workflows/<slug:key>", api.OneWorkflow.as_view(), name="workflow"),
    path("workflows/<slug:key>/archive", api.Archive.as_view(), name="workflow_archive"),
    path("workflows/<slug:key>/restore", api.Restore.as_view(), name="workflow_restore"),
]
