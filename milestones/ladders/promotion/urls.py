from django.urls import path

from milestones.ladders.promotion import views

urlpatterns = [path("ladders/<slug:key>/promotion/", views.promotion, name="promotion")]
