from django.urls import path

from onboarding.widget import message_preview, people, preview

app_name = "widget"
urlpatterns = [
    path("ladders/<slug:key>/preview/", preview.preview, name="preview"),
    path("ladders/<slug:key>/messages/<slug:rung>/preview/", message_preview.message_preview, name="message_preview"),
    path("widget/look.css", preview.look, name="look"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/climbs/", people.climbs, name="climbs"),
]
