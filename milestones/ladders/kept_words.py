"""What was written down about ladders, in the reader's language.

A change of a draft, what an import did, why a schedule failed: such words are kept in English, whoever caused them, for
they are read by members of every language and by programs. Here they are recognised and said anew; words of no known
form stay as they are.
"""

import re
from functools import cache

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_noop as _

from milestones.ladders.phase_names import NAMES as PHASES
from milestones.ladders.phase_names import phase_name
from workspaces.tenants.languages import LANGUAGES

# The first that fits counts: those with a word more stand above.
FORMS = (
    _("Changed the title"),
    _("Changed the value proposition"),
    _("Changed the kickoff"),
    _("Changed what done looks like"),
    _("Changed what this version changes"),
    _("Changed when a journey starts"),
    _("Changed how many new steps a session shows"),
    _("Changed the text before the first value"),
    _("Changed the text after it"),
    _("Changed %(count)s texts of the ladder"),
    _("Added a customer story"),
    _("Changed the story of %(name)s"),
    _("Changed a story"),
    _("Removed the story of %(name)s"),
    _("Removed a story"),
    _("Changed %(count)s fields of %(name)s"),
    _("Changed the purpose of %(name)s"),
    _("Changed the expected actions of %(name)s"),
    _("Changed the risks of %(name)s"),
    _("Changed when %(name)s is done"),
    _("Changed what %(name)s unlocks"),
    _("Changed why %(name)s matters"),
    _("Changed the tip of %(name)s"),
    _("Changed the video of %(name)s"),
    _("Changed what %(name)s adds"),
    _("Changed the button of %(name)s"),
    _("Changed where %(name)s leads"),
    _("Changed how long %(name)s takes"),
    _("Changed when %(name)s is due"),
    _("Changed the spacing of %(name)s"),
    _("Changed what %(name)s opens after"),
    _("Changed whether %(name)s counts in the funnel"),
    _("Changed the messages of %(name)s"),
    _("Changed the tags of %(name)s"),
    _("Changed something of %(name)s"),
    _("Renamed %(name)s to %(new)s"),
    _("Marked %(name)s as first value"),
    _("Took the first-value mark off %(name)s"),
    _("Moved %(name)s up into %(phase)s"),
    _("Moved %(name)s down into %(phase)s"),
    _("Moved %(name)s to another place"),
    _("Moved %(name)s to %(phase)s"),
    _("Moved %(name)s up"),
    _("Moved %(name)s down"),
    _("Added %(name)s"),
    _("Duplicated %(name)s"),
    _("Removed %(name)s; %(names)s no longer waits for it"),
    _("Removed %(name)s; %(names)s no longer wait for it"),
    _("Removed %(name)s"),
    _("Took over %(name)s from the library"),
    _("Saved %(name)s to the library"),
    _("Translated %(text)s of %(name)s into %(language)s"),
    _("Took away the %(language)s of %(text)s of %(name)s"),
    _("Went back to version %(number)s"),
    _("Brought the discarded draft back"),
    _("Imported a document"),
    _("Changed by a program"),
    _("Made from the discovery %(name)s"),
    _("role %(key)s added"),
    _("role %(key)s changed"),
    _("ladder %(key)s added"),
    _("ladder %(key)s changed"),
    _("milestone %(key)s added"),
    _("milestone %(key)s changed"),
    _("draft of version %(number)s changed"),
    _("draft begun"),
    _("The draft was changed after it was scheduled; look at it and schedule it again."),
    _("Whoever scheduled it is no longer a member of this workspace; another member can publish it."),
    _("%(member)s is no longer a member of this workspace; another member can publish it."),
    _("%(member)s may no longer publish; ask somebody who may."),
    _("%(member)s is archived; take it back into use first."),
    _("%(name)s, version %(number)s"),
    _("command line"),
)
# Of a translated text: which it is.
TEXTS = (
    _("the title"),
    _("the value proposition"),
    _("the kickoff"),
    _("what done looks like"),
    _("the text before the first value"),
    _("the text after it"),
    _("the words"),
    _("the teller"),
    _("the name"),
    _("the cue"),
    _("the tip"),
    _("the value"),
    _("the button"),
    _("the in-app message"),
    _("the e-mail’s subject"),
    _("the e-mail"),
    _("the help article"),
)
FROM_A_FILE = re.compile(r"Translated (\d+) texts? from a file")
_WITHIN = {
    "count": r"\d+",
    "number": r"\d+",
    "key": "[a-z0-9-]+",
    "phase": "|".join(PHASES),
    "text": "|".join(map(re.escape, TEXTS)),
    "language": "|".join(language.english for language in LANGUAGES.values()),
}


def kept_words(words: str) -> str:
    """ "Moved Invite a teammate up", in the language that is active."""
    if (get_language() or "en").startswith("en"):
        return words
    if found := FROM_A_FILE.fullmatch(words):
        count = int(found[1])
        return ngettext("Translated %(count)d text from a file", "Translated %(count)d texts from a file", count) % {
            "count": count
        }
    for form, pattern in _patterns():
        if found := pattern.fullmatch(words):
            return gettext(form) % {name: _said(name, value) for name, value in found.groupdict().items()}
    return words


def owner_words(name: str) -> str:
    """What holds a text ("the ladder", "the story of Maya", a milestone's name), in the language that is active."""
    if name == "the ladder":
        return gettext("the ladder")
    if name.startswith("the story of "):
        return gettext("the story of %(name)s") % {"name": name.removeprefix("the story of ")}
    if found := re.fullmatch(r"story (\d+)", name):
        return gettext("story %(number)s") % {"number": found[1]}
    return name


def _said(name: str, value: str) -> str:
    match name:
        case "phase":
            return phase_name(value)
        case "text" | "language":
            return gettext(value)
        case "name":
            return owner_words(value)
    return value


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    def pattern(form: str) -> re.Pattern[str]:
        parts = re.split(r"%\((\w+)\)s", form)
        named = [f"(?P<{part}>{_WITHIN.get(part, '.+')})" if n % 2 else re.escape(part) for n, part in enumerate(parts)]
        return re.compile("".join(named), re.DOTALL)

    return tuple((form, pattern(form)) for form in FORMS)
