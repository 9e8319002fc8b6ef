"""Everything reachable, beside /metrics (wsgi.py).

A page of a workspace lives under /w/<workspace>/ and enters through workspace_view.
"""

from django.urls import include, path

from config import csp_reports, health

handler400 = "config.errors.bad_request"
handler500 = "config.errors.server_error"

in_workspace = [
    path("", include("workspaces.tenants.urls_in_workspace")),
    path("", include("workspaces.settings.urls")),
    path("", include("workspaces.team.urls")),
    path("", include("workspaces.environments.urls")),
    path("", include("workspaces.keys.urls")),
    path("", include("workspaces.webhooks.urls")),
    path("", include("workspaces.accounts.urls_in_workspace")),
    path("", include("workspaces.audit.urls")),
    path("", include("workspaces.privacy.urls")),
    path("", include("workspaces.help.urls")),
    path("", include("milestones.library.urls")),
    path("", include("milestones.ladders.urls")),
    path("", include("milestones.discovery.urls")),
    path("", include("milestones.playbook.urls")),
    path("", include("onboarding.intake.imports.urls")),
    path("", include("onboarding.feedback.urls")),
    path("", include("onboarding.progress.urls")),
    path("", include("onboarding.usage.urls")),
    path("", include("onboarding.features.urls")),
    path("", include("onboarding.widget.urls")),
    path("", include("onboarding.installation.urls")),
    path("", include("onboarding.debugger.urls")),
    path("", include("analytics.dashboards.urls")),
    path("", include("analytics.review.urls")),
    path("", include("analytics.reports.urls")),
]

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path(csp_reports.PATH[1:], csp_reports.receive, name="csp_reports"),
    path("readyz", health.ready, name="readyz"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/", include("workspaces.accounts.urls")),
    path("v1/", include("onboarding.intake.urls")),
    path("ofrep/", include("onboarding.features.urls_ofrep")),
    path("api/", include("workspaces.api.urls_reference")),
    path("api/v1/", include("config.urls_api")),
    path("", include("onboarding.intake.posthog.urls")),
    path("c/", include("onboarding.widget.urls_public")),
    path("", include("onboarding.widget.embed.urls")),
    path("d/", include("milestones.discovery.urls_public")),
    path("reports/", include("analytics.reports.urls_public")),
    path("operator/", include("workspaces.operator.urls")),
    path("invitations/", include("workspaces.team.urls_public")),
    path("s/", include("analytics.reports.urls_shared")),
    path("w/<slug:workspace_slug>/", include(in_workspace)),
    path("", include("workspaces.tenants.urls")),
]
