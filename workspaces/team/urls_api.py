from django.urls import path

from workspaces.team.api import invitations, members

one = "invitations/<int:pk>"
urlpatterns = [
    path("members", members.Members.as_view(), name="members"),
    path("members/<int:pk>", members.OneMember.as_view(), name="member"),
    path("invitations", invitations.Invitations.as_view(), name="invitations"),
    path(one, invitations.OneInvitation.as_view(), name="invitation"),
    path(f"{one}/again", invitations.Again.as_view(), name="invitation_again"),
    path(f"{one}/link", invitations.NewLink.as_view(), name="invitation_link"),
    path(f"{one}/revoke", invitations.Revocation.as_view(), name="invitation_revoke"),
]
