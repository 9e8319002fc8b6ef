from django.urls import path

from onboarding.progress import views

app_name = "progress"
urlpatterns = [
    path("seen/<str:kind>/", views.seen, name="seen"),
    path("ladders/<slug:key>/rungs/<slug:rung>/effect/", views.effect, name="effect"),
    path("ladders/<slug:key>/rehearsal/", views.rehearsal, name="rehearsal"),
    path("roles/people/", views.role_people, name="role_people"),
    path("roles/test/", views.role_test, name="role_test"),
]
