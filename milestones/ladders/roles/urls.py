from django.urls import path

from milestones.ladders.roles import views

urlpatterns = [
    path("roles/", views.roles, name="roles"),
    path("roles/new/", views.new, name="new_role"),
    path("roles/order/", views.order, name="role_order"),
    path("roles/<slug:key>/edit/", views.role, name="role"),
    path("roles/<slug:key>/delete/", views.delete, name="delete_role"),
    path("ladders/<slug:key>/role/", views.audience, name="audience"),
]
