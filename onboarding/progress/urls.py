from django.urls import path

from onboarding.progress import views, views_rulings, views_versions

app_name = "progress"
urlpatterns = [
    path("seen/<str:kind>/", views.seen, name="seen"),
    path("ladders/<slug:key>/rungs/<slug:rung>/effect/", views.effect, name="effect"),
    path("ladders/<slug:key>/rehearsal/", views.rehearsal, name="rehearsal"),
    path("ladders/<slug:key>/versions/people/", views_versions.version_people, name="version_people"),
    path("people/<int:pk>/ladders/<slug:key>/steps/<slug:rung>/ruling/", views_rulings.ruling, name="ruling"),
    path("rulings/<int:pk>/withdrawal/", views_rulings.withdrawal, name="ruling_withdrawal"),
    path("roles/people/", views.role_people, name="role_people"),
    path("roles/test/", views.role_test, name="role_test"),
]
