from django.urls import path

from workspaces.audit import views

app_name = "audit"
urlpatterns = [path("settings/audit/", views.entries, name="entries")]
