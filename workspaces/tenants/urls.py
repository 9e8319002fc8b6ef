from django.urls import path

from workspaces.tenants import views

urlpatterns = [
    path("", views.home, name="home"),
    path("workspaces/", views.workspaces, name="workspaces"),
]
