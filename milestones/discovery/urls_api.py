from django.urls import path

from milestones.discovery.api import answers, discoveries, links, proposals

one = "discoveries/<int:pk>"
urlpatterns = [
    path("discoveries", discoveries.Discoveries.as_view(), name="discoveries"),
    path(one, discoveries.OneDiscovery.as_view(), name="discovery"),
    path(f"{one}/archive", discoveries.Archive.as_view(), name="discovery_archive"),
    path(f"{one}/restore", discoveries.Restore.as_view(), name="discovery_restore"),
    path(f"{one}/answers", answers.OwnAnswers.as_view(), name="discovery_answers"),
    path(f"{one}/responses", answers.Responses.as_view(), name="discovery_responses"),
    path(f"{one}/links", links.Links.as_view(), name="discovery_links"),
    path(f"{one}/links/<int:link>/revoke", links.Revocation.as_view(), name="discovery_link_revoke"),
    path(f"{one}/proposal", proposals.TheProposal.as_view(), name="proposal"),
    path(f"{one}/proposal/decisions", proposals.Decisions.as_view(), name="proposal_decisions"),
    path(f"{one}/proposal/ladder", proposals.TheLadder.as_view(), name="proposal_ladder"),
]
