from django.urls import include, path

from workspaces.accounts import views, views_closing, views_provider, views_sso

own = [
    path("", views.account, name="account"),
    path("name/", views.rename, name="rename"),
    path("speech/", views.speech, name="speech"),
    path("closing/", views_closing.close, name="close"),
    path("sessions/ending/", views.end_session, name="end_session"),
    path("sessions/others/ending/", views.end_others, name="end_others"),
]
public = [
    path("", views_sso.ask, name="ask"),
    path("go/", views_sso.go, name="go"),
    path("domain/<str:token>/", views_sso.domain, name="domain"),
]
urlpatterns = [
    path("me/", include((own, "accounts"))),
    path("sso/", include((public, "sso"))),
    # These names are django-allauth's, by which it makes addresses.
    path("sso/oidc/<str:provider_id>/callback/", views_provider.oidc_callback, name="openid_connect_callback"),
    path("sso/saml/<str:organization_slug>/acs/", views_provider.saml_acs, name="saml_acs"),
    path("sso/saml/<str:organization_slug>/finish/", views_provider.saml_finish, name="saml_finish_acs"),
    path("sso/saml/<str:organization_slug>/metadata/", views_provider.saml_metadata, name="saml_metadata"),
    path("sso/saml/<str:organization_slug>/logout/", views_provider.nothing, name="saml_sls"),
    path("sso/cancelled/", views_provider.cancelled, name="socialaccount_login_cancelled"),
    path("sso/failed/", views_provider.cancelled, name="socialaccount_login_error"),
    path("sso/sign-up/", views_provider.cancelled, name="socialaccount_signup"),
    path("sso/accounts/", views_provider.nothing, name="socialaccount_connections"),
    # Everything about second factors stands on the account page.
    path("two-factor/", views.to_account, name="mfa_index"),
    path("two-factor/webauthn/", views.to_account, name="mfa_list_webauthn"),
    path("two-factor/", include("allauth.mfa.urls")),
]
