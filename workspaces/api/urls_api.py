from django.urls import path

from workspaces.api.resources import audit, keys

urlpatterns = [
    path("audit", audit.Entries.as_view(), name="audit"),
    path("audit/csv", audit.AsCsv.as_view(), name="audit_csv"),
    path("audit/lines", audit.AsLines.as_view(), name="audit_lines"),
    path("audit/keeping", audit.HowLong.as_view(), name="audit_keeping"),
    path("keys", keys.Keys.as_view(), name="keys"),
    path("keys/<int:pk>", keys.OneKey.as_view(), name="key"),
    path("keys/<int:pk>/adopt", keys.Adoption.as_view(), name="key_adopt"),
    path("keys/<int:pk>/rotate", keys.Rotation.as_view(), name="key_rotate"),
    path("keys/<int:pk>/revoke", keys.Revocation.as_view(), name="key_revoke"),
]
