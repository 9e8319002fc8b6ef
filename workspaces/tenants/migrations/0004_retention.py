"""How long raw events are kept, and where the log begins since."""

import django.core.validators
from django.db import migrations, models

# What has been let go of stays so, whoever saves a whole workspace as it was read a while ago.
RISES = """
CREATE FUNCTION tenants_log_begins_rises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.log_begins_at := greatest(NEW.log_begins_at, OLD.log_begins_at);
    RETURN NEW;
END
$$;
CREATE TRIGGER log_begins_rises BEFORE UPDATE ON tenants_workspace
    FOR EACH ROW EXECUTE FUNCTION tenants_log_begins_rises();
"""
BACK = """
DROP TRIGGER log_begins_rises ON tenants_workspace;
DROP FUNCTION tenants_log_begins_rises();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0003_event_limits"),
    ]

    operations = [
        migrations.AddField(
            model_name="workspace",
            name="keep_events_months",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="How long raw events are kept; empty: for ever.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(120),
                ],
            ),
        ),
        migrations.AddField(
            model_name="workspace",
            name="log_begins_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="workspace",
            constraint=models.CheckConstraint(
                condition=models.Q(("keep_events_months__gte", 1), ("keep_events_months__lte", 120)),
                name="retention_in_bounds",
            ),
        ),
        migrations.RunSQL(RISES, BACK),
    ]
