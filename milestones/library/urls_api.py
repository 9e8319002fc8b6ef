from django.urls import path

from milestones.library import api

urlpatterns = [
    path("milestones", api.Milestones.as_view(), name="milestones"),
    path("milestones/<slug:key>", api.OneMilestone.as_view(), name="milestone"),
    path("milestones/<slug:key>/archive", api.Archive.as_view(), name="milestone_archive"),
    path("milestones/<slug:key>/restore", api.Restore.as_view(), name="milestone_restore"),
    path(
        "milestones/<slug:key>/translations/<str:language>", api.Translations.as_view(), name="milestone_translations"
    ),
]
