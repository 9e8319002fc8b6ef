from django.urls import path

from workspaces.accounts import views_domains, views_settings

app_name = "signing_in"
urlpatterns = [
    path("settings/sign-in/", views_settings.show, name="show"),
    path("settings/sign-in/policy/", views_settings.policy, name="policy"),
    path("settings/sign-in/connection/", views_settings.begin, name="begin"),
    path("settings/sign-in/connection/oidc/", views_settings.set_up_oidc, name="oidc"),
    path("settings/sign-in/connection/saml/", views_settings.set_up_saml, name="saml"),
    path("settings/sign-in/connection/key/", views_settings.rotate_key, name="rotate_key"),
    path("settings/sign-in/connection/enabling/", views_settings.enable, name="enable"),
    path("settings/sign-in/connection/disabling/", views_settings.disable, name="disable"),
    path("settings/sign-in/connection/removal/", views_settings.remove, name="remove"),
    path("settings/sign-in/domains/", views_domains.claim, name="claim"),
    path("settings/sign-in/domains/<int:pk>/dns/", views_domains.by_dns, name="by_dns"),
    path("settings/sign-in/domains/<int:pk>/mail/", views_domains.by_mail, name="by_mail"),
    path("settings/sign-in/domains/<int:pk>/removal/", views_domains.remove, name="remove_domain"),
]
