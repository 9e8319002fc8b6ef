from django.urls import path

from onboarding.progress import api

urlpatterns = [
    path("ladders/<slug:key>/draft/dry-runs", api.DryRuns.as_view(), name="dry_runs"),
    path("dry-runs/<int:pk>", api.OneDryRun.as_view(), name="dry_run"),
    path("ladders/<slug:key>/steps/<slug:step>/effect", api.StepEffect.as_view(), name="step_effect"),
    path("people/by-role", api.ByRole.as_view(), name="people_by_role"),
    path("people/<int:pk>/roles", api.RolesOfPerson.as_view(), name="person_roles"),
]
