from django.urls import path

from onboarding.widget import people

app_name = "widget"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<int:pk>/", people.person, name="person"),
]
