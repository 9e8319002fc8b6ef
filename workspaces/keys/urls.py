from django.urls import path

from workspaces.keys import views

app_name = "keys"
urlpatterns = [
    path("settings/keys/", views.keys, name="keys"),
    path("settings/keys/issue/", views.issue, name="issue"),
    path("settings/keys/left/adoption/", views.adopt_all, name="adopt_all"),
    path("settings/keys/left/revocation/", views.revoke_left, name="revoke_left"),
    path("settings/keys/<int:pk>/adoption/", views.adopt, name="adopt"),
    path("settings/keys/<int:pk>/rotation/", views.rotate, name="rotate"),
    path("settings/keys/<int:pk>/revocation/", views.revoke, name="revoke"),
]
