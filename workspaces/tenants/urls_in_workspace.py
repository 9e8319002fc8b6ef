from django.urls import path

from workspaces.tenants import views

app_name = "tenants"
urlpatterns = [path("", views.entrance, name="entrance")]
