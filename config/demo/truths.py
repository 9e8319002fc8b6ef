"""What is planted in the demo's data, so that tests can ask whether the dashboards find it. Pure.

The numbers of each sentence are planted too, within chance: the generator's shares and times (companies.py) say more.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Truth:
    sentence: str
    workspace: str


@dataclass(frozen=True)
class LargestLoss(Truth):
    """In the ordered funnel within `window_days`, of people observed for that long, most are lost at `rung`."""

    ladder: str
    rung: str
    window_days: int = 14


@dataclass(frozen=True)
class FasterSegment(Truth):
    """On each of `ladders`, people with this value of the trait reach first value sooner (median) than the others."""

    ladders: tuple[str, ...]
    trait: str
    value: str


@dataclass(frozen=True)
class NoDifference(Truth):
    """On none of `ladders` does the trait make a difference to the time to first value."""

    ladders: tuple[str, ...]
    trait: str


@dataclass(frozen=True)
class FasterVersion(Truth):
    """The median time to first value fell with version `after`, from about `days_before` to about `days_after`."""

    ladder: str
    before: int
    after: int
    days_before: float
    days_after: float


@dataclass(frozen=True)
class ReturnsWithFirstValue(Truth):
    """People who reach first value within 14 days come back in week `week` after it more often than the others."""

    ladders: tuple[str, ...]
    week: int


@dataclass(frozen=True)
class HigherUptake(Truth):
    """Of two features that the ladder unlocks, `more` is used within 14 days by that share, `less` by far fewer."""

    ladder: str
    more: str
    less: str
    share_more: float
    share_less: float


@dataclass(frozen=True)
class EqualUptake(Truth):
    """The features that the ladder unlocks are used equally often."""

    ladder: str
    features: tuple[str, str]


@dataclass(frozen=True)
class StaysLonger(Truth):
    """On each of `ladders`, people with this value of the trait are active in week `week` more often than others."""

    ladders: tuple[str, ...]
    trait: str
    value: str
    week: int


@dataclass(frozen=True)
class StaysAlike(Truth):
    """On none of `ladders` does the trait make a difference to who is active in week `week`."""

    ladders: tuple[str, ...]
    trait: str
    week: int


@dataclass(frozen=True)
class RecommendedMore(Truth):
    """Of everybody who answered, people with this value of the trait give a better net promoter score than the others:
    about `score`, and the others about `others`."""

    trait: str
    value: str
    score: float
    others: float


@dataclass(frozen=True)
class Grows(Truth):
    """Of accounts that are 30 days old, about the share `more` has a higher `trait` than at first, `less` a lower."""

    trait: str
    more: float
    less: float


ALL = ("administrators", "power-users", "operators")

TRUTHS: tuple[Truth, ...] = (
    LargestLoss(
        "Administrators stop at connecting the warehouse system: a quarter of those who set up a site never do it.",
        "berthline",
        ladder="administrators",
        rung="connect-system",
    ),
    LargestLoss(
        "Power users stop between writing a rule and trying it: a quarter of those who wrote one never try it.",
        "berthline",
        ladder="power-users",
        rung="try-rule",
    ),
    LargestLoss(
        "Operators stop at choosing their alerts: a quarter of those who checked a truck in never choose any.",
        "berthline",
        ladder="operators",
        rung="choose-alerts",
    ),
    LargestLoss(
        "At Quillmark, one in five who upload a contract never invite a reviewer.",
        "quillmark",
        ladder="first-contract",
        rung="invite-reviewer",
    ),
    FasterSegment(
        "People in accounts on the scale plan take about 60% of the others' time to first value, on every ladder.",
        "berthline",
        ladders=ALL,
        trait="plan",
        value="scale",
    ),
    NoDifference(
        "The region makes no difference to the time to first value.",
        "berthline",
        ladders=ALL,
        trait="region",
    ),
    FasterVersion(
        "Since version 2 of the administrators' ladder, half of them reach first value within 5 days; it was 9.",
        "berthline",
        ladder="administrators",
        before=1,
        after=2,
        days_before=9.0,
        days_after=5.0,
    ),
    ReturnsWithFirstValue(
        "Whoever reaches first value in the first two weeks comes back in week 4 far more often than the others.",
        "berthline",
        ladders=ALL,
        week=4,
    ),
    HigherUptake(
        "Three quarters of the power users open a rule's history once they can; a quarter run a what-if.",
        "berthline",
        ladder="power-users",
        more="rule-history",
        less="what-if",
        share_more=0.75,
        share_less=0.25,
    ),
    EqualUptake(
        "At Quillmark, comparing drafts and templates are taken up by one half each.",
        "quillmark",
        ladder="first-contract",
        features=("comparison", "templates"),
    ),
    StaysLonger(
        "People in the pharma industry are active in week 4 more often than the others.",
        "berthline",
        ladders=("power-users", "operators"),
        trait="industry",
        value="pharma",
        week=4,
    ),
    StaysAlike(
        "The region makes no difference to who is active in week 4.",
        "berthline",
        ladders=ALL,
        trait="region",
        week=4,
    ),
    RecommendedMore(
        "People in accounts on the scale plan would recommend Berthline: a score of about 42, the others of about 0.",
        "berthline",
        trait="plan",
        value="scale",
        score=0.42,
        others=0.0,
    ),
    Grows(
        "A third of Berthline's accounts book docks for more trucks within their first month; few give any up.",
        "berthline",
        trait="docks",
        more=0.36,
        less=0.06,
    ),
    Grows(
        "At Quillmark as many accounts add seats as give some up.",
        "quillmark",
        trait="seats",
        more=0.18,
        less=0.18,
    ),
)
