from django.urls import path

from onboarding.progress import views

app_name = "progress"
urlpatterns = [
    path("seen/<str:kind>/", views.seen, name="seen"),
]
