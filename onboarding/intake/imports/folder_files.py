"""The import folder as a file system: what lies there, and where it goes. Links are never followed: whoever may put
files into a sub-folder must not be able to name others' files by them.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import yaml
from django.conf import settings

from onboarding.intake.imports.mapping import BadMapping, Mapping, read_mapping
from onboarding.intake.imports.opening import format_by_name
from onboarding.intake.imports.sources import Unreadable

DONE, FAILED = "done", "failed"
MAPPING = "mapping.yaml"
MOST_MAPPING_BYTES = 1 << 20


def subfolders() -> Iterator[str]:
    """The names of the folder's sub-folders: slugs of workspaces, if all is well."""
    if settings.IMPORT_FOLDER:
        with os.scandir(settings.IMPORT_FOLDER) as entries:
            yield from sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))


def settled_files(slug: str, *, before: float) -> Iterator[tuple[str, os.stat_result]]:
    """The files to import, by name, that nobody has changed since `before` (Unix seconds): path and status."""
    with os.scandir(Path(settings.IMPORT_FOLDER) / slug) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.name.startswith(".") or format_by_name(entry.name) is None or _is_mapping(entry.name):
            continue
        with contextlib.suppress(FileNotFoundError):
            status = entry.stat(follow_symlinks=False)
            if entry.is_file(follow_symlinks=False) and status.st_mtime < before:
                yield f"{slug}/{entry.name}", status


def opened(path: str) -> BinaryIO:
    """The file at this path of the folder, unbuffered. Raises Unreadable."""
    try:
        return os.fdopen(_descriptor(Path(settings.IMPORT_FOLDER) / path), "rb", 0)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from None


def mapping_for(path: str) -> Mapping | None:
    """The mapping that lies beside the file (NAME.mapping.yaml), or for all in its folder (mapping.yaml).

    Raises BadMapping.
    """
    file = Path(settings.IMPORT_FOLDER) / path
    for candidate in (file.with_name(f"{file.name}.{MAPPING}"), file.with_name(MAPPING)):
        try:
            descriptor = _descriptor(candidate)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise BadMapping([f"{candidate.name} cannot be read: {error.strerror}."]) from None
        with os.fdopen(descriptor, encoding="utf-8", errors="replace") as text:
            return mapping_in(text.read(MOST_MAPPING_BYTES), name=candidate.name)
    return None


def mapping_in(text: str, *, name: str) -> Mapping:
    """The mapping that a YAML (or JSON) text says. Raises BadMapping."""
    try:
        return read_mapping(yaml.safe_load(text))
    except (yaml.YAMLError, RecursionError) as error:
        raise BadMapping([f"{name} is not YAML: {' '.join(str(error).split())[:300]}"]) from None


def put_away(path: str, *, to: str, number: int, status: tuple[int, int], reports: dict[str, str]) -> None:
    """Move the file into `done` or `failed` beside it, with its reports ({ending: text}).

    The file stays where it is if it is another one by now than the one of this status (size, changed in Unix ms);
    one that is gone is gone. Doing it twice does no more than doing it once.
    """
    file = Path(settings.IMPORT_FOLDER) / path
    target = file.parent / to
    target.mkdir(exist_ok=True)
    if target.is_symlink():
        raise NotADirectoryError(f"{target} is a link")
    name = file.name if not (target / file.name).exists() else f"{number}-{file.name}"
    for ending, text in reports.items():
        (target / f"{name}.{ending}").write_text(text, encoding="utf-8")
    with contextlib.suppress(FileNotFoundError):
        found = os.stat(file, follow_symlinks=False)
        if (found.st_size, _milliseconds(found)) == status:
            file.rename(target / name)


def status_of(status: os.stat_result) -> tuple[int, int]:
    """A file's size, and when it was last changed in Unix milliseconds."""
    return status.st_size, _milliseconds(status)


def _milliseconds(status: os.stat_result) -> int:
    return status.st_mtime_ns // 1_000_000


def _descriptor(file: Path) -> int:
    return os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _is_mapping(name: str) -> bool:
    return name.endswith((MAPPING, "mapping.json"))
