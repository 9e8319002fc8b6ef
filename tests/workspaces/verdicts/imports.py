from tests.workspaces.verdicts import FORBIDDEN, GONE

JOB = {"pk": "import"}
VERDICTS = {
    "imports:index": ("get", {}, 200, 200),
    "imports:new": ("get", {}, FORBIDDEN, 200),
    "imports:begin": ("post", {}, FORBIDDEN, 422),
    "imports:show": ("get", JOB, 200, 200),
    "imports:take": ("put", JOB, FORBIDDEN, 400),  # asks where the bytes belong
    "imports:preview": ("post", JOB, FORBIDDEN, GONE),  # it is still being uploaded
    "imports:start": ("post", JOB, FORBIDDEN, GONE),
    "imports:cancel": ("post", JOB, FORBIDDEN, 302),
    "imports:progress": ("get", JOB, 200, 200),
    "imports:rejected": ("get", {**JOB, "form": "word: csv"}, 200, 200),
}


def things(workspace, ana) -> dict:
    """An upload that is under way."""
    from onboarding.intake.imports import uploads

    return {"import": uploads.begin(name="events.csv", size=1_000, modified=0, by=ana).pk}
