from django.urls import path

from milestones.ladders import views
from milestones.ladders.composer.urls import urlpatterns as composer
from milestones.ladders.roles.urls import urlpatterns as roles
from milestones.ladders.versions.urls import urlpatterns as versions

app_name = "ladders"
urlpatterns = [
    path("ladders/", views.index, name="index"),
    path("ladders/<slug:key>/versions/<int:number>/", views.version, name="version"),
    path("library/<slug:key>/uses/", views.uses, name="uses"),
    *composer,
    *roles,
    *versions,
]
