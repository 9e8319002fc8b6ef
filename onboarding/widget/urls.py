from django.urls import path

from onboarding.widget import people, preview

app_name = "widget"
urlpatterns = [
    path("ladders/<slug:key>/preview/", preview.preview, name="preview"),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
]
