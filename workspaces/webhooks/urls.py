from django.urls import path

from workspaces.webhooks import views, views_log

app_name = "webhooks"
urlpatterns = [
    path("settings/webhooks/", views.index, name="index"),
    path("settings/webhooks/add/", views.add, name="add"),
    path("settings/webhooks/<int:pk>/", views.show, name="show"),
    path("settings/webhooks/<int:pk>/change/", views.change, name="change"),
    path("settings/webhooks/<int:pk>/rotation/", views.rotate, name="rotate"),
    path("settings/webhooks/<int:pk>/enabling/", views.enable, name="enable"),
    path("settings/webhooks/<int:pk>/disabling/", views.disable, name="disable"),
    path("settings/webhooks/<int:pk>/test/", views.test, name="test"),
    path("settings/webhooks/<int:pk>/removal/", views.remove, name="remove"),
    path("settings/webhooks/<int:pk>/log/", views_log.log, name="log"),
    path("settings/webhooks/<int:pk>/failed/", views_log.send_failed_again, name="send_failed_again"),
    path("settings/webhooks/<int:pk>/deliveries/<int:number>/", views_log.delivery, name="delivery"),
    path("settings/webhooks/<int:pk>/deliveries/<int:number>/again/", views_log.send_again, name="send_again"),
]
