#!/bin/sh
# Gives the two roles of 10-roles.sql their passwords; the postgres image runs both when its volume is empty.
# To change one later: ALTER ROLE firstmile_app PASSWORD '…';
set -eu

: "${FIRSTMILE_OWNER_PASSWORD:?is needed: the password of the role that owns the tables}"
: "${FIRSTMILE_APP_PASSWORD:?is needed: the password of the role of web, worker and beat}"

# psql reads them from the environment: on its command line every process on the machine could read them.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password FIRSTMILE_OWNER_PASSWORD
\getenv app_password FIRSTMILE_APP_PASSWORD
ALTER ROLE firstmile_owner PASSWORD :'owner_password';
ALTER ROLE firstmile_app PASSWORD :'app_password';
SQL
