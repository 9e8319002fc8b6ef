# Firstmile's web, worker, beat and migrations: one image, four commands (docker-compose.yml).

FROM python:3.13-slim AS packages
COPY requirements-production.lock /tmp/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r /tmp/requirements-production.lock

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    FIRSTMILE_ENV=production
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin firstmile
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/firstmile
COPY . .
# The secret is for this one command and is in no layer; no database is asked.
RUN python -m compileall -q config workspaces milestones onboarding analytics \
    && FIRSTMILE_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
       DATABASE_URL=postgresql://nobody@nowhere/none \
       python manage.py collectstatic --noinput
USER firstmile
EXPOSE 8000
CMD ["docker/web"]
