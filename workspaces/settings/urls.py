from django.urls import path

from workspaces.settings import views

app_name = "settings"
urlpatterns = [
    path("settings/", views.show, name="show"),
    path("settings/change/", views.change, name="change"),
]
