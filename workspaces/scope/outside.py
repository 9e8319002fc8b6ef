"""The tables outside of the tenant walls, each with its reason. The architecture test holds this list complete."""

OUTSIDE = {
    "tenants_user": "a log-in comes before any workspace is known, and may belong to several",
    "tenants_workspace": "the list of tenants itself; read through memberships and keys only",
    "tenants_member": "decides which workspaces a log-in may enter",
    "keys_apikey": "decides which workspace a request belongs to",
    "accounts_signup": "a log-in's wish for a workspace, which does not exist yet",
    "accounts_domain": "says which workspace an e-mail address belongs to, before anybody has logged in",
    "accounts_policy": "decides which sessions may enter a workspace, as memberships do which log-ins",
    "account_emailaddress": "django-allauth: belongs to the log-in",
    "account_emailconfirmation": "django-allauth: belongs to the log-in",
    "mfa_authenticator": "django-allauth: second factors and passkeys belong to the log-in",
    "socialaccount_socialaccount": "django-allauth: who a log-in is at an identity provider",
    "socialaccount_socialapp": "django-allauth; unused, connections are tenants' own (accounts_connection)",
    "socialaccount_socialtoken": "django-allauth; unused, no tokens of identity providers are kept",
    "usersessions_usersession": "django-allauth: a session belongs to the log-in",
    "auth_group": "Django; unused",
    "auth_group_permissions": "Django; unused",
    "auth_permission": "Django; unused",
    "django_content_type": "Django's list of models",
    "django_migrations": "Django's list of migrations",
    "django_session": "a session belongs to the log-in",
}
