"""The database itself keeps published versions and their rungs from change, whatever the code tries."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION ladders_keep_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'published' THEN
    RAISE EXCEPTION 'Version % of ladder % is published and never changes; begin a new draft.',
      OLD.number, OLD.ladder_id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER keep_published BEFORE UPDATE OR DELETE ON ladders_ladderversion
  FOR EACH ROW EXECUTE FUNCTION ladders_keep_published_version();

-- A rung may be touched only while its version is a draft that can be seen: no row found refuses too.
CREATE FUNCTION ladders_keep_published_rung() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND NOT EXISTS (
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

CREATE TRIGGER keep_published BEFORE INSERT OR UPDATE OR DELETE ON ladders_rung
  FOR EACH ROW EXECUTE FUNCTION ladders_keep_published_rung();
"""

BACKWARDS = """
DROP TRIGGER keep_published ON ladders_rung;
DROP TRIGGER keep_published ON ladders_ladderversion;
DROP FUNCTION ladders_keep_published_rung();
DROP FUNCTION ladders_keep_published_version();
"""


class Migration(migrations.Migration):
    dependencies = [("ladders", "0001_initial")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
