from django.urls import path

from workspaces.audit import views

app_name = "audit"
urlpatterns = [
    path("settings/audit/", views.log, name="entries"),
    path("settings/audit/keep/", views.keep, name="keep"),
    path("settings/audit/export.<str:kind>", views.export, name="export"),
]
