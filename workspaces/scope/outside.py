"""The tables outside of the tenant walls, each with its reason. The architecture test holds this list complete."""

OUTSIDE = {
    "tenants_user": "a log-in comes before any workspace is known, and may belong to several",
    "tenants_workspace": "the list of tenants itself; read through memberships and keys only",
    "tenants_member": "decides which workspaces a log-in may enter",
    "keys_apikey": "decides which workspace a request belongs to",
    "account_emailaddress": "django-allauth: belongs to the log-in",
    "account_emailconfirmation": "django-allauth: belongs to the log-in",
    "operator_act": "what operators did, whatever the workspace",
    "operator_suspension": "says of workspaces who may not be entered; asked before any is",
    "privacy_deletion": "outlives the workspace that it deletes",
    "auth_group": "Django; unused",
    "auth_group_permissions": "Django; unused",
    "auth_permission": "Django; unused",
    "django_content_type": "Django's list of models",
    "django_migrations": "Django's list of migrations",
    "django_session": "a session belongs to the log-in",
}
