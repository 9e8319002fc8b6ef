"""What is published never changes, and goes with its workspace."""

from django.db import migrations

GOING = """EXISTS (SELECT FROM privacy_deletion d WHERE d.workspace_id = OLD.workspace_id AND d.undone_at IS NULL
      AND d.finished_at IS NULL AND d.began_at IS NOT NULL AND d.due_at <= now())"""

VERSIONS = """
CREATE OR REPLACE FUNCTION ladders_keep_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'published'{unless} THEN
    RAISE EXCEPTION 'Version % of ladder % is published and never changes; begin a new draft.',
      OLD.number, OLD.ladder_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

RUNGS = """
CREATE OR REPLACE FUNCTION ladders_keep_published_rung() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {before}IF TG_OP <> 'INSERT' AND NOT EXISTS (
    SELECT FROM ladders_ladderversion v
    WHERE v.workspace_id = OLD.workspace_id AND v.id = OLD.version_id AND v.state = 'draft')
  OR TG_OP <> 'DELETE' AND NOT EXISTS (
    SELECT FROM ladders_ladderversion v
    WHERE v.workspace_id = NEW.workspace_id AND v.id = NEW.version_id AND v.state = 'draft')
  THEN
    RAISE EXCEPTION 'The rungs of a published version never change; begin a new draft.'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""

FORWARDS = [
    VERSIONS.format(unless=f" AND NOT (TG_OP = 'DELETE' AND {GOING})"),
    RUNGS.format(
        before=f"""IF TG_OP = 'DELETE' THEN
    IF {GOING} THEN
      RETURN OLD;
    END IF;
  END IF;
  """
    ),
]
BACKWARDS = [VERSIONS.format(unless=""), RUNGS.format(before="")]


class Migration(migrations.Migration):
    dependencies = [("leaving", "0001_initial"), ("ladders", "0006_translations"), ("privacy", "0002_deletion")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
