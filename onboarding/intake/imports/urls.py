from django.urls import path

from onboarding.intake.imports import views, views_upload

app_name = "imports"
urlpatterns = [
    path("imports/", views.index, name="index"),
    path("imports/new/", views.new, name="new"),
    path("imports/uploads/", views_upload.begin, name="begin"),
    path("imports/<int:pk>/", views.show, name="show"),
    path("imports/<int:pk>/bytes/", views_upload.take, name="take"),
    path("imports/<int:pk>/preview/", views.preview_rows, name="preview"),
    path("imports/<int:pk>/start/", views.start, name="start"),
    path("imports/<int:pk>/cancellation/", views.cancel, name="cancel"),
    path("imports/<int:pk>/progress/", views.progress, name="progress"),
    path("imports/<int:pk>/rejected/<str:form>/", views.rejected, name="rejected"),
]
