-- The two roles of Firstmile and its database; run by a superuser, any number of times.
-- The owner owns every table and runs the migrations; the application owns nothing, so that row-level security
-- holds for it (docs/decisions/0003).
SELECT 'CREATE ROLE firstmile_owner LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'firstmile_owner') \gexec
SELECT 'CREATE ROLE firstmile_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'firstmile_app') \gexec
SELECT 'CREATE DATABASE firstmile OWNER firstmile_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'firstmile') \gexec
ALTER DATABASE firstmile OWNER TO firstmile_owner;
REVOKE ALL ON DATABASE firstmile FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE firstmile TO firstmile_app;
