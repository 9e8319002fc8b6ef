"""Every setting of Firstmile, read from the environment. INSTALLED_APPS, bottom-up, is the table of contents."""

import os
from pathlib import Path

from csp.constants import NONE, SELF

from config import csp_reports, emptying, environment, logs, mail, sentry

BASE_DIR = Path(__file__).resolve().parent.parent

PRODUCTION = environment.production()
SECRET_KEY = environment.secret_key(in_production=PRODUCTION)
# Former ones: what was signed or sealed under them stays good.
SECRET_KEY_FALLBACKS = os.environ.get("FIRSTMILE_SECRET_KEY_FALLBACKS", "").split()
DEBUG = environment.debug(in_production=PRODUCTION)
BASE_URL = os.environ.get("FIRSTMILE_BASE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = [h for h in os.environ.get("FIRSTMILE_ALLOWED_HOSTS", "").split(",") if h] or (
    [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)

INSTALLED_APPS = [
    "workspaces.scope",
    "workspaces.tenants",
    "workspaces.audit",
    "workspaces.keys",
    "workspaces.api",
    "workspaces.webhooks",
    "workspaces.team",
    "workspaces.environments",
    "workspaces.accounts",
    "workspaces.settings",
    "workspaces.privacy",
    "workspaces.operator",
    "workspaces.help",
    "milestones.library",
    "milestones.ladders",
    "milestones.discovery",
    "milestones.playbook",
    "onboarding.leaving",
    "onboarding.people",
    "onboarding.intake",
    "onboarding.feedback",
    "onboarding.progress",
    "onboarding.usage",
    "onboarding.features",
    "onboarding.widget",
    "onboarding.installation",
    "onboarding.debugger",
    "analytics.cubes",
    "analytics.metrics",
    "analytics.dashboards",
    "analytics.review",
    "analytics.reports",
    "config.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "django_htmx",
    "rest_framework",
    "csp",
]

MIDDLEWARE = [
    "config.requests.middleware",
    "config.headers.middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "workspaces.tenants.speaking.middleware",
    "allauth.account.middleware.AccountMiddleware",
    "workspaces.accounts.sessions.middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workspaces.tenants.context.workspace",
            ],
        },
    }
]

# The application, the workers and the tests are an ordinary role under row-level security ("default");
# only migrations are the owner.
DATABASES = {
    "default": environment.database("DATABASE_URL"),
    "owner": environment.database("DATABASE_OWNER_URL" if os.environ.get("DATABASE_OWNER_URL") else "DATABASE_URL"),
}
APP_ROLE = str(DATABASES["default"]["USER"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Files of history: the most bytes that one upload may have, the folder that workers look through (FOLDER/<workspace>/),
# and how many of all workspaces' imports run at the same time, so that the other workers are there for the engine.
IMPORT_MAX_BYTES = environment.whole_number("FIRSTMILE_IMPORT_MAX_MB", default=1024) * 1024 * 1024
IMPORT_FOLDER = os.environ.get("FIRSTMILE_IMPORT_FOLDER", "")
IMPORTS_AT_ONCE = environment.whole_number("FIRSTMILE_IMPORTS_AT_ONCE", default=1)

# Webhooks: whether they may go to private addresses and over http (for development, and where every member may reach
# what the server can), and how many workers deliver at the same time, so that the others are there for the engine.
WEBHOOK_ALLOW_PRIVATE = environment.flag("FIRSTMILE_WEBHOOK_ALLOW_PRIVATE", default=False)
WEBHOOKS_AT_ONCE = environment.whole_number("FIRSTMILE_WEBHOOKS_AT_ONCE", default=1)

REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "config.cache.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "firstmile",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}

CELERY_BROKER_URL = environment.celery_broker(REDIS_URL)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # Redis may be away for hours; a worker that gave up would not come back
# A Redis that takes connections and answers nothing must not hold up whoever calls a task.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 5}

# What follows what: a topic that a lower room announces, and the tasks of the rooms above that it wakes.
WAKES = {
    "intake.news": ["progress.advance"],
    "intake.import_asked": ["intake.import"],
    "ladders.published": ["progress.advance", "features.learn", "review.check"],
    "reviews.asked": ["ladders.tell_reviewers"],
    "workspace.changed": ["progress.advance", "usage.advance"],
    "usage.changed": ["usage.advance"],
    "progress.read": ["usage.advance"],
    "progress.news": ["cubes.fold", "features.tell", "usage.advance"],
    "privacy.asked": ["privacy.work"],
    "progress.ruled": ["progress.advance"],
    "progress.rehearsal_asked": ["progress.rehearse"],
    "reports.asked": ["reports.work"],
    "team.invited": ["team.send_invitations"],
    "team.changed": ["ladders.let_go", "reports.work"],
    "webhooks.asked": ["webhooks.deliver"],
    "webhooks.disabled": ["webhooks.tell_owners"],
}

# Whoever else reads the event log, and must have read what is removed from it: see progress/log_readers.py.
LOG_READERS = ["onboarding.usage.projection.catch_up"]

# Who knows people, and what each room does when one is to be erased: see workspaces/privacy/subjects.py. Whatever rests
# on something else goes before it; what stands in texts is looked through afterwards, a stretch at a time.
PERSON_FINDER = "onboarding.people.subjects"
PERSON_SETTLERS = ["onboarding.progress.erasing.settle", "onboarding.usage.erasing.settle"]
PERSON_LOCKS = ["onboarding.progress.erasing.lock", "onboarding.usage.erasing.lock"]
PERSON_ERASERS = [
    "onboarding.widget.erasing.erase",
    "onboarding.features.erasing.erase",
    "onboarding.usage.erasing.erase",
    "onboarding.progress.erasing.erase",
    "onboarding.feedback.erasing.erase",
    "onboarding.intake.erasing.erase",
    "onboarding.people.erasing.erase",
]
PERSON_SWEEPERS = [
    "onboarding.intake.erasing",
    "workspaces.webhooks.erasing",
    "workspaces.api.erasing",
    "workspaces.privacy.entries",
]
PERSON_EXPORTERS = [
    "onboarding.people.exporting.export",
    "onboarding.intake.exporting.export",
    "onboarding.progress.exporting.export",
    "onboarding.usage.exporting.export",
    "onboarding.features.exporting.export",
    "onboarding.feedback.exporting.export",
    "onboarding.widget.exporting.export",
    "workspaces.webhooks.exporting.export",
]
PERSON_OBSTACLES = ["onboarding.intake.erasing.obstacle"]

# What operators are told of how much there is in a workspace.
WORKSPACE_SIZE = "onboarding.intake.size.of_workspace"

# What goes when an environment for tests is emptied.
EMPTIED_TABLES = emptying.EMPTIED

# What else the export of a workspace holds, and who writes its log.
WORKSPACE_LOG = "onboarding.intake.whole_log.lines"
WORKSPACE_EXPORTERS = ["milestones.ladders.whole.files"]

# Fields that hold sealed secrets, for whoever changes the secret key: see `manage.py reseal`.
SEALED = [
    "webhooks.Endpoint.secret",
    "webhooks.Endpoint.previous_secret",
    "widget.IdentitySecret.sealed",
    "privacy.SuppressionKey.sealed",
    "accounts.Connection.secret",
    "accounts.Connection.own_key",
    "accounts.Connection.former_key",
    "api.KeptAnswer.body",
]
# The same within JSON of log-ins, by the keys that hold it.
SEALED_OF_LOG_INS = {"mfa.Authenticator.data": ("secret", "seed")}

# Intake: how many batches a process writes at once, how many further ones wait for their turn (each holds a thread) and
# how long before they are told to come back, and how many events a second a workspace may send on average unless it has
# a limit of its own (0: no limit).
INTAKE_WRITERS = environment.whole_number("FIRSTMILE_INTAKE_WRITERS", default=4, least=1)
INTAKE_WAITERS = environment.whole_number("FIRSTMILE_INTAKE_WAITERS", default=2)
INTAKE_PATIENCE_SECONDS = 3
INTAKE_EVENTS_PER_SECOND = environment.whole_number("FIRSTMILE_EVENTS_PER_SECOND", default=5_000, least=0)

# How often a second a workspace's programs may ask on average which features somebody has (0: no limit).
FLAGS_PER_SECOND = environment.whole_number("FIRSTMILE_FLAGS_PER_SECOND", default=2_000, least=0)

# How often a second checklists are opened on average: in a workspace, and from one address (0: no limit, and for the
# latter none by reader either).
WIDGET_OPENINGS_PER_SECOND = environment.whole_number("FIRSTMILE_OPENINGS_PER_SECOND", default=200, least=0)
WIDGET_OPENINGS_PER_ADDRESS = environment.whole_number("FIRSTMILE_OPENINGS_PER_ADDRESS", default=20, least=0)

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Whether anybody may sign up and make a workspace: the operator decides in production.
SIGN_UP_OPEN = environment.sign_up_open(in_production=PRODUCTION)
FIRST_PAGE = "ladders:packs"  # where somebody lands whose workspace has just been made
# What is asked of a member and their session before a workspace lets them in, and what comes with the member for that
# by the same query (workspaces.tenants.views_access).
WORKSPACE_GATES = ["workspaces.operator.gate.turned_away", "workspaces.accounts.gate.turned_away"]
MEMBER_WITH = ["workspace__sign_in_policy"]
# Whether identity providers may be at private addresses and spoken to over http, as WEBHOOK_ALLOW_PRIVATE.
SSO_ALLOW_PRIVATE = environment.flag("FIRSTMILE_SSO_ALLOW_PRIVATE", default=False)

# django-allauth: how people prove who they are. What is not said here is its default; docs/signing-in.md tells it all.
ACCOUNT_ADAPTER = "workspaces.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "workspaces.accounts.forms.SignUpForm",
    "reset_password": "workspaces.accounts.forms_words.ResetPasswordForm",
    "reset_password_from_key": "workspaces.accounts.forms_words.ResetPasswordKeyForm",
    "change_password": "workspaces.accounts.forms_words.ChangePasswordForm",
    "set_password": "workspaces.accounts.forms_words.SetPasswordForm",
    "add_email": "workspaces.accounts.forms_words.AddEmailForm",
    "request_login_code": "workspaces.accounts.forms_words.RequestLoginCodeForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "workspaces.accounts.resetting.ResetTokens"  # noqa: S105
ACCOUNT_LOGIN_TIMEOUT = 900  # seconds from the password to the last step
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # before addresses change: whoever has the mail has the account
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/5m/key", "sso": "30/m/ip", "saml": "120/m/ip", "domain": "10/h/user"}
MFA_ADAPTER = "workspaces.accounts.adapter_mfa.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Firstmile"
MFA_TOTP_TOLERANCE = 1  # a code is good half a minute earlier and later, too: clocks differ
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION  # browsers take http from localhost alone
SOCIALACCOUNT_ADAPTER = "workspaces.accounts.adapter_sso.SsoAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True  # for the domains that the workspace has verified, only
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"  # the workspace's identity provider vouches for addresses of its domains
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

_MAIL = mail.mail(in_production=PRODUCTION)
EMAIL_BACKEND, EMAIL_FILE_PATH = _MAIL.backend, _MAIL.folder
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.tls == "starttls", _MAIL.tls == "tls"
EMAIL_TIMEOUT = 10  # seconds; a mail server that hangs must not hold a transaction open
DEFAULT_FROM_EMAIL = _MAIL.sender
# In production without a mail server, reports wait rather than count as sent because they were printed.
REPORTS_GO_OUT = _MAIL.goes_out or not PRODUCTION

# The languages of the application itself; those that end users are spoken to in are another matter (tenants.languages).
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# What programs call is answered in English; end users' pages have their own words.
SPOKEN_TO_IN_ENGLISH = ("/v1/", "/api/v1/", "/ofrep/", "/batch", "/capture", "/c/", "/sdk/", "/widget/v1/", "/static/")
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
        "report-uri": csp_reports.PATH,
        "report-to": "csp",
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [BASE_URL] if HTTPS else []
# How many proxies of our own stand before the web server; the last that many entries of X-Forwarded-For are theirs.
PROXIES = environment.whole_number("FIRSTMILE_PROXIES", default=1 if HTTPS else 0, least=0)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = environment.flag("FIRSTMILE_HSTS_SUBDOMAINS", default=False)
    SECURE_SSL_REDIRECT = environment.flag("FIRSTMILE_REDIRECT_TO_HTTPS", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# Whether other hosts of the domain speak TLS, and whether browsers should know so for ever, its owner alone knows.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

# The REST API: JSON alone, by a workspace's secret key (workspaces.api); described at /api/openapi.json.
API_REQUESTS_PER_MINUTE = environment.whole_number("FIRSTMILE_API_REQUESTS_PER_MINUTE", default=600, least=0)
API_REFUSED_PER_MINUTE = environment.whole_number("FIRSTMILE_API_REFUSED_PER_MINUTE", default=120, least=0)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["workspaces.keys.authentication.SecretKey"],
    "DEFAULT_PERMISSION_CLASSES": ["workspaces.keys.authentication.HasKey"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["workspaces.api.json_bodies.BoundedJSON"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "workspaces.api.problems.answer_error",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Firstmile",
    "DESCRIPTION": "What programs can ask of a workspace, and do in it. docs/api.md is the guide.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["workspaces.api.finishing.finish"],
}

# Bodies are bounded by the views that read them; intake takes up to 500 KB after decompression.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

LOGGING = logs.configuration(
    form=environment.log_form(in_production=PRODUCTION), level=os.environ.get("FIRSTMILE_LOG_LEVEL", "INFO")
)

# Errors go to this place as well, if it is named: without anything that could be about a person.
sentry.start(os.environ.get("FIRSTMILE_SENTRY_DSN", ""), environment="production" if PRODUCTION else "development")

environment.metrics_folder()
METRICS_TOKEN = environment.metrics_token(in_production=PRODUCTION)
WORKER_METRICS_PORT = environment.whole_number("FIRSTMILE_WORKER_METRICS_PORT", default=0, least=0)
