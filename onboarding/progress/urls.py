from django.urls import path

from onboarding.progress import views, views_versions

app_name = "progress"
urlpatterns = [
    path("seen/<str:kind>/", views.seen, name="seen"),
    path("ladders/<slug:key>/rungs/<slug:rung>/effect/", views.effect, name="effect"),
    path("ladders/<slug:key>/rehearsal/", views.rehearsal, name="rehearsal"),
    path("ladders/<slug:key>/versions/people/", views_versions.version_people, name="version_people"),
    path("roles/people/", views.role_people, name="role_people"),
    path("roles/test/", views.role_test, name="role_test"),
]
