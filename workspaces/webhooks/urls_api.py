from django.urls import path

from workspaces.webhooks import api

one = "webhooks/<int:pk>"
urlpatterns = [
    path("webhooks", api.Webhooks.as_view(), name="webhooks"),
    path(one, api.OneWebhook.as_view(), name="webhook"),
    path(f"{one}/rotate", api.Rotation.as_view(), name="webhook_rotate"),
    path(f"{one}/enable", api.Enabling.as_view(), name="webhook_enable"),
    path(f"{one}/disable", api.Disabling.as_view(), name="webhook_disable"),
    path(f"{one}/test", api.Test.as_view(), name="webhook_test"),
    path(f"{one}/deliveries", api.Deliveries.as_view(), name="webhook_deliveries"),
    path(f"{one}/deliveries/failed/again", api.FailedAgain.as_view(), name="webhook_failed_again"),
    path(f"{one}/deliveries/<int:number>", api.OneDelivery.as_view(), name="webhook_delivery"),
    path(f"{one}/deliveries/<int:number>/again", api.Again.as_view(), name="webhook_again"),
]
