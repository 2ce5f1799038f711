"""The settings of a rehearsal: names of the contract without their prefix, and nothing of the operator's."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Literal, get_args, get_origin

from pydantic import SecretStr, ValidationError

from adapters.notify.addresses import OWN_NUMBER
from adapters.settings import NOT_BUILT, NotifySettings, PolicySettings, Settings, StageSettings

PHONE_NUMBER_ID = "106540352242922"
APP_SECRET = "simulated-app-secret"
VERIFY_TOKEN = "simulated-verify-token"
# What a transcript may set: what belongs to the simulated parties stays theirs.
_FREE = (*PolicySettings.model_fields, "on_soft_cancel_refused", "timezone", "notify_whatsapp_template")
# Taken and left alone: a rehearsal tells nobody outside, and a transcript sees every notice anyway. Of the
# administrator's addresses those on the salon's own number lead to a simulated phone, and stand.
_LEADS_OUTSIDE = tuple(name.upper() for name in NotifySettings.model_fields)
_WORDS_FOR = {
    "NOTIFY_ADMIN": "numbers with their country, as in salon-whatsapp://+79000000009",
    "NOTIFY_WHATSAPP_TEMPLATE": "the name of a template, of small Latin letters, digits and _",
}
_FREE_NAMES = tuple(name.upper() for name in (*_FREE, "yclients_per_second", "yclients_per_minute"))


class SettingRefused(ValueError):
    """A transcript sets what it cannot; `name` is the setting's."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(f"set {name}{said}")
        self.name = name


def rehearsal_settings(wanted: Mapping[str, str], *, company_id: int, verify_token: str) -> Settings:
    """Return settings for a simulated salon, with those that a transcript names.

    Raises:
        SettingRefused: no such setting, a value that it does not take, or a feature that is not built yet.
    """
    chosen = {name.upper().removeprefix("OTMENA_"): value for name, value in wanted.items()}
    for name, value in chosen.items():
        _expect_it_can_be_set(name, value)
    try:
        return StageSettings(
            nobody_hears=chosen.get("NOTIFY_ADMIN") == "",
            notify_admin=_on_our_number(chosen.get("NOTIFY_ADMIN", "")),
            **{
                name.lower(): value
                for name, value in chosen.items()
                if (value or name == "OFFER") and name in _FREE_NAMES
            },  # type: ignore[arg-type]  # pydantic reads words
            yclients_partner_token=SecretStr("simulated-partner-token"),
            yclients_user_token=SecretStr("simulated-user-token"),
            yclients_company_id=company_id,
            whatsapp_phone_number_id=PHONE_NUMBER_ID,
            whatsapp_access_token=SecretStr("simulated-access-token"),
            whatsapp_app_secret=SecretStr(APP_SECRET),
            whatsapp_verify_token=SecretStr(verify_token),
        )
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0]).upper()
        raise SettingRefused(name, f"={chosen[name]}: it takes {_takes(name)}") from None


def _on_our_number(addresses: str) -> SecretStr | None:
    """Return those of these addresses that lead to a phone of the simulated WhatsApp; None: none does."""
    ours = [url for url in addresses.split() if url.partition("://")[0].lower() == OWN_NUMBER]
    return SecretStr(" ".join(ours)) if ours else None


def _expect_it_can_be_set(name: str, value: str) -> None:
    if name in _FREE_NAMES or name in _LEADS_OUTSIDE:
        return
    if name in NOT_BUILT:
        if value and value not in NOT_BUILT[name]:
            raise SettingRefused(name, f"={value}: not built yet; it takes {_harmless(name)}")
        return
    field = Settings.model_fields.get(name.lower())
    if field is not None and value in ("", str(field.default)):
        # The contract's own default changes nothing.
        return
    near = get_close_matches(name, (*_FREE_NAMES, *NOT_BUILT), n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(_FREE_NAMES))}"
    raise SettingRefused(name, f": a transcript cannot set this; {hint}")


def _takes(name: str) -> str:
    """Say in words what values a setting has."""
    if name in _WORDS_FOR:
        return _WORDS_FOR[name]
    field = Settings.model_fields[name.lower()]
    if get_origin(field.annotation) is Literal:
        return " or ".join(get_args(field.annotation))
    bounds = {
        type(bound).__name__.lower(): getattr(bound, type(bound).__name__.lower()) for bound in field.metadata
    }
    if bounds:
        return f"a whole number from {bounds['ge']} to {bounds['le']}"
    return "a timezone, for instance Europe/Moscow"


def _harmless(name: str) -> str:
    return " or ".join(NOT_BUILT[name]) or "no value"
