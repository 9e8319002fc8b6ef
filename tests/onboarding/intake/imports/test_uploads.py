"""Uploads: piece by piece, gone on with after a break, bounded, and nobody else's."""

import gzip

import pytest
from django.urls import reverse

from onboarding.intake.imports import uploads
from onboarding.intake.imports.models import Import, Piece
from onboarding.intake.imports.pieces import PIECE, UploadedFile
from tests.onboarding.intake.imports.files import as_csv, as_parquet, rows
from workspaces.scope import scope
from workspaces.tenants.access import Level


@pytest.fixture
def eva(workspace, make_member):
    """Editor in Acme."""
    return make_member(workspace, "eva", Level.EDITOR)


def begin(client, workspace, data: bytes, name: str = "a.csv", **fields):
    fields = {"name": name, "size": len(data), "modified": 5} | fields
    return client.post(reverse("imports:begin", args=[workspace.slug]), fields)


def put(client, url: str, content: bytes, offset):
    return client.put(url, content, content_type="application/octet-stream", headers={"Upload-Offset": str(offset)})


def test_a_file_arrives_piece_by_piece_and_is_looked_at(workspace, eva, client_for):
    client, data = client_for(eva), as_csv(rows(80_000))
    state = begin(client, workspace, data).json()
    assert (state["offset"], state["done"], state["piece"]) == (0, False, 2 * PIECE)
    while not state["done"]:
        part = data[state["offset"] : state["offset"] + state["piece"]]
        state = put(client, state["bytes"], part, state["offset"]).json()
    with scope(workspace):
        job = Import.objects.get()
    assert (job.state, job.format, job.made_by) == ("ready", "csv", eva.user)
    assert job.mapping["columns"]["user_id"] == "userId"
    assert UploadedFile(job).read() == data
    assert state["page"] == reverse("imports:show", args=[workspace.slug, job.pk])


def test_choosing_the_same_file_again_goes_on_where_it_was(workspace, eva, ana, client_for):
    data = as_csv(rows(80_000))
    state = begin(client_for(eva), workspace, data).json()
    put(client_for(eva), state["bytes"], data[: 2 * PIECE], 0)
    again = begin(client_for(ana), workspace, data).json()  # a colleague may, too
    assert (again["bytes"], again["offset"]) == (state["bytes"], 2 * PIECE)
    another = begin(client_for(eva), workspace, data, modified=6).json()
    assert another["bytes"] != state["bytes"]


def test_a_repeated_piece_changes_nothing_and_a_gap_is_refused(workspace, eva, client_for):
    client, data = client_for(eva), as_csv(rows(80_000))
    url = begin(client, workspace, data).json()["bytes"]
    for _ in range(2):
        assert put(client, url, data[:PIECE], 0).json()["offset"] == PIECE
    refusal = put(client, url, data[:PIECE], 3 * PIECE)
    assert (refusal.status_code, refusal.json()["message"]) == (
        422,
        f"Bytes are missing before {3 * PIECE:,}; go on at {PIECE:,}.",
    )
    with scope(workspace):
        assert Piece.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"x" * (4 * PIECE + 1)])
def test_pieces_of_another_size_are_refused(content, workspace, eva, client_for):
    client = client_for(eva)
    url = begin(client, workspace, b"x" * (5 * PIECE)).json()["bytes"]
    assert put(client, url, content, 0).status_code == 422
    with scope(workspace):
        assert Import.objects.get().uploaded == 0


def test_more_bytes_than_were_announced_are_refused(workspace, eva, client_for):
    client = client_for(eva)
    url = begin(client, workspace, b"x" * 10).json()["bytes"]
    assert put(client, url, b"x" * 11, 0).status_code == 422


@pytest.mark.parametrize("offset", ["", "-1", "a", "9" * 30, None])
def test_bytes_without_a_place_are_refused(offset, workspace, eva, client_for):
    client = client_for(eva)
    url = begin(client, workspace, b"x" * 10).json()["bytes"]
    headers = {} if offset is None else {"Upload-Offset": offset}
    assert client.put(url, b"x", content_type="application/octet-stream", headers=headers).status_code == 400


def test_too_large_a_file_is_refused_before_its_first_byte(workspace, eva, client_for, settings):
    settings.IMPORT_MAX_BYTES = 5 * 1024 * 1024
    refusal = begin(client_for(eva), workspace, b"", size=6 * 1024 * 1024)
    assert refusal.status_code == 422
    assert refusal.json()["message"].startswith("The file has 6 MB; at most 5 MB can be uploaded. Compress it")
    assert begin(client_for(eva), workspace, b"").json() == {"message": "The file is empty."}
    with scope(workspace):
        assert not Import.objects.exists()


def test_only_so_many_files_at_once(workspace, other_workspace, eva, cyd, client_for):
    for number in range(uploads.MOST_OPEN):
        assert begin(client_for(eva), workspace, b"x", name=f"{number}.csv").status_code == 200
    refusal = begin(client_for(eva), workspace, b"x", name="one-more.csv")
    assert "5 files are being uploaded or imported already" in refusal.json()["message"]
    assert begin(client_for(eva), workspace, b"x", name="0.csv").status_code == 200  # goes on with that one
    assert begin(client_for(cyd), other_workspace, b"x").status_code == 200


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04 a workbook", "a zip archive or an Excel workbook"),
        (as_parquet(rows(5))[:-9], "no whole Parquet file"),
        (gzip.compress(as_csv(rows(50_000)))[:-30_000][:20], "cannot be unpacked"),
    ],
    ids=["workbook", "torn Parquet", "torn gzip"],
)
def test_what_is_no_file_of_events_is_told_at_once(data, says, uploaded, workspace, eva):
    job = uploaded(data, "a.csv", by=eva)
    assert (job.state, job.format) == ("failed", "")
    assert says in job.problem


def test_a_file_s_name_is_a_name_and_nothing_more(workspace, eva, client_for):
    for name in ("C:\\fakepath\\a.csv", "../../etc/passwd", "a\x00b.csv", "/", "x" * 400):
        assert begin(client_for(eva), workspace, b"x", name=name).status_code == 200
    with scope(workspace):
        names = set(Import.objects.values_list("name", flat=True))
    assert names == {"a.csv", "passwd", "ab.csv", "file", "x" * 255}


def test_bytes_after_the_end_or_the_cancellation_change_nothing(uploaded, workspace, eva, client_for):
    job = uploaded(b"user_id\nu\n", "a.csv")
    url = reverse("imports:take", args=[workspace.slug, job.pk])
    assert put(client_for(eva), url, b"x", job.size).json()["done"]
    with scope(workspace):
        assert Piece.objects.count() == 1


def test_a_session_that_ended_is_a_401(workspace, client, eva, client_for):
    url = begin(client_for(eva), workspace, b"x").json()["bytes"]
    response = client.put(url, b"x", headers={"HX-Request": "true", "Upload-Offset": "0"})
    assert response.status_code == 401


def test_csrf_is_checked(workspace, eva):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(eva.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert begin(client, workspace, b"x").status_code == 403
    with scope(workspace):
        assert not Import.objects.exists()
