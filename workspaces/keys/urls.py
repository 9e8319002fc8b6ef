from django.urls import path

from workspaces.keys import views

app_name = "keys"
urlpatterns = [
    path("settings/keys/", views.keys, name="keys"),
    path("settings/keys/issue/", views.issue, name="issue"),
    path("settings/keys/<int:pk>/rotation/", views.rotate, name="rotate"),
    path("settings/keys/<int:pk>/revocation/", views.revoke, name="revoke"),
]
