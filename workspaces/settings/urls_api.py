from django.urls import path

from workspaces.settings import api

urlpatterns = [path("workspace", api.TheWorkspace.as_view(), name="workspace")]
