from django.urls import path

from workspaces.environments import views

app_name = "environments"
urlpatterns = [
    path("environments/", views.environments, name="environments"),
    path("environments/make/", views.make, name="make"),
]
