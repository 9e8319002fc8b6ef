from django.urls import path, re_path

from onboarding.features import api

FEATURE = r"^features/(?P<key>[a-z0-9._-]{1,60})"  # a feature's key is no slug

urlpatterns = [
    path("features", api.Features.as_view(), name="features"),
    re_path(rf"{FEATURE}$", api.OneFeature.as_view(), name="feature"),
    re_path(rf"{FEATURE}/archive$", api.Archive.as_view(), name="feature_archive"),
    re_path(rf"{FEATURE}/restore$", api.Restore.as_view(), name="feature_restore"),
    re_path(rf"{FEATURE}/grants$", api.Grants.as_view(), name="grants"),
    path("grants/<int:pk>/revoke", api.Revocation.as_view(), name="grant_revoke"),
    path("people/<int:pk>/features", api.FeaturesOfPerson.as_view(), name="person_features"),
]
