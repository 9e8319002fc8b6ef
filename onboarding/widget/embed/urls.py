from django.urls import path

from onboarding.widget.embed import frame, sdk, views

app_name = "embed"
urlpatterns = [
    path("sdk/v1.js", sdk.script, name="script"),
    path("sdk/<str:name>", sdk.file, name="file"),
    path("widget/v1/frame", frame.frame, name="frame"),
    path("widget/v1/player.js", sdk.player, name="player"),
    path("widget/v1/session", views.begin, name="session"),
    path("widget/v1/steps", views.steps, name="steps"),
    path("widget/v1/acts", views.act, name="acts"),
]
