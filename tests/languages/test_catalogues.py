"""The catalogues hold every text of the application, translated, and no template says a word that is not marked."""

import subprocess

import pytest
from django.conf import settings

pytestmark = pytest.mark.pure


def test_every_text_is_marked_and_translated_and_the_catalogues_are_current():
    checked = subprocess.run(
        [settings.BASE_DIR / "bin" / "messages", "--check"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout[-3000:] + checked.stderr[-2000:]
