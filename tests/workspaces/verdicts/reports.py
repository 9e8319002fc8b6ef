from datetime import UTC, datetime, timedelta

from tests.workspaces.verdicts import FORBIDDEN

REPORT, EDITION, RECIPIENT = {"pk": "report"}, {"pk": "edition"}, {"pk": "recipient"}
SOMEBODY, ACCOUNT = {"pk": "person"}, {"pk": "account"}
GONE_NOW = 410
VERDICTS = {
    "reports:index": ("get", {}, 200, 200),
    "reports:new": ("get", {}, FORBIDDEN, 200),
    "reports:report": ("get", REPORT, 200, 200),
    "reports:change": ("post", REPORT, FORBIDDEN, 422),
    "reports:pause": ("post", REPORT, FORBIDDEN, 302),
    "reports:resume": ("post", REPORT, FORBIDDEN, 302),
    "reports:removal": ("post", REPORT, FORBIDDEN, 302),
    "reports:progress": ("get", REPORT, 200, 200),
    "reports:recipients": ("post", REPORT, FORBIDDEN, 422),
    "reports:preview": ("get", REPORT, GONE_NOW, GONE_NOW),  # its ladder is not published
    "reports:recipient_removal": ("post", RECIPIENT, FORBIDDEN, 302),
    "reports:question": ("post", RECIPIENT, FORBIDDEN, 302),
    "reports:edition": ("get", EDITION, 200, 200),
    "reports:edition_again": ("post", EDITION, FORBIDDEN, 302),
    "reports:mail": ("get", EDITION, 200, 200),
    "reports:edition_pdf": ("get", EDITION, 200, 200),
    "reports:again": ("post", {"pk": "dispatch"}, FORBIDDEN, 302),
    "reports:links": ("get", {}, FORBIDDEN, 200),
    "reports:revocation": ("post", {"pk": "share link"}, FORBIDDEN, 302),
    "reports:export": ("get", {}, 400, 400),  # nor is any other
    "reports:pdf": ("get", {}, 400, 400),
    "reports:csv": ("get", {"name": "word: people"}, 400, 400),
    "reports:summaries": ("get", {}, FORBIDDEN, 200),
    "reports:person": ("get", SOMEBODY, FORBIDDEN, 200),
    "reports:person_pdf": ("get", SOMEBODY, FORBIDDEN, 200),
    "reports:account": ("get", ACCOUNT, FORBIDDEN, 200),
    "reports:account_pdf": ("get", ACCOUNT, FORBIDDEN, 200),
}


def things(workspace, ana) -> dict:
    """A report on the ladder to ana, one edition of which was sent, a link, and an account."""
    from analytics.reports import consent, links
    from analytics.reports.models import Dispatch, Edition, Part, Report
    from onboarding.people.models import Account

    at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    report = Report.objects.create(name="Weekly", ladder_key="everyone")
    recipient = consent.add(report, ana.user.email, by=ana)
    edition = Edition.objects.create(
        report=report, cadence="weekly", period_on=at.date(), due_at=at, state="ready", rendered_at=at, as_of=at
    )
    Part.objects.create(edition=edition, name="report.pdf", kind="application/pdf", content=b"%PDF")
    dispatch = Dispatch.objects.create(edition=edition, recipient=recipient, address=recipient.address, state="sent")
    link, _ = links.make(by=ana, label="Board", days=7, ladder_key="everyone", period_days=90, window_days=14, split="")
    account = Account.objects.create(key="initech", name="Initech")
    assert report.counts_from > at + timedelta(days=1)
    return {
        "report": report.pk,
        "recipient": recipient.pk,
        "edition": edition.pk,
        "dispatch": dispatch.pk,
        "share link": link.pk,
        "account": account.pk,
    }
