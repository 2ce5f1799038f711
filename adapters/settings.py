"""Settings from the environment: frozen, in groups, so that a command reads only those that it uses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from adapters.notify.addresses import Addresses, names_a_host, read_admin, read_masters
from engine.booking import Reason
from engine.effects import Offer
from engine.flow import REASONS, OfferedReason

PREFIX = "OTMENA_"
# Rows of a WhatsApp list; up to three of them are buttons, which have less room (whatsapp.md §2.1, 2026-11).
_REASONS_MAX, _TITLE_MAX = 10, 20
S = TypeVar("S", bound="Group")


class ConfigurationInvalid(Exception):
    """Some settings are missing or wrong. `problems` names each as the operator typed it."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Group(BaseSettings):
    """Base of the groups. An empty variable counts as unset; `…_FILE` names a file that holds the value."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _FromFiles(settings_cls), _Emptied(settings_cls), env_settings


class _FromFiles(PydanticBaseSettingsSource):
    """`OTMENA_X_FILE=/run/secrets/x` gives `OTMENA_X`; a trailing newline of the file is not part of it."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        variable = f"{PREFIX}{field_name.upper()}_FILE"
        path = _environment().get(variable)
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n"), field_name, False
        except OSError as error:
            raise ConfigurationInvalid((f"{variable}: cannot read {path} ({error.strerror})",)) from error
        except ValueError as error:
            raise ConfigurationInvalid((f"{variable}: {path} is no text in UTF-8",)) from error

    def __call__(self) -> dict[str, Any]:
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


class _Emptied(PydanticBaseSettingsSource):
    """Settings whose empty value says something: `OTMENA_OFFER=` offers nothing."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        is_empty = _environment().get(f"{PREFIX}{field_name.upper()}") == ""
        return ("" if is_empty and field_name in _EMPTY_SAYS_SOMETHING else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


_EMPTY_SAYS_SOMETHING = frozenset(("offer",))


def _environment() -> Mapping[str, str]:
    import os

    return os.environ


def _a_base_url(value: str) -> str:
    """Take an address that paths can be put behind: scheme, host, maybe a port and a path."""
    address = value.strip()
    if not address.lower().startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    if any(letter.isspace() or not letter.isprintable() for letter in address):
        raise ValueError("must hold no blanks")
    if not names_a_host(address):
        raise ValueError("names no host; write for instance https://salon.example")
    if "?" in address or "#" in address:
        raise ValueError("must end with host or path, without ? and #")
    return address.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(_a_base_url)]


def _a_secret(value: SecretStr) -> SecretStr:
    """Take off white space around it; inside, only what a header can carry."""
    secret = value.get_secret_value().strip()
    if not secret:
        raise ValueError("is empty")
    if not (secret.isascii() and secret.isprintable()):
        raise ValueError("holds line breaks or letters that no token has; was it pasted whole?")
    return SecretStr(secret)


Secret = Annotated[SecretStr, AfterValidator(_a_secret)]


class LogSettings(Group):
    log_format: Literal["json", "console"] = "json"


class StoreSettings(Group):
    database_url: str = "sqlite:///otmena.db"
    engine: Literal["embedded"] = "embedded"

    @field_validator("database_url")
    @classmethod
    def _is_sqlite(cls, value: str) -> str:
        if not value.startswith("sqlite:///"):
            raise ValueError("must begin with sqlite:/// (other databases are not built yet)")
        path = Path(value.removeprefix("sqlite:///"))
        try:
            is_folder, has_folder = path.is_dir(), path.parent.is_dir()
        except OSError as error:
            raise ValueError(f"{path} cannot be reached: {str(error.strerror).lower()}") from error
        if path.name in ("", ":memory:") or is_folder:
            raise ValueError("must name a file, for instance sqlite:////var/lib/otmena/otmena.db")
        if not has_folder:
            raise ValueError(f"there is no folder {path.parent}")
        return value


class ZoneSettings(Group):
    timezone: str | None = None

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                ZoneInfo(value)
            except (ZoneInfoNotFoundError, ValueError) as error:
                raise ValueError("is no timezone; write for instance Europe/Moscow") from error
        return value


class YClientsSettings(ZoneSettings):
    yclients_base_url: BaseUrl = "https://api.yclients.com/api/v1"
    yclients_partner_token: Secret
    yclients_user_token: Secret
    yclients_company_id: int = Field(gt=0)
    yclients_per_second: int = Field(default=5, ge=1, le=1_000_000)
    yclients_per_minute: int = Field(default=200, ge=1, le=60_000_000)
    # The book in which all that call YClients from this address count; None: one beside the database.
    yclients_lane_file: str | None = None
    on_soft_cancel_refused: Literal["delete", "handover"] = "delete"

    @field_validator("yclients_lane_file")
    @classmethod
    def _has_a_place(cls, value: str | None) -> str | None:
        if value is not None:
            path = Path(value)
            if path.is_dir():
                raise ValueError("must name a file, for instance /var/lib/otmena/yclients.lane")
            if not path.parent.is_dir():
                raise ValueError(f"there is no folder {path.parent}")
        return value


def lane_file(store: StoreSettings, yclients: YClientsSettings) -> str:
    """Return the name of the file in which all that share the budget of this address count."""
    return yclients.yclients_lane_file or f"{store.database_url.removeprefix('sqlite:///')}.lane"


class HintSettings(Group):
    yclients_webhook_secret: Secret | None = None


class WhatsAppSettings(Group):
    whatsapp_base_url: BaseUrl = "https://graph.facebook.com/v26.0"
    whatsapp_phone_number_id: str = Field(min_length=1)
    whatsapp_access_token: Secret
    whatsapp_app_secret: Secret
    whatsapp_verify_token: Secret
    # What WhatsApp lets the number send: 80 a second, 20 where the salon's app is linked, up to 1000 where
    # Meta has raised it (whatsapp.md §2.2, 2026-11).
    whatsapp_per_second: int = Field(default=80, ge=1, le=1_000_000)


class ReasonSettings(Group):
    # The reasons that are offered after a cancel, by commas and in this order: `code`, or `code=own title`.
    reasons: str = ",".join(offered.code for offered in REASONS)

    @field_validator("reasons")
    @classmethod
    def _names_reasons_that_there_are(cls, value: str) -> str:
        if problem := _wrong_with(_reasons(value)):
            raise ValueError(problem)
        return value

    @property
    def offered_reasons(self) -> tuple[OfferedReason, ...]:
        return tuple(OfferedReason(cast(Reason, code), title) for code, title in _reasons(self.reasons))


class PolicySettings(ReasonSettings):
    selection: Literal["ask", "last_created"] = "ask"
    confirm: Literal["always", "never"] = "always"
    # At most a year: no channel brings anything older.
    old_message_minutes: int = Field(default=30, ge=0, le=525_600)
    language: Literal["ru"] = "ru"
    # What is offered beside the bare cancel, by commas; empty: nothing.
    offer: str = "reason,undo,move"
    # How long a cancel can be taken back; 0: never. At most a day.
    undo_minutes: int = Field(default=15, ge=0, le=1440)
    # The notice that the salon wants; 0: none. At most a month.
    late_hours: int = Field(default=0, ge=0, le=720)
    late_policy: Literal["allow", "request", "refuse"] = "allow"
    # What a client is told whose cancel is late, where the salon refuses it; None: our own sentence.
    late_sentence: str | None = Field(default=None, max_length=600)
    freed_window: Literal["keep", "shorten"] = "keep"

    @field_validator("late_sentence")
    @classmethod
    def _says_something(cls, value: str | None) -> str | None:
        return value.strip() or None if value is not None else None

    @field_validator("offer")
    @classmethod
    def _offers_what_there_is(cls, value: str) -> str:
        unknown = sorted(set(_offered(value)) - set(get_args(Offer)))
        if unknown:
            raise ValueError(f"knows {', '.join(get_args(Offer))}, and not {', '.join(unknown)}")
        return value

    @property
    def offers(self) -> frozenset[Offer]:
        return frozenset(name for name in get_args(Offer) if name in _offered(self.offer))


def _reasons(value: str) -> tuple[tuple[str, str], ...]:
    parts = (part.partition("=") for part in _offered(value))
    return tuple((code.strip(), title.strip()) for code, _, title in parts)


def _wrong_with(reasons: Sequence[tuple[str, str]]) -> str:
    """Return what keeps a list of reasons from being offered, or nothing."""
    codes = [code for code, _ in reasons]
    known = tuple(code for code in get_args(Reason) if code != "none")
    if not 1 <= len(codes) <= _REASONS_MAX:
        return f"takes one to {_REASONS_MAX} reasons, and has {len(codes)}"
    if unknown := sorted(set(codes) - set(known)):
        return f"knows {', '.join(known)}, and not {', '.join(unknown)}"
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        return f"names {', '.join(twice)} twice"
    if long := [title for _, title in reasons if len(title) > _TITLE_MAX]:
        return f"has room for {_TITLE_MAX} characters in a title, and «{long[0]}» has {len(long[0])}"
    shown = [title.casefold() for _, title in reasons if title]
    if twice := [title for _, title in reasons if title and shown.count(title.casefold()) > 1]:
        return f"has «{twice[0]}» for two reasons"
    return ""


def _offered(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


class NotifySettings(Group):
    """Who of the salon is told, and where. The addresses hold tokens and passwords."""

    # URLs, separated by white space.
    notify_admin: SecretStr | None = None
    # JSON: staff id → such URLs.
    notify_masters: SecretStr | None = None
    # A template of the salon's whose body is one parameter, for its own number outside of 24 hours.
    notify_whatsapp_template: str | None = Field(default=None, pattern=r"^[a-z0-9_]{1,512}$")
    notify_whatsapp_template_language: str = Field(default="ru", pattern=r"^[A-Za-z_]{2,16}$")
    # Where the world reaches us, for the links in notices.
    public_url: BaseUrl | None = None

    @field_validator("notify_admin")
    @classmethod
    def _reaches_the_administrator(cls, value: SecretStr | None) -> SecretStr | None:
        return _told(value, read_admin)

    @field_validator("notify_masters")
    @classmethod
    def _reaches_the_masters(cls, value: SecretStr | None) -> SecretStr | None:
        return _told(value, read_masters)

    @property
    def hears(self) -> bool:
        """Whether an administrator can be told anything at all."""
        return bool(self.addresses.admin)

    @property
    def addresses(self) -> Addresses:
        admin, masters = self.notify_admin, self.notify_masters
        return Addresses(
            read_admin(admin.get_secret_value()) if admin else (),
            read_masters(masters.get_secret_value()) if masters else {},
        )


def _told(value: SecretStr | None, read: Callable[[str], object]) -> SecretStr | None:
    if value is not None:
        # A ValueError, whose message names no more than place and scheme.
        read(value.get_secret_value())
    return value


class WordsSettings(Group):
    # TOML with the salon's own words, from the file that OTMENA_WORDS_FILE names.
    words: str | None = None

    @field_validator("words")
    @classmethod
    def _are_usable(cls, value: str | None) -> str | None:
        if value is not None and (problems := problems_of_words(value)):
            raise PydanticCustomError("words", "cannot be used", {"problems": problems})
        return value


def problems_of_words(text: str) -> tuple[str, ...]:
    """Return a sentence for each mistake in the words of a salon."""
    from engine.understanding.vocabulary import extended
    from engine.understanding.words_file import InvalidWords  # only where somebody has words of their own

    try:
        extended(text)
    except InvalidWords as error:
        return error.problems
    return ()


class ServerSettings(Group):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)


class Settings(
    LogSettings,
    StoreSettings,
    YClientsSettings,
    HintSettings,
    WhatsAppSettings,
    PolicySettings,
    NotifySettings,
    WordsSettings,
    ServerSettings,
):
    """Everything that `serve` needs."""


# Settings of the contract whose features are not built yet, with the values that ask for nothing.
NOT_BUILT: Mapping[str, tuple[str, ...]] = {
    "SALONS_FILE": (),
    "RESTATE_INGRESS_URL": (),
    "RESTATE_ADMIN_URL": (),
    "RESTATE_LISTEN": (),
}


# No setting, and read all the same.
class StageSettings(Settings):
    """Settings that come from the code alone: no variable of the operator's may reach a simulated salon."""

    # A rehearsal's notices lead nowhere, and its salon hears them all the same, unless a transcript says no.
    nobody_hears: bool = False

    @property
    def hears(self) -> bool:
        return not self.nobody_hears

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


_BESIDE = ("TRACEBACK",)
# Names less alike than this (1: the same) are not what anybody meant.
_ALIKE_MIN = 0.7


def not_built() -> tuple[str, ...]:
    """Return the variables that ask for something that this version cannot do."""
    environment = _environment()
    asked = {name: environment.get(PREFIX + name, "") for name in NOT_BUILT}
    return tuple(PREFIX + name for name, value in asked.items() if value and value not in NOT_BUILT[name])


def unknown() -> tuple[tuple[str, str | None], ...]:
    """Return the variables with our prefix that nothing here reads, each with the name it is most like."""
    settings = [name.upper() for name in Settings.model_fields]
    known = (*settings, *(f"{name}_FILE" for name in settings), *NOT_BUILT, *_BESIDE)
    given = sorted(name for name in _environment() if name.upper().startswith(PREFIX))
    names = ((name, name.upper().removeprefix(PREFIX)) for name in given)
    return tuple((name, _nearest(bare, known)) for name, bare in names if bare not in known)


def _nearest(name: str, known: Sequence[str]) -> str | None:
    from rapidfuzz import process  # only where somebody has mistyped
    from rapidfuzz.distance import OSA

    alike = process.extractOne(name, known, scorer=OSA.normalized_similarity, score_cutoff=_ALIKE_MIN)
    return PREFIX + alike[0] if alike else None


def read(group: type[S]) -> S:
    """Read one group from the environment.

    Raises:
        ConfigurationInvalid: with every problem at once, never with a value in it.
    """
    try:
        return group()
    except ValidationError as error:
        problems = (told for found in error.errors() for told in _problems(found["loc"], found))
        raise ConfigurationInvalid(tuple(problems)) from None


def _problems(where: tuple[int | str, ...], found: Mapping[str, Any]) -> Iterator[str]:
    variable = PREFIX + str(where[0]).upper() if where else PREFIX
    if found["type"] == "missing":
        yield f"{variable} is required (or {variable}_FILE, a file that holds it)"
    elif found["type"] == "words":
        from_file = f"{variable}_FILE" if _environment().get(f"{variable}_FILE") else variable
        yield from (f"{from_file}: {problem}" for problem in found["ctx"]["problems"])
    else:
        yield f"{variable}: {str(found['msg']).removeprefix('Value error, ')}"
