"""What a cell counts. Pure, so that arithmetic on cells needs no database."""

from enum import StrEnum


class Measure(StrEnum):
    """`began`, `value` (first value) and `finished` are of the whole ladder and have no rung.

    `in_order` is of the ordered funnel.
    """

    BEGAN = "began"
    COMPLETED = "completed"
    IN_ORDER = "in_order"
    VALUE = "value"
    FINISHED = "finished"


# How fast people reach first value and the end of the ladder rests on these.
PACES = (Measure.BEGAN, Measure.VALUE, Measure.FINISHED)
