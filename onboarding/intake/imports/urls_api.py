from django.urls import path

from onboarding.intake.imports import api

one = "imports/<int:pk>"
urlpatterns = [
    path("imports", api.Imports.as_view(), name="imports"),
    path(one, api.OneImport.as_view(), name="import"),
    path(f"{one}/bytes", api.Bytes.as_view(), name="import_bytes"),
    path(f"{one}/start", api.Start.as_view(), name="import_start"),
    path(f"{one}/cancel", api.Cancellation.as_view(), name="import_cancel"),
    path(f"{one}/rejected", api.Rejected.as_view(), name="import_rejected"),
]
