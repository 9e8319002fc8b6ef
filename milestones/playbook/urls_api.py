from django.urls import path

from milestones.playbook import api

urlpatterns = [path("ladders/<slug:key>/playbook", api.TheBook.as_view(), name="playbook")]
