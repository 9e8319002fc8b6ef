"""Which people of those who began a figure counts."""

from enum import StrEnum


class State(StrEnum):
    """- `began` everybody; `watched` who has been watched for the whole window, `too-new` who has not;
    - `mature` and `immature` the same of those who began on a version with the latest one's funnel;
    - `followed` who has been watched for any whole time, `unfollowed` who has not;
    - `reached` who reached the rung in the window (in order), `stuck` who reached the step before it and not the rung;
    - `waiting` who is on the way to the rung, `done` who has reached it in whatever order and at any time,
      `done-in-time` who was watched for the window and reached it in it, in whatever order;
    - `value` who was watched for the window and reached first value in it, `value-so-far` who reached it in the window,
      watched for all of it or not, `has-value` who reached it at any time, `no-value` who is on the way to it;
    - `at-risk` who has been watched for the window and had not reached first value before its end;
    - `passed` the latest who passed the step, from whom its usual time is told, whenever they began;
    - `finished` who reached every rung in the window;
    - `elsewhere` who climbs a version with another funnel; `by-hand` who has a completion that a member recorded;
    - `early` and `not-early`, who had and who had not done the rung by the landmark of the early steps.
    """

    BEGAN = "began"
    WATCHED = "watched"
    TOO_NEW = "too-new"
    MATURE = "mature"
    IMMATURE = "immature"
    FOLLOWED = "followed"
    UNFOLLOWED = "unfollowed"
    REACHED = "reached"
    STUCK = "stuck"
    WAITING = "waiting"
    DONE = "done"
    DONE_IN_TIME = "done-in-time"
    PASSED = "passed"
    VALUE = "value"
    VALUE_SO_FAR = "value-so-far"
    HAS_VALUE = "has-value"
    NO_VALUE = "no-value"
    AT_RISK = "at-risk"
    FINISHED = "finished"
    ELSEWHERE = "elsewhere"
    BY_HAND = "by-hand"
    EARLY = "early"
    NOT_EARLY = "not-early"


OF_THE_FUNNEL = (State.MATURE, State.IMMATURE, State.REACHED, State.STUCK)  # told from the ordered funnel
OF_A_STEP = (State.REACHED, State.STUCK, State.PASSED)  # of the latest funnel
OF_A_RUNG = (*OF_A_STEP, State.WAITING, State.DONE, State.DONE_IN_TIME, State.EARLY, State.NOT_EARLY)
WHOEVER_HAS_THE_RUNG = (State.WAITING, State.DONE, State.DONE_IN_TIME)  # on its version
BY_THE_LANDMARK = (State.EARLY, State.NOT_EARLY)
# Of those who have been watched for the whole window, and of the others.
MATURE = (
    *(State.WATCHED, State.MATURE, State.REACHED, State.STUCK),
    *(State.DONE_IN_TIME, State.VALUE, State.FINISHED, State.AT_RISK),
)
IMMATURE = (State.TOO_NEW, State.IMMATURE)
