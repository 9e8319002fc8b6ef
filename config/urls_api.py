"""Every resource of the REST API, in the order of the storeys."""

from django.urls import include, path, re_path

from workspaces.api.views import unknown

app_name = "api"
urlpatterns = [
    path("", include("workspaces.settings.urls_api")),
    path("", include("workspaces.api.urls_api")),
    path("", include("workspaces.team.urls_api")),
    path("", include("workspaces.environments.urls_api")),
    path("", include("workspaces.accounts.urls_api")),
    path("", include("workspaces.privacy.urls_api")),
    path("", include("workspaces.webhooks.urls_api")),
    path("", include("milestones.library.urls_api")),
    path("", include("milestones.ladders.urls_api")),
    path("", include("milestones.discovery.urls_api")),
    path("", include("milestones.playbook.urls_api")),
    path("", include("onboarding.intake.imports.urls_api")),
    path("", include("onboarding.progress.urls_api")),
    path("", include("onboarding.feedback.urls_api")),
    path("", include("onboarding.usage.urls_api")),
    path("", include("onboarding.features.urls_api")),
    path("", include("onboarding.widget.urls_api")),
    path("", include("onboarding.installation.urls_api")),
    path("", include("onboarding.debugger.urls_api")),
    path("", include("analytics.dashboards.urls_api")),
    path("", include("analytics.review.urls_api")),
    path("", include("analytics.reports.urls_api")),
    re_path(r"", unknown, name="unknown"),
]
