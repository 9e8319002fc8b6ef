"""What of the log counts for which signal, and which senders' kept evidence is not that."""

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from onboarding.progress.plan import Plan, by_event
from onboarding.progress.rebuild.columns import NUMBER, TEXT


def with_earlier(logged: pa.Table, earlier: pa.Table, begins: int) -> tuple[pa.Table, list[str]]:
    """What counts: what the log says, and besides what is kept from before it begins.

    Also the senders of whom the log still says something from before, where a clock ran behind, that is not kept.
    """
    same = ["key", "signal", "at", "message_id"]
    besides = earlier.join(logged.select(same), keys=same, join_type="left anti")
    old = logged.filter(pc.less(logged.column("at"), begins))
    lost = old.join(earlier.select([*same, "account"]), keys=[*same, "account"], join_type="left anti")
    columns = logged.column_names
    return pa.concat_tables([logged, besides.select(columns)]), list(pc.unique(lost.column("key")).to_pylist())


def activity_of(evidence: pa.Table, plan: Plan) -> pa.Table:
    """The rows that count for a signal, once for each, with the signal's place among the plan's in order.

    Conditions are judged by the very operators of the engine, once for each different text of properties.
    """
    numbers = {signal: number for number, signal in enumerate(sorted(plan.signals))}
    found = [_counting(evidence.slice(0, 0), 0)]
    for place, (_, conditions) in enumerate(sorted(by_event(plan.signals.values()).items()), 1):
        of_event = evidence.filter(pc.equal(evidence.column("place"), place))
        if any(condition.where for condition in conditions):
            texts = of_event.column("properties").combine_chunks().dictionary_encode()
            said = [orjson.loads(text) for text in texts.dictionary.to_pylist()]
        for condition in conditions:
            number = numbers[condition.signal]
            if not condition.where:
                found.append(_counting(of_event, number))
                continue
            fitting = [n for n, properties in enumerate(said) if condition.matches(properties)]
            mask = pc.is_in(texts.indices, value_set=pa.array(fitting, texts.indices.type))
            found.append(_counting(of_event.filter(mask), number))
    return pa.concat_tables(found)


def _counting(rows: pa.Table, signal: int) -> pa.Table:
    signals = pa.repeat(pa.scalar(signal, NUMBER), rows.num_rows)
    return rows.select(["key", "at", "message_id", "account", "hash"]).add_column(1, "signal", signals)


def differing(activity: pa.Table, kept: pa.Table, signals: list[str]) -> list[str]:
    """The senders for which number and sum of hashes of some signal's rows differ."""
    said = activity.group_by(["key", "signal"]).aggregate([("hash", "count"), ("hash", "sum")])
    number = pc.index_in(kept.column("signal"), value_set=pa.array(signals, TEXT)).cast(NUMBER)
    number = pc.fill_null(number, -1)
    both = said.join(kept.set_column(1, "signal", number), keys=["key", "signal"], join_type="full outer")
    same = pc.and_(
        pc.equal(both.column("hash_count"), both.column("n")), pc.equal(both.column("hash_sum"), both.column("hash"))
    )
    return list(pc.unique(both.filter(pc.invert(pc.fill_null(same, False))).column("key")).to_pylist())
