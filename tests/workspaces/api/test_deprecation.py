"""An operation that is marked deprecated says so in every answer, in the description and on a page."""

from datetime import date
from email.utils import parsedate_to_datetime

import pytest
from django.test import RequestFactory
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from workspaces.api import views_reference
from workspaces.api.deprecation import Deprecation
from workspaces.api.operations import operation
from workspaces.api.paging import page_of_list
from workspaces.api.views import KeyedView

GOES = Deprecation(date(2026, 3, 2), date(2027, 3, 2), "Use new_list.")


class Word(serializers.Serializer):
    word = serializers.CharField()


class Old(KeyedView):
    @operation("old_list", "settings.read", "Words", answer=Word, pages=True, plain=True, deprecated=GOES)
    def get(self, call):
        return page_of_list([{"word": "one"}, {"word": "two"}], call.asked)

    @operation("old_add", "settings.change", "Another", answer=Word)
    def post(self, call):
        return {"word": "three"}


URLS = [path("api/v1/old", Old.as_view())]


@pytest.fixture
def asked(program):
    def ask(method: str = "get", query: str = "", token: str = program.token):
        request = RequestFactory().generic(method, f"/api/v1/old{query}", headers={"Authorization": f"Bearer {token}"})
        return Old.as_view()(request)

    return ask


def test_every_answer_of_a_deprecated_operation_says_when_it_ends(asked, settings):
    page = f"<{settings.BASE_URL}/api/deprecations#old_list>"
    for answer in (asked(), asked("head"), asked(token="nonsense"), asked(query="?colour=red")):
        assert answer["Deprecation"] == "@1772409600"  # RFC 9745, 2.1: a date of structured fields
        assert parsedate_to_datetime(answer["Sunset"]).date() == GOES.ends
        assert f'{page}; rel="deprecation"' in answer["Link"]
    assert 'rel="next", <' in asked(query="?limit=1")["Link"]
    assert not asked("post").has_header("Deprecation")


def test_the_description_calls_it_deprecated_and_the_page_names_what_takes_its_place(monkeypatch, client):
    told = SchemaGenerator(patterns=URLS, api_version="1").get_schema(public=True)
    old, new = (told["paths"]["/api/v1/old"][method] for method in ("get", "post"))
    assert (old["deprecated"], new.get("deprecated")) == (True, None)
    assert "It ends on 2027-03-02" in old["description"]
    assert {"Deprecation", "Sunset"} <= old["responses"]["200"]["headers"].keys()
    assert "Sunset" not in new["responses"]["200"]["headers"]
    assert "Nothing is deprecated" in client.get("/api/deprecations").content.decode()
    monkeypatch.setattr(views_reference, "document", lambda: told)
    page = client.get("/api/deprecations").content.decode()
    assert '<div id="old_list">' in page
    assert "Use new_list." in page
    assert "old_add" not in page


@pytest.mark.pure
def test_programs_get_a_year_to_change():
    with pytest.raises(ValueError, match="365"):
        Deprecation(date(2026, 3, 2), date(2027, 3, 1), "Use new_list.")
