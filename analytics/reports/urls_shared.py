from django.urls import path

from analytics.reports import views_shared

app_name = "shared"
urlpatterns = [path("<str:token>/", views_shared.shared, name="view")]
