from django.urls import path

from workspaces.team import views, views_invitations

app_name = "team"
urlpatterns = [
    path("team/", views.members, name="members"),
    path("team/levels/", views.levels, name="levels"),
    path("team/leaving/", views.leaving, name="leaving"),
    path("team/members/<int:pk>/level/", views.level, name="level"),
    path("team/members/<int:pk>/removal/", views.removal, name="removal"),
    path("team/members/<int:pk>/ownership/", views.ownership, name="ownership"),
    path("team/invitations/", views_invitations.invite, name="invite"),
    path("team/invitations/<int:pk>/again/", views_invitations.again, name="again"),
    path("team/invitations/<int:pk>/link/", views_invitations.link, name="link"),
    path("team/invitations/<int:pk>/revocation/", views_invitations.revocation, name="revocation"),
]
