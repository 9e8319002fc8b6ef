from django.urls import path, re_path

from onboarding.features import views, views_people

FEATURE = r"^features/(?P<key>[a-z0-9._-]{1,60})/"  # a feature's key is no slug

app_name = "features"
urlpatterns = [
    path("features/", views.index, name="index"),
    path("features/grants/<int:pk>/revocation/", views_people.revocation, name="revocation"),
    re_path(rf"{FEATURE}$", views.show, name="show"),
    re_path(rf"{FEATURE}change/$", views.change, name="change"),
    re_path(rf"{FEATURE}archival/$", views.archival, name="archival"),
    re_path(rf"{FEATURE}grants/$", views.grant, name="grant"),
    path("people/<int:pk>/features/", views_people.of_person, name="of_person"),
]
