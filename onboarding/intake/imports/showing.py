"""What the pages of imports are told."""

import hashlib
from collections.abc import Mapping as Data
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from django.utils import timezone

from onboarding.intake.imports import mapping_form
from onboarding.intake.imports.mapping import Mapping, read_mapping
from onboarding.intake.imports.models import Import
from onboarding.intake.imports.opening import open_source
from onboarding.intake.imports.pieces import UploadedFile
from onboarding.intake.imports.preview import Shown, preview
from onboarding.intake.imports.sources import BrokenFile, Format, Unreadable
from onboarding.intake.imports.table import Table, Unparsed

ROWS = 8


@dataclass
class Check:
    """A whole upload before it is started: how it is mapped, what its first rows become, and what is wrong."""

    mapping: Mapping | None = None
    header: tuple[str, ...] = ()
    lines: list[mapping_form.Line] = field(default_factory=list)
    rows: list[Shown] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_table(self) -> bool:
        return bool(self.header)

    @property
    def good(self) -> int:
        """How many of the rows shown become messages."""
        return sum(row.message is not None for row in self.rows)

    @property
    def timeless(self) -> bool:
        """Whether the rows shown state no time, and so would count as happening now."""
        return bool(self.good) and all(row.message.client_at is None for row in self.rows if row.message)


def check(job: Import, form: Data[str, str] | None = None) -> Check:
    """Look at the file's first rows, by what the form says or else by the mapping that is kept."""
    found = Check()
    try:
        with closing(UploadedFile(job)) as raw:
            source = open_source(raw, name=job.name, wanted=Format(job.format), size=job.size)
            if isinstance(source, Table):
                _check_table(source, job, form, found)
            else:
                found.rows = preview(source, list(islice(source.numbered(), ROWS)), now=timezone.now())
    except (Unreadable, BrokenFile) as error:
        found.problems.append(str(error))
    return found


def _check_table(source: Table, job: Import, form: Data[str, str] | None, found: Check) -> None:
    found.header = source.header
    first = source.first(ROWS)
    cells = [row for _, row in first if not isinstance(row, Unparsed)]
    mapping = read_mapping(job.mapping, finished=False) if job.mapping else Mapping()
    if form is not None:
        mapping = mapping_form.read_form(form, source.header, otherwise=mapping)
    found.mapping = mapping
    found.problems += mapping.problems(source.header)
    found.lines = mapping_form.lines(mapping, source.header, cells)
    if not found.problems:
        source.use(mapping)
        found.rows = preview(source, first, now=timezone.now())


def tag(job: Import) -> str:
    """A tag that stays the same as long as what the progress fragment shows does."""
    state = repr((job.pk, job.state, job.rows, job.position, job.ended_at))
    return hashlib.sha256(state.encode()).hexdigest()[:20]
