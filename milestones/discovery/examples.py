"""Example answers, so that somebody who is new here sees at once what comes of them."""

from typing import Any

NAME = "Example: analytics for a hospital group"
KIND = "administrator"
PRODUCT = "saas-analytics"
TYPED: dict[str, Any] = {
    "success": "Ward managers open one dashboard every morning, and nobody asks us for figures by e-mail any more.",
    "outcomes": ["together", "insight"],
    "sources": "Patient administration system, staff planning",
    "deadline": "weeks",
    "deadline_weeks": "8",
    "team": "25",
    "industry": "Healthcare",
    "others": ["it", "management"],
    "risks": ["waiting", "distrust"],
    "notes": "Our data protection officer has to agree to who sees which data.",
}
