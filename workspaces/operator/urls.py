from django.urls import path

from workspaces.operator import views

app_name = "operator"
urlpatterns = [
    path("", views.workspaces, name="workspaces"),
    path("enter/", views.enter, name="enter"),
    path("leave/", views.leave, name="leave"),
    path("log/", views.log, name="log"),
    path("workspaces/<slug:slug>/", views.workspace, name="workspace"),
    path("workspaces/<slug:slug>/suspension/", views.suspend, name="suspend"),
    path("workspaces/<slug:slug>/lifting/", views.lift, name="lift"),
    path("workspaces/<slug:slug>/sign-out/", views.sign_out, name="sign_out"),
]
