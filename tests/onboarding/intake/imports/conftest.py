"""Uploads and imports of Acme's."""

from collections.abc import Callable

import pytest

from onboarding.intake.imports import jobs, uploads
from onboarding.intake.imports.mapping import read_mapping
from onboarding.intake.imports.models import Import
from onboarding.intake.imports.uploads import MOST_AT_ONCE
from workspaces.scope import scope


@pytest.fixture
def uploaded(workspace, ana) -> Callable[..., Import]:
    """Upload a whole file."""

    def upload(data: bytes, name: str, *, to=workspace, by=ana) -> Import:
        with scope(to):
            job = uploads.begin(name=name, size=len(data), modified=1, by=by)
            while job.uploaded < job.size:
                part = data[job.uploaded : job.uploaded + MOST_AT_ONCE]
                job = uploads.take(job, offset=job.uploaded, content=part)
            return job

    return upload


@pytest.fixture
def started(uploaded, ana) -> Callable[..., Import]:
    """Upload a whole file and start its import, by the guessed mapping or by this one."""

    def start(data: bytes, name: str, *, mapping: dict | None = None) -> Import:
        job = uploaded(data, name)
        with scope(job.workspace_id):
            document = mapping or job.mapping
            assert jobs.start(job, by=ana, mapping=read_mapping(document) if document else None)
        return job

    return start


@pytest.fixture
def now() -> Callable[[Import], Import]:
    """The import as it is by now."""

    def read(job: Import) -> Import:
        with scope(job.workspace_id):
            return Import.objects.get(pk=job.pk)

    return read
