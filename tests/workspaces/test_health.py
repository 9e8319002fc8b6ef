"""What load balancers and container health checks see."""

from django.db import OperationalError

from config import health


def test_alive_answers_without_touching_anything(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_says_what_answers(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "redis": "ok"}


def test_not_ready_without_the_database(client, monkeypatch):
    def refuse():
        raise OperationalError("away")

    monkeypatch.setattr(health.connection, "ensure_connection", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "does not answer"


def test_ready_without_redis_because_intake_is_durable_without(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["redis"]) == (200, "does not answer")
