from django.urls import path

from workspaces.help import views

app_name = "help"
urlpatterns = [
    path("help/", views.index, name="index"),
    path("help/pictures/<slug:name>.png", views.show_picture, name="picture"),
    path("help/<path:name>/", views.page, name="page"),
]
