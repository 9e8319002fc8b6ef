from django.urls import path

from milestones.ladders import views, views_modules
from milestones.ladders.composer.urls import urlpatterns as composer
from milestones.ladders.packs.urls import urlpatterns as packs
from milestones.ladders.promotion.urls import urlpatterns as promotion
from milestones.ladders.roles.urls import urlpatterns as roles
from milestones.ladders.versions.urls import urlpatterns as versions

app_name = "ladders"
urlpatterns = [
    path("ladders/", views.index, name="index"),
    path("ladders/<slug:key>/versions/<int:number>/", views.version, name="version"),
    path("library/<slug:key>/uses/", views_modules.uses, name="uses"),
    path("library/<slug:key>/drafts/", views_modules.take_module, name="take_module"),
    *packs,
    *composer,
    *promotion,
    *roles,
    *versions,
]
