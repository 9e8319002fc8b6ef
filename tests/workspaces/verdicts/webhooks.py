from tests.workspaces.verdicts import FORBIDDEN

ONE = {"pk": "webhook"}
DELIVERY = {"pk": "webhook", "number": "webhook delivery"}
VERDICTS = {
    "webhooks:index": ("get", {}, FORBIDDEN, 200),
    "webhooks:add": ("post", {}, FORBIDDEN, 422),
    "webhooks:show": ("get", ONE, FORBIDDEN, 200),
    "webhooks:change": ("post", ONE, FORBIDDEN, 422),
    "webhooks:rotate": ("post", ONE, FORBIDDEN, 200),
    "webhooks:enable": ("post", ONE, FORBIDDEN, 302),
    "webhooks:disable": ("post", ONE, FORBIDDEN, 302),
    "webhooks:test": ("post", ONE, FORBIDDEN, 302),
    "webhooks:remove": ("post", ONE, FORBIDDEN, 302),
    "webhooks:log": ("get", ONE, FORBIDDEN, 200),
    "webhooks:send_failed_again": ("post", ONE, FORBIDDEN, 302),
    "webhooks:delivery": ("get", DELIVERY, FORBIDDEN, 200),
    "webhooks:send_again": ("post", DELIVERY, FORBIDDEN, 302),
}


def things(workspace, ana) -> dict:
    """A webhook that was sent a test."""
    from workspaces.webhooks import endpoints, outbox

    endpoint, _ = endpoints.add(url="https://hooks.example.com/", by=ana)
    return {"webhook": endpoint.pk, "webhook delivery": outbox.ping(endpoint).pk}
