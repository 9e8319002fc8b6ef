from django.urls import path

from workspaces.api import views_reference

urlpatterns = [
    path("", views_reference.reference, name="reference"),
    path("problems", views_reference.problems, name="problems"),
    path("deprecations", views_reference.deprecations, name="deprecations"),
    path("openapi.json", views_reference.openapi, name="openapi"),
]
