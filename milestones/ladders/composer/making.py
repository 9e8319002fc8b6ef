"""New ladders: empty for a role, or from a YAML file."""

from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from milestones.ladders.composer.fields import said
from milestones.ladders.document import DEFAULT_PRECEDENCE, Document, DocumentError
from milestones.ladders.exchange import Imported, import_ladder
from milestones.ladders.models import Ladder, Role
from milestones.ladders.yaml_text import LARGEST, load
from milestones.library.content import LONGEST_NAME
from milestones.library.criteria import CriterionError, parse_rule, to_data
from milestones.library.criterion_form import read_form
from milestones.library.keys import key_from
from milestones.library.problems import Problem, storable
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member

NEW_ROLE = "new:"  # no key looks like it
# Pages stand at these addresses.
TAKEN_KEYS = ("new", "import", "packs")


@dataclass
class Asked:
    """What the form for a new ladder says, and what is wrong with it, by field."""

    name: str = ""
    role: str = ""
    role_name: str = ""
    rule: Document = field(default_factory=lambda: {"everyone": True})
    errors: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)  # of the rule


def read(post: QueryDict) -> Asked:
    """The form, checked. `errors` and `problems` are empty when a ladder can be made of it."""
    asked = Asked(
        name=post.get("name", "").strip(),
        role=post.get("role", ""),
        role_name=post.get("role_name", "").strip(),
        rule=read_form(post, "rule", "rule"),
    )
    _name(asked, "name", asked.name, _("Write a name, for example “Administrators: first 14 days”."))
    if asked.role != NEW_ROLE:
        if not storable(asked.role) or not Role.objects.filter(key=asked.role).exists():
            asked.errors["role"] = [_("Choose whom the ladder is for.")]
        return asked
    _name(asked, "role_name", asked.role_name, _("Write the role’s name, for example “Administrator”."))
    try:
        asked.rule = to_data(parse_rule(asked.rule))
    except CriterionError as error:
        asked.problems = list(error.problems)
    return asked


def make(asked: Asked, *, by: Member) -> Ladder:
    """The new ladder, with nothing in it, and its role if that is new too."""
    if asked.role == NEW_ROLE:
        taken = set(Role.objects.values_list("key", flat=True)) | {"new", "order"}
        key = key_from(asked.role_name, taken=taken, otherwise="role")
        role = Role.objects.create(key=key, name=asked.role_name, rule=asked.rule, precedence=DEFAULT_PRECEDENCE)
        Entry.record(by=by, action="role.made", target=role)
    else:
        role = Role.objects.get(key=asked.role)
    key = key_from(asked.name, taken={*Ladder.objects.values_list("key", flat=True), *TAKEN_KEYS}, otherwise="ladder")
    ladder = Ladder.objects.create(key=key, name=asked.name, role=role)
    Entry.record(by=by, action="ladder.made", target=ladder)
    return ladder


def bring(data: bytes, *, by: Member) -> Imported:
    """The ladder that a YAML file describes. Raises DocumentError with every problem and its line."""
    if len(data) > LARGEST:
        words = _("is %(n)s bytes long; at most %(most)s are read")
        long = {"n": number_format(len(data)), "most": number_format(LARGEST)}
        raise DocumentError([Problem("", words % long)])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError([Problem("", _("is no text in UTF-8; save the file in that encoding"))]) from error
    return bring_document(load(text), by=by)


def bring_document(document: Document, *, by: Member) -> Imported:
    """The ladder that a canonical document describes. Raises DocumentError."""
    if document["key"] in TAKEN_KEYS:
        raise DocumentError(
            [Problem("key", _("%(key)r is kept for a page of Firstmile; use another key") % {"key": document["key"]})]
        )
    return import_ladder(document, by=by)


def rename(ladder: Ladder, name: str, *, by: Member) -> bool:
    """Give the ladder another name, under which its published versions are shown too. Its key stays."""
    before = ladder.name
    if name == before:
        return False
    ladder.name = name
    ladder.save(update_fields=["name"])
    Entry.record(by=by, action="ladder.renamed", target=ladder, before=before, after=name)
    return True


def _name(asked: Asked, where: str, name: str, empty: str) -> None:
    if not name:
        asked.errors[where] = [empty]
    elif len(name) > LONGEST_NAME:
        asked.errors[where] = [
            _("This is %(n)d characters long; at most %(most)d fit.") % {"n": len(name), "most": LONGEST_NAME}
        ]
    elif not storable(name):
        asked.errors[where] = [said(Problem(where, _("contains a character that cannot be kept")))]
