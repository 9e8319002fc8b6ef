from django.urls import path

from workspaces.api.resources import audit, keys, members

urlpatterns = [
    path("members", members.Members.as_view(), name="members"),
    path("audit", audit.Entries.as_view(), name="audit"),
    path("keys", keys.Keys.as_view(), name="keys"),
    path("keys/<int:pk>", keys.OneKey.as_view(), name="key"),
    path("keys/<int:pk>/rotate", keys.Rotation.as_view(), name="key_rotate"),
    path("keys/<int:pk>/revoke", keys.Revocation.as_view(), name="key_revoke"),
]
