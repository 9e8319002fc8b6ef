from django.urls import path

from milestones.playbook import api

playbook = "ladders/<slug:key>/playbook"
urlpatterns = [
    path(playbook, api.TheBook.as_view(), name="playbook"),
    path(f"{playbook}/comments", api.Comments.as_view(), name="comments"),
    path("comments/<int:pk>/resolve", api.Resolution.as_view(), name="comment_resolve"),
]
