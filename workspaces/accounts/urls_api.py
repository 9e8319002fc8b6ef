from django.urls import path

from workspaces.accounts.api import connections, domains, policy

connection = "sign-in/connection"
domain = "sign-in/domains/<int:pk>"
urlpatterns = [
    path("sign-in/policy", policy.ThePolicy.as_view(), name="sign_in_policy"),
    path(connection, connections.TheConnection.as_view(), name="sign_in_connection"),
    path(f"{connection}/rotate-key", connections.NewKey.as_view(), name="sign_in_key"),
    path(f"{connection}/disable", connections.Disabling.as_view(), name="sign_in_disable"),
    path("sign-in/domains", domains.Domains.as_view(), name="domains"),
    path(domain, domains.OneDomain.as_view(), name="domain"),
    path(f"{domain}/check", domains.Check.as_view(), name="domain_check"),
]
