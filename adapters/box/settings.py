"""How the server of a box is set: nothing of the operator's, and secrets that are none."""

from pathlib import Path

from adapters.box import people
from adapters.box.courier import HINT_SECRET
from adapters.yclients.simulator.simulator import COMPANY_ID, USER_TOKEN

PHONE_NUMBER_ID = "106540352242922"
APP_SECRET = "simulated-app-secret"
VERIFY_TOKEN = "simulated-verify-token"
# The notice period of this salon, so that a cancel shortly before a visit is seen to be a late one.
LATE_HOURS = 3


def settings(database: Path, words: str | None) -> dict[str, str | int]:
    """Return settings of the contract by their names in Python. `words`: the salon's own, as TOML."""
    wanted: dict[str, str | int] = {
        "log_format": "console",
        "database_url": f"sqlite:///{database}",
        "yclients_partner_token": "simulated-partner-token",
        "yclients_user_token": USER_TOKEN,
        "yclients_company_id": COMPANY_ID,
        "yclients_webhook_secret": HINT_SECRET,
        "whatsapp_phone_number_id": PHONE_NUMBER_ID,
        "whatsapp_access_token": "simulated-access-token",
        "whatsapp_app_secret": APP_SECRET,
        "whatsapp_verify_token": VERIFY_TOKEN,
        "late_hours": LATE_HOURS,
        **people.addresses(),
    }
    return wanted | ({"words": words} if words else {})
