from django.urls import path

from milestones.library import views, views_criterion

app_name = "library"
urlpatterns = [
    path("library/", views.index, name="index"),
    path("library/<slug:key>/", views.milestone, name="milestone"),
    # Not below library/, where every word is a milestone's key.
    path("criterion/", views_criterion.criterion, name="criterion"),
]
