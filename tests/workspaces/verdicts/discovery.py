from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "discovery:index": ("get", {}, 200, 200),
    "discovery:new": ("post", {}, FORBIDDEN, 422),
    "discovery:discovery": ("get", {"pk": "discovery"}, 200, 200),
    "discovery:draft": ("post", {"pk": "discovery"}, FORBIDDEN, 422),
    "discovery:archive": ("post", {"pk": "discovery"}, FORBIDDEN, 302),
    "discovery:links": ("post", {"pk": "discovery"}, FORBIDDEN, 422),
    "discovery:revoke": ("post", {"pk": "discovery", "link": "discovery link"}, FORBIDDEN, 302),
    "discovery:response": ("get", {"pk": "discovery", "response": "discovery response"}, 200, 200),
    "discovery:propose": ("post", {"pk": "discovery", "response": "discovery response"}, FORBIDDEN, 302),
    "discovery:plan": ("get", {"pk": "discovery"}, 200, 200),
    "discovery:decide": ("post", {"pk": "discovery"}, FORBIDDEN, 422),
    "discovery:make": ("post", {"pk": "discovery"}, FORBIDDEN, 422),
    "discovery:goals": ("get", {"key": "ladder"}, 200, 200),
}


def things(workspace, ana) -> dict:
    """A discovery with a link, answers and a proposal."""
    from milestones.discovery import planning
    from milestones.discovery.answering import send
    from milestones.discovery.links import make_link
    from milestones.discovery.models import Discovery, Response

    discovery = Discovery.objects.create(
        name="Everybody", role_key="everyone", role_name="Everyone", made_by=ana.user, product="saas-analytics"
    )
    typed = {"success": "Everybody has looked.", "outcomes": ["together"]}
    response = Response.objects.create(discovery=discovery, typed=typed, revision=1)
    assert send(response, member=ana) == []
    planning.plan_from(response, by=ana)
    link = make_link(discovery, label="Initech", days=14, by=ana)
    return {"discovery": discovery.pk, "discovery link": link.pk, "discovery response": response.pk}
