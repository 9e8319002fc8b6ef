from django.urls import path

from workspaces.privacy import views

app_name = "privacy"
urlpatterns = [
    path("settings/privacy/", views.index, name="index"),
    path("settings/privacy/erasures/", views.erasures, name="erasures"),
    path("settings/privacy/person/", views.person, name="person"),
    path("settings/privacy/person/erasure/", views.erasure, name="erasure"),
    path("settings/privacy/person/export/", views.export, name="export"),
    path("settings/privacy/again/", views.again, name="again"),
]
