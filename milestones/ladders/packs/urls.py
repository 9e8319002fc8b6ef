from django.urls import path

from milestones.ladders.packs import views

urlpatterns = [
    path("packs/", views.packs, name="packs"),
    path("packs/<slug:key>/", views.pack, name="pack"),
    path("packs/<slug:key>/adoption/", views.adoption, name="adopt"),
]
