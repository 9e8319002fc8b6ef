from django.urls import path

from milestones.library import views, views_criterion, views_edit, views_translations

app_name = "library"
urlpatterns = [
    path("library/", views.index, name="index"),
    path("library/<slug:key>/", views.milestone, name="milestone"),
    path("library/<slug:key>/edit/", views_edit.edit, name="edit"),
    path("library/<slug:key>/translations/", views_translations.translations, name="translations"),
    path("library/<slug:key>/archive/", views_edit.archive, name="archive"),
    path("library/<slug:key>/restore/", views_edit.restore, name="restore"),
    # Not below library/, where every word is a milestone's key.
    path("new-milestone/", views_edit.new, name="new"),
    path("criterion/", views_criterion.criterion, name="criterion"),
]
