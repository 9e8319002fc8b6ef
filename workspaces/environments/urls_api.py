from django.urls import path

from workspaces.environments import api

urlpatterns = [
    path("environments", api.TheEnvironments.as_view(), name="environments"),
    path("environments/test", api.TestEnvironment.as_view(), name="environment_test"),
]
