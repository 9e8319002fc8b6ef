"""No migration stops the version that still serves, or holds its writes up, unless it was let through for a reason."""

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState

from config.migration_check import accepted, of_migration, problems

pytestmark = pytest.mark.pure


def test_every_migration_is_safe_or_accepted_with_a_reason():
    assert problems() == []
    assert all(len(reason) > 10 for reason in accepted().values())


def verdicts(*operations, atomic=True):
    """What is said of a migration of a table `note` with `text` and `n`, which was there before."""
    before = ProjectState()
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("text", models.CharField(max_length=10, null=True)),
        ("n", models.IntegerField()),
    ]
    before.add_model(ModelState("notes", "Note", fields))
    migration = migrations.Migration("0002", "notes")
    migration.operations, migration.atomic = list(operations), atomic
    return list(of_migration(migration, before))


CHECK = models.CheckConstraint(name="positive", condition=models.Q(n__gt=0))
INDEX = models.Index(fields=["n"], name="by_n")


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("note", "extra", models.TextField(null=True)),
        migrations.AddField("note", "extra", models.TextField(db_default="")),
        migrations.AlterField("note", "text", models.CharField(max_length=20, null=True)),
        migrations.AlterField("note", "text", models.TextField(null=True)),
        migrations.AlterField("note", "n", models.IntegerField(help_text="How many.")),
        migrations.RemoveIndex("note", "by_n"),
        AddIndexConcurrently("note", INDEX),
        AddConstraintNotValid("note", CHECK),
        ValidateConstraint("note", "positive"),
        migrations.RunSQL("CREATE INDEX CONCURRENTLY by_n ON notes_note (n)"),
        migrations.RunSQL("CREATE FUNCTION f() RETURNS void AS $$ UPDATE notes_note SET n = 1 $$ LANGUAGE sql"),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("note", "n")]),
    ],
)
def test_what_holds_nobody_up_passes(operation):
    assert verdicts(operation) == []


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (migrations.AddField("note", "extra", models.TextField(default="")), "will not fill it"),
        (migrations.AddField("note", "extra", models.TextField(null=True, unique=True)), "under a lock"),
        (migrations.RemoveField("note", "n"), "still uses it"),
        (migrations.RenameField("note", "n", "m"), "still uses it"),
        (migrations.DeleteModel("Note"), "still uses it"),
        (migrations.AlterField("note", "text", models.CharField(max_length=10)), "may still write NULL"),
        (migrations.AlterField("note", "text", models.CharField(max_length=5, null=True)), "writes the whole table"),
        (migrations.AlterField("note", "n", models.TextField()), "writes the whole table"),
        (migrations.AddIndex("note", INDEX), "AddIndexConcurrently"),
        (migrations.AddConstraint("note", CHECK), "AddConstraintNotValid"),
        (migrations.RunPython(print), "in batches"),
        (migrations.RunSQL("CREATE UNIQUE INDEX by_n ON notes_note (n)"), "CONCURRENTLY"),
        (migrations.RunSQL("UPDATE notes_note SET n = 1"), "by a task"),
        (migrations.RunSQL("ALTER TABLE notes_note ALTER COLUMN n SET NOT NULL"), "NOT VALID"),
        (migrations.RunSQL("ALTER TABLE notes_note ADD CHECK (n > 0)"), "NOT VALID"),
    ],
)
def test_what_holds_somebody_up_is_named_with_the_other_way(operation, why):
    (found,) = verdicts(operation)
    assert why in found


def test_a_table_that_the_migration_itself_makes_is_nobodys_yet():
    made = migrations.CreateModel("Leaf", [("id", models.BigAutoField(primary_key=True)), ("n", models.IntegerField())])
    assert verdicts(made, migrations.AddIndex("leaf", INDEX), migrations.RemoveField("leaf", "n")) == []
