from django.urls import path

from onboarding.installation import guide, look, sandbox

app_name = "installation"
urlpatterns = [
    path("widget/", guide.guide, name="guide"),
    path("widget/check/", guide.check, name="check"),
    path("widget/sites/", guide.allow, name="allow"),
    path("widget/sites/removal/", guide.disallow, name="disallow"),
    path("widget/key/", guide.make_key, name="make_key"),
    path("widget/secrets/", guide.make_secret, name="make_secret"),
    path("widget/secrets/<int:pk>/revocation/", guide.revoke_secret, name="revoke_secret"),
    path("widget/enforcement/", guide.enforce, name="enforce"),
    path("widget/look/", look.look, name="look"),
    path("widget/look/change/", look.change, name="look_change"),
    path("widget/look/answer/", look.answer, name="look_answer"),
    path("widget/look/undo/", look.undo, name="look_undo"),
    path("widget/look/reset/", look.reset, name="look_reset"),
    path("widget/look/preview/", look.preview, name="look_preview"),
    path("widget/sandbox/", sandbox.sandbox, name="sandbox"),
    path("widget/sandbox/begin/", sandbox.begin, name="begin"),
    path("widget/sandbox/steps/", sandbox.steps, name="steps"),
    path("widget/sandbox/page/", sandbox.host, name="host"),
]
