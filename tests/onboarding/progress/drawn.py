"""Ladders of every kind, drawn for property tests: other rungs, orders, criteria, roles, starts, unlocks."""

from hypothesis import strategies as st

from milestones.ladders.document import Document, read

CRITERIA = [
    {"event": "Connected"},
    {"event": "Connected", "at_least": 2},
    {"event": "Invited", "where": [{"property": "kind", "equals": "team"}]},
    {"event": "Reported", "at_least": 2, "within": "3 hours"},
    {"event": "Reported", "at_least": 2, "within": "2 hours", "of": "opening"},
    {"event": "Reported", "of": "opening"},
    {"trait": "plan", "in": ["pro", "team"]},
    {
        "any": [
            {"trait": "plan", "equals": "pro"},
            {"all": [{"event": "Connected", "at_least": 2}, {"event": "Invited"}]},
        ]
    },
]
RULES = [
    {"everyone": True},
    {"everyone": True},
    {"trait": "role", "equals": "admin"},
    {"trait": "plan", "equals": "pro"},
]
STARTS = [None, {"event": "Signed Up"}, {"event": "Signed Up"}, {"event": "Arrived"}]
RUNGS = ["connect", "invite", "report", "grow"]
LADDERS = {"first": ["admin", "admin", "power"], "second": ["other", "other", "admin"]}


@st.composite
def documents(draw, key: str) -> Document:
    """A whole ladder under this key, ready to be published."""
    keys = draw(st.permutations(RUNGS))[: draw(st.integers(1, len(RUNGS)))]
    role = draw(st.sampled_from(LADDERS[key]))
    valued = draw(st.sampled_from(keys))
    ladder = {
        "key": key,
        "name": key.title(),
        "role": {
            "key": role,
            "name": role.title(),
            "rule": draw(st.sampled_from(RULES)),
            "precedence": draw(st.sampled_from([10, 50, 90])),
        },
        "title": key.title(),
        "start": draw(st.sampled_from(STARTS)),
        "funnel": draw(st.permutations(keys))[: draw(st.integers(1, len(keys)))],
        "rungs": [
            {
                "milestone": {
                    "key": rung,
                    "name": rung.title(),
                    "criterion": draw(st.sampled_from(CRITERIA)),
                    "unlock": draw(st.sampled_from(["", "boards", "limits"])),
                },
                "phase": "core",
                "first_value": rung == valued,
                # What stands above a rung may come before it.
                "prerequisites": [above for above in keys[:place] if draw(st.integers(0, 3)) == 0],
            }
            for place, rung in enumerate(keys)
        ],
    }
    return read({"ladder": {field: value for field, value in ladder.items() if value is not None}})
