from django.urls import path

from workspaces.team import views_invited

app_name = "invited"
urlpatterns = [path("<str:token>/", views_invited.invitation, name="invitation")]
