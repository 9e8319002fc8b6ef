from django.urls import path

from milestones.ladders import views

app_name = "ladders"
urlpatterns = [
    path("ladders/", views.index, name="index"),
    path("ladders/<slug:key>/", views.ladder, name="ladder"),
    path("ladders/<slug:key>/versions/<int:number>/", views.version, name="version"),
    path("ladders/<slug:key>/publication/", views.publication, name="publication"),
    path("library/<slug:key>/uses/", views.uses, name="uses"),
]
