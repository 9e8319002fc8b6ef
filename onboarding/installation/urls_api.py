from django.urls import path

from onboarding.installation import api

urlpatterns = [
    path("widget", api.Widget.as_view(), name="widget"),
    path("widget/look", api.Look.as_view(), name="widget_look"),
    path("widget/look/undo", api.LookUndo.as_view(), name="widget_look_undo"),
    path("widget/sites", api.Sites.as_view(), name="widget_sites"),
    path("widget/sites/remove", api.SiteRemoval.as_view(), name="widget_site_removal"),
    path("widget/enforcement", api.Enforcement.as_view(), name="widget_enforcement"),
    path("widget/secrets", api.Secrets.as_view(), name="widget_secrets"),
    path("widget/secrets/<int:pk>/revoke", api.SecretRevocation.as_view(), name="widget_secret_revoke"),
]
