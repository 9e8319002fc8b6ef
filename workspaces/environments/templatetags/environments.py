"""Where the switch between environments leads."""

from django import template
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from workspaces.tenants.models import Workspace

register = template.Library()


@register.simple_tag(takes_context=True)
def same_page_in(context: template.Context, workspace: Workspace) -> str:
    """The page at hand in another environment; the entrance where it names a thing, which that one need not have."""
    request: HttpRequest = context["request"]
    match = request.resolver_match
    if match is not None and request.method == "GET" and set(match.kwargs) == {"workspace_slug"}:
        try:
            return reverse(match.view_name, kwargs={"workspace_slug": workspace.slug})
        except NoReverseMatch:
            pass
    return reverse("tenants:entrance", args=[workspace.slug])
