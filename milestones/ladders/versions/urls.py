from django.urls import path

from milestones.ladders.versions import views_publication, views_versions

urlpatterns = [
    path("ladders/<slug:key>/versions/", views_versions.versions, name="versions"),
    path("ladders/<slug:key>/compare/", views_versions.compare, name="compare"),
    path("ladders/<slug:key>/versions/<int:number>/return/", views_versions.roll_back, name="roll_back"),
    path("ladders/<slug:key>/versions/<int:number>/copy/", views_versions.duplicate, name="duplicate"),
    path("ladders/<slug:key>/draft/", views_publication.begin, name="begin"),
    path("ladders/<slug:key>/draft/discard/", views_versions.discard, name="discard"),
    path("ladders/<slug:key>/draft/return/", views_versions.bring_back, name="bring_back"),
    path("ladders/<slug:key>/archive/", views_versions.archive, name="archive"),
    path("ladders/<slug:key>/restore/", views_versions.restore, name="restore"),
    path("ladders/<slug:key>/publication/", views_publication.publication, name="publication"),
    path("ladders/<slug:key>/publication/schedule/", views_publication.schedule, name="schedule"),
    path("ladders/<slug:key>/publication/unschedule/", views_publication.unschedule, name="unschedule"),
    path("ladders/<slug:key>/publication/review/", views_publication.ask, name="ask_review"),
    path("ladders/<slug:key>/publication/answer/", views_publication.answer, name="review"),
]
