from django.urls import path

from milestones.library import views

app_name = "library"
urlpatterns = [
    path("library/", views.index, name="index"),
    path("library/<slug:key>/", views.milestone, name="milestone"),
]
