"""Every metric once: what it is called, what it says in plain words, how it is reckoned, and whom it leaves out."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from analytics.metrics.told import Told


@dataclass(frozen=True)
class Metric:
    """`version` rises when the formula changes, so that figures told earlier can be told apart.

    `history` says of each version from the second on what it changed, in English. `window_days` is the window of a
    metric that has one of its own, whatever window is asked for.
    """

    key: str
    name: Told = Told()
    sentence: Told = Told()
    formula: Told = Told()
    unit: Told = Told()
    excludes: Told = Told()
    version: int = 1
    history: tuple[str, ...] = ()
    window_days: int | None = None

    @property
    def changes(self) -> tuple[tuple[int, str], ...]:
        """What each version after the first changed, the newest first."""
        return tuple(reversed([(version, gettext(said)) for version, said in enumerate(self.history, start=2)]))


# A whole ladder takes longer than first value; the texts below say so many, too.
COMPLETION_DAYS = 30
_IMMATURE = _(
    "People who began too lately to have been watched for the whole window; they are counted as still on the way."
)

METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            "began",
            _("Started a ladder"),
            _("How many people began a journey on the ladder."),
            _("Σ n of cells with the measure began, by cohort day"),
            _("people"),
            _("Nobody."),
        ),
        Metric(
            "activation",
            _("Activation"),
            _("Of the people who could be watched for the whole window, the share who reached first value in it."),
            _(
                "reached first value within W days ÷ began, over cohort days watched for W days; Wilson's 95% "
                "interval. "
                "First value is the first-value rung of the version that they were on by then."
            ),
            _("share of people"),
            _IMMATURE,
            version=2,
            history=(
                _(
                    "People who were moved to a later version count by the first-value rung of the version that they "
                    "were "
                    "on by then; before, by the one of the version that they began on."
                ),
            ),
        ),
        Metric(
            "time_to_first_value",
            _("Time to first value"),
            _("The time by which half of everybody who began has reached first value."),
            _(
                "Median of the Kaplan–Meier curve of the time from the start of the journey to first value, on the "
                "version "
                "that they were on by then; whoever has not reached it is censored at the end of their follow-up, "
                "which "
                "is counted from the end of the day on which they began. Times are rounded up to steps of at most 4% "
                "(of a "
                "second in the first five minutes). Greenwood's variance, 95% log-log intervals. “Not yet reached” "
                "while "
                "fewer than half have got there."
            ),
            _("time since beginning"),
            _("People who began on a day that is not over yet."),
            version=3,
            history=(
                _(
                    "People who were moved to a later version count by the first-value rung of the version that they "
                    "were "
                    "on by then; before, by the one of the version that they began on."
                ),
                _(
                    "Times are rounded up to steps of at most 4%; before, to whole seconds in the first hour and three "
                    "digits beyond."
                ),
            ),
        ),
        Metric(
            "rung_conversion",
            _("Rung conversion"),
            _("Of the people who began, the share who reached the rung within the window."),
            _(
                "reached the rung within W days ÷ began, over cohort days watched for W days; Wilson's 95% interval. "
                "In "
                "the ordered funnel each step must come after the one before it, and one event serves one step."
            ),
            _("share of people"),
            _(
                "People who began too lately to have been watched for the whole window; they are counted as still on "
                "the way. People who began on a version that lacks the rung, or whose funnel has another order."
            ),
        ),
        Metric(
            "drop_off",
            _("Drop-off"),
            _("The step of the ladder's funnel at which most people stop."),
            _(
                "the largest of (reached the step before − reached this step) within W days; called clear when its "
                "share "
                "of the two largest losses leaves out one half (Wilson's 99% interval)"
            ),
            _("people"),
            _IMMATURE,
        ),
        Metric(
            "ladder_completion",
            _("Ladder completion"),
            _("Of the people who could be watched for 30 days, the share who reached every rung in them."),
            _(
                "finished within 30 days ÷ began, over cohort days watched for 30 days, whatever window is asked for, "
                "as a whole ladder takes longer than first value; Wilson's 95% interval. Whoever was moved has "
                "finished with the first version of which they reached every rung."
            ),
            _("share of people"),
            _("People who began too lately to have been watched for 30 days; they are counted as still on the way."),
            version=3,
            history=(
                _(
                    "People who were moved have finished with the first version of which they reached every rung; "
                    "before, "
                    "only with the version that they began on."
                ),
                _("Always within 30 days; before, only the page told it so, and programs within the window asked for."),
            ),
            window_days=COMPLETION_DAYS,
        ),
        Metric(
            "cohort_activation",
            _("Activation by cohort"),
            _("Of the people who began in the same week or month, the share who had reached first value at each age."),
            _("reached first value within A days ÷ began, for cohorts of which everybody has been watched for A days"),
            _("share of people"),
            _("Cells of cohorts of which anybody has not been watched so long; they are marked, never zero."),
        ),
        Metric(
            "restricted_mean",
            _("Mean wait for first value"),
            _("How long people wait for first value on average, counting no wait beyond the window."),
            _(
                "area under the Kaplan–Meier curve from 0 to W days, everybody in it; normal 95% interval from "
                "Greenwood's sum, cut to what is possible."
            ),
            _("time"),
            _(
                "Nobody. Whoever is still on the way counts up to the end of their follow-up. None is told for a "
                "window that nobody has been watched for."
            ),
        ),
        Metric(
            "how_it_ends",
            _("How it ends"),
            _("What has become of people by each age: first value reached, left before it, or still on the way."),
            _(
                "cumulative incidence (Aalen–Johansen) of first value and of leaving as competing ends, over "
                "everybody who began; 95% intervals on the log-log scale. Leaving is to be erased; it counts at "
                "the end of the day after it. Where people have left, the share who reached first value may "
                "differ a little from that of the curve, in which they stay among those who wait."
            ),
            _("share of people"),
            _("Nobody. While fewer than five have left, they are not told apart from those on the way."),
        ),
        Metric(
            "time_to_convert",
            _("Time to convert"),
            _("How long those who reached a step of the funnel took from the step before."),
            _(
                "of those who reached the step in order within W days of beginning and have been watched for W "
                "days: time since the step before (or the beginning), in ceil(n^(1/3)) bins of equal width, "
                "between 1 and 60; bins of fewer than five people are joined with their neighbours. Median of "
                "the same times. Of more than 5,000 people who began, the latest."
            ),
            _("time"),
            _(
                "Whoever has not reached the step: it is of those who did, and says nothing of the others. "
                "People on versions whose funnel has other steps. Steps that fewer than five people reached."
            ),
        ),
        Metric(
            "forecast",
            _("Forecast of activation"),
            _(
                "What share of the newest cohorts will have reached first value by day N, and how earlier forecasts "
                "did."
            ),
            _(
                "(reached + Σ waiting · (1 − S(N)/S(age))) ÷ began, for the weeks (months from N = 61 on) of which not "
                "everybody has been watched for N days; S is the Kaplan–Meier curve of who began in as many days up "
                "to the day as of which it is told as the period has, whenever that was, or in 3 N days if that is "
                "longer. 95% prediction interval by joint sampling, in whole people. Back-test: the "
                "same "
                "as of the last eight ends of weeks (or months) whose people have been watched for N days since; "
                "coverage, "
                "mean absolute error and bias over their cohorts."
            ),
            _("share of people"),
            _(
                "Nobody of the cohorts, which are the newest as of the day, whatever period is asked for. Whoever "
                "began is counted as of the end of their follow-up. It assumes that "
                "they go "
                "on as those before them did; none is told beyond the time for which anybody has been watched."
            ),
        ),
        Metric(
            "nps",
            _("Net promoter score"),
            _("The share of people who would recommend the product (9 or 10), less the share who would not (0 to 6)."),
            _(
                "100 · (promoters − detractors) ÷ people who answered in the period; of each person the last answer in "
                "it "
                "counts. Tango's 95% score interval. A trait's value is the one at the start of the journey."
            ),
            _("points from −100 to 100"),
            _(
                "People who did not answer: who answers is no random sample. Answers of people who have not begun the "
                "ladder; how many these are is told. There is no score below 5 people."
            ),
        ),
        Metric(
            "expansion",
            _("Expansion of accounts"),
            _("Whether accounts grew in a value, such as seats, in the 30 days after their first person began."),
            _(
                "Of accounts whose first person on the ladder began in the period, at least 30 days ago: the share "
                "with a "
                "higher, the same and a lower value on day 30 than at the start, with Wilson's 95% intervals; net "
                "change = "
                "Σ value on day 30 ÷ Σ value at the start − 1, without an interval. Growth is claimed of at least 30 "
                "accounts of which clearly more have a higher than a lower value (sign test, Wilson's 99% interval). A "
                "value is the last that was said by then; at the start, if none had been, the first said within a day."
            ),
            _("share of accounts"),
            _(
                "Accounts that are younger than 30 days. Accounts of which no number was known at the start; they are "
                "counted. Accounts without a person on the ladder."
            ),
        ),
        Metric(
            "segment_pace",
            _("Pace by segment"),
            _("Whether people with different values of a trait reach first value at a different pace."),
            _(
                "log-rank test over segments of at least 30 people; clear when p < 1/300, after Bonferroni's "
                "correction for the number of traits looked at. The fastest is named where it is clearly ahead of the "
                "next. A trait's value is the one at the start of the journey. It shows an association, not a cause."
            ),
            _("p"),
            _("Segments of fewer than 30 people; those of fewer than 5 are not shown at all."),
            version=2,
            history=(_("A claim needs p < 1/300 instead of 0.01, and the fastest to be clearly ahead of the next."),),
        ),
        Metric(
            "early_steps",
            _("Early steps and first value"),
            _("Whether people who had done a step in the first days reach first value sooner than those who had not."),
            _(
                "Landmark analysis: of those without first value at day L (a quarter of the window, at least 1), who "
                "had "
                "done the step by day L against who had not; log-rank test and Kaplan–Meier share from day L to the "
                "window's end. Clear when p < 1/300 after Bonferroni's correction for the steps looked at. It shows an "
                "association, not a cause: whoever is keen or has an easier start does more early and gets there "
                "sooner "
                "anyway."
            ),
            _("share of people, p"),
            _(
                "People who reached first value by day L or have not been watched until then; steps that fewer than 30 "
                "people had done, or had not; people on versions whose funnel has other steps; of more than 5,000 "
                "people, "
                "those who began first."
            ),
            version=2,
            history=(_("A claim needs p < 1/300 instead of 0.01: a page makes up to fifteen of them."),),
        ),
        Metric(
            "stuck",
            _("Stuck people"),
            _("Who waits before a step of the funnel longer than nine of ten took of those who passed it."),
            _(
                "waiting = now − the later of beginning and the last of the steps before, all of them reached; usual = "
                "the "
                "90th percentile of that wait among the latest 500 who passed the step; stuck when waiting > usual. "
                "Nobody "
                "is called stuck before a step that fewer than 30 have passed."
            ),
            _("people"),
            _(
                "People within the usual time; people on a version whose funnel has other steps. Those who were helped "
                "over the step by hand, or did it before the steps before it, do not tell what is usual."
            ),
        ),
        Metric(
            "version_change",
            _("Before and after a version"),
            _("Whether people who began after a version was published reach first value at another pace than before."),
            _(
                "log-rank test between people who began on the version before, up to one period before the "
                "publication, "
                "and people who began on the new one since; clear when p < 1/300. Other things may have changed at the "
                "same time; if people were moved, those who began before profit from the new version too."
            ),
            _("p"),
            _("People who began outside of one period before and after the publication."),
            version=2,
            history=(_("A claim needs p < 1/300 instead of 0.01: a page makes up to fifteen of them."),),
        ),
        Metric(
            "retention",
            _("Retention"),
            _("Of the people who began, the share who were active so many days, weeks or months after beginning."),
            _(
                "active in period N ÷ began, over cohort days for which period N is over; Wilson's 95% interval. Active"
                " is any page, screen or track message, or a key workflow. “On”: in that very period; “on or after”: in"
                " it or in a later one that is over. By each person's own start week 0 is days 0 to 6 and month 0 days "
                "0 to 29, with the day of the start as day 0; by the calendar weeks begin on Monday. Days are the "
                "workspace's."
            ),
            _("share of people"),
            _(
                "People for whom the period is not over yet; cells in which there are any are marked, never zero. What "
                "happened before the start. Periods that still run."
            ),
        ),
        Metric(
            "feature_activation",
            _("Activation of an unlocked feature"),
            _(
                "Of the people for whom a feature was unlocked, the share who used it within so many days of that, and "
                "the time until half of them had."
            ),
            _(
                "used within D days after the day of the unlock (day 0) ÷ unlocked, over days of unlock that have been "
                "watched for D days more; Wilson's 95% interval. Time to first use: median of the Kaplan–Meier curve in"
                " whole days, whoever has not used it censored on the last whole day. "
                "Beyond 90 days both are told in thirties. A use is an event of the key "
                "workflow that the feature's page names, after the moment of the unlock."
            ),
            _("share of people"),
            _(
                "People whose unlock is too recent. Uses up to the moment of the unlock, so also the event that brought"
                " it. Features of which no use is declared. Grants by hand."
            ),
        ),
        Metric(
            "repeat_usage",
            _("Repeat usage of key workflows"),
            _("Of the people who did a key workflow, the share who did it again on another day."),
            _(
                "did it on two days or more of the first W days from the first time on ÷ did it at all since beginning,"
                " over days of first use that have been watched for W days; Wilson's 95% interval. Beside it, reach: "
                "the share of those who began who did it in their first W days. W is 7, 14, 30, 60 or 90."
            ),
            _("share of people"),
            _("People whose first time is too recent. What happened before the start."),
        ),
        Metric(
            "engagement_depth",
            _("Engagement depth"),
            _("On how many days people are active after beginning, and how many different key workflows they do."),
            _(
                "median and distribution of the number of active days, and of different key workflows, in the first W "
                "days (the day of the start included), over cohort days that have been watched for W days; who was "
                "never active counts as none. W is 7, 14, 30, 60 or 90."
            ),
            _("days; workflows"),
            _(
                "People who began too lately to have been watched for the whole window; they are counted as still on "
                "the way. Archived key workflows."
            ),
        ),
    )
}
