"""Ladder documents for tests: one by hand, and random ones."""

import copy
import json

from hypothesis import strategies as st

from milestones.ladders.document import PHASES, Document, read
from milestones.library.criteria import EventCondition, to_data
from milestones.library.periods import period_text
from tests.milestones.library.strategies import criteria, names, periods, property_conditions, rules, texts


def two_rungs() -> Document:
    """A small publishable ladder, in the canonical form."""
    return read(
        {
            "ladder": {
                "key": "admins",
                "name": "Administrators",
                "role": {"key": "administrator", "name": "Administrator", "rule": {"trait": "role", "equals": "admin"}},
                "title": "Get set up",
                "start": {"event": "Signed Up"},
                "rungs": [
                    {
                        "milestone": {
                            "key": "connect-source",
                            "name": "Connect a data source",
                            "purpose": "Nothing can be shown without data.",
                            "criterion": {"event": "Source Connected"},
                            "unlock": "dashboards",
                            "minutes": 5,
                        },
                        "phase": "quick wins",
                        "due_after": "3 days",
                    },
                    {
                        "milestone": {
                            "key": "invite-team",
                            "name": "Invite your team",
                            "criterion": {"event": "Invite Sent", "at_least": 2, "within": "14 days"},
                            "messages": {"help": "Teams of three keep going.", "in_app": "Who else should see this?"},
                        },
                        "phase": "core",
                        "prerequisites": ["connect-source"],
                        "first_value": True,
                    },
                ],
            }
        }
    )


def changed(document: Document, **fields) -> Document:
    """The document with other values of its own fields, canonical again."""
    return read({"ladder": {**copy.deepcopy(document), **fields}})


keys = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
lines = texts.map(str.strip)
long_texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\r") | st.sampled_from("\n :-#'\"|>&*!%@`"),
    max_size=40,
).map(str.strip)
whole = long_texts.filter(lambda text: "{{" not in text and "}}" not in text)  # half a variable is a problem
messages = whole | st.just("Hello {{ first_name | there }}")
marks = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)


def translations(**texts):
    """Of some texts in some languages; a few of them made from another state of the original."""
    languages = st.sampled_from(["de", "ar", "ja"])
    said = st.fixed_dictionaries(
        {}, optional={**texts, "made_from": st.fixed_dictionaries({}, optional=dict.fromkeys(texts, marks))}
    )
    return st.dictionaries(languages, said, max_size=2)


stories = st.fixed_dictionaries(
    {"text": long_texts.filter(bool)},
    optional={
        "who": lines,
        "role": lines,
        "industry": lines,
        "translations": translations(text=long_texts, who=long_texts),
    },
)
paths = st.from_regex(r"/[a-z0-9/?=&-]{0,12}", fullmatch=True).filter(lambda path: not path.startswith("//"))


@st.composite
def milestones(draw, key):
    return {
        "key": key,
        "name": draw(names),
        "criterion": to_data(draw(criteria())),
        **draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "purpose": long_texts,
                    "expected_actions": st.lists(names, max_size=2),
                    "risks": st.lists(names, max_size=2),
                    "unlock": keys,
                    "tip": long_texts,
                    "value_statement": long_texts,
                    "action_label": lines,
                    "action_url": paths,
                    "minutes": st.integers(1, 600),
                    "tags": st.fixed_dictionaries({}, optional={"size": st.lists(names, max_size=2)}),
                    "messages": st.fixed_dictionaries({}, optional={"email": messages, "help": messages}),
                    "translations": translations(name=lines, tip=long_texts),
                },
            )
        ),
    }


@st.composite
def documents(draw, ladder_keys=keys) -> Document:
    rung_keys = draw(st.lists(keys, unique=True, max_size=4))
    first_value = draw(st.sampled_from([None, *rung_keys]))
    start = draw(st.none() | st.builds(EventCondition, names, st.lists(property_conditions, max_size=1).map(tuple)))
    return read(
        {
            "ladder": {
                "key": draw(ladder_keys),
                "name": draw(names),
                "role": {
                    "key": draw(keys),
                    "name": draw(names),
                    "rule": to_data(draw(rules())),
                    "precedence": draw(st.integers(0, 200)),
                },
                "title": draw(lines),
                "value_proposition": draw(long_texts),
                "kickoff": draw(long_texts),
                "new_steps_a_session": draw(st.none() | st.integers(1, 20)),
                "stories": draw(st.lists(stories, max_size=2)),
                "impact": draw(st.fixed_dictionaries({}, optional={"before": messages, "after": messages})),
                "translations": draw(translations(title=lines, kickoff=long_texts)),
                "start": to_data(start) if start else None,
                "funnel": draw(st.permutations(rung_keys).map(lambda order: order[:2])),
                "rungs": [
                    {
                        "milestone": draw(milestones(key)),
                        "phase": draw(st.sampled_from(PHASES)),
                        "due_after": draw(st.none() | periods.map(period_text)),
                        "spacing": draw(st.none() | periods.map(period_text)),
                        "prerequisites": draw(st.sets(st.sampled_from(rung_keys[:n])).map(sorted)) if n else [],
                        "first_value": key == first_value,
                    }
                    for n, key in enumerate(rung_keys)
                ],
            }
        }
    )


def through_json(document: Document) -> Document:
    return json.loads(json.dumps(document))
