"""Settings: every problem at once, in words that an operator can act on, and never with a value in it."""

from pathlib import Path

import pytest

from adapters.settings import ConfigurationInvalid, Settings, lane_file, not_built, read, unknown
from engine.flow import REASONS, OfferedReason

GOOD = {
    "YCLIENTS_PARTNER_TOKEN": "partner",
    "YCLIENTS_USER_TOKEN": "user",
    "YCLIENTS_COMPANY_ID": "962302",
    "WHATSAPP_PHONE_NUMBER_ID": "106540352242922",
    "WHATSAPP_ACCESS_TOKEN": "access",
    "WHATSAPP_APP_SECRET": "app",
    "WHATSAPP_VERIFY_TOKEN": "verify",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(f"OTMENA_{name}", value)
    return monkeypatch


def problems() -> tuple[str, ...]:
    with pytest.raises(ConfigurationInvalid) as invalid:
        read(Settings)
    return invalid.value.problems


def test_what_is_missing_is_named_with_its_file_form(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        monkeypatch.delenv(f"OTMENA_{name}", raising=False)

    assert {problem.split()[0] for problem in problems()} == {f"OTMENA_{name}" for name in GOOD}


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("WHATSAPP_APP_SECRET", "   ", "is empty"),
        ("YCLIENTS_USER_TOKEN", "hidden\nhidden", "line breaks"),
        ("YCLIENTS_PARTNER_TOKEN", "скрыто", "no token has"),
        ("YCLIENTS_COMPANY_ID", "salon", "valid integer"),
        ("TIMEZONE", "Moscow", "Europe/Moscow"),
        ("DATABASE_URL", "postgresql://hidden", "sqlite:///"),
        ("YCLIENTS_BASE_URL", "api.yclients.com", "http"),
        ("CONFIRM", "maybe", "'always' or 'never'"),
        ("ENGINE", "restate", "embedded"),
        ("NOTIFY_ADMIN", "tgram://hidden", "address 1 (tgram://…) is none that Apprise takes"),
        ("NOTIFY_MASTERS", '{"7": "tgram://hidden"}', "address 1 of 7 (tgram://…)"),
        ("NOTIFY_WHATSAPP_TEMPLATE", "hidden template", "match"),
        ("PUBLIC_URL", "salon.example", "http"),
        ("PUBLIC_URL", "https://", "names no host"),
        ("PUBLIC_URL", "https:///hidden", "names no host"),
        ("PUBLIC_URL", "http://hidden:port", "names no host"),
        ("PUBLIC_URL", "http:// hidden", "must hold no blanks"),
        ("PUBLIC_URL", "https://hidden.example/x?y=1", "without ? and #"),
        ("PUBLIC_URL", "https://hidden.example/#x", "without ? and #"),
        ("YCLIENTS_BASE_URL", "https://", "names no host"),
        ("WHATSAPP_BASE_URL", "https://hidden.example/v26.0?x=1", "without ? and #"),
        ("NOTIFY_MASTERS", '{"7": "json://hidden", "7": "json://other"}', "names one staff id twice"),
    ],
)
def test_a_wrong_value_is_told_without_the_value(
    environment: pytest.MonkeyPatch, name: str, value: str, part: str
) -> None:
    environment.setenv(f"OTMENA_{name}", value)

    (problem,) = problems()

    assert problem.startswith(f"OTMENA_{name}")
    assert part in problem
    assert "hidden" not in problem


def test_a_secret_may_stand_in_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.delenv("OTMENA_WHATSAPP_APP_SECRET")
    (tmp_path / "secret").write_text("from-a-file\r\n")
    environment.setenv("OTMENA_WHATSAPP_APP_SECRET_FILE", str(tmp_path / "secret"))

    assert read(Settings).whatsapp_app_secret.get_secret_value() == "from-a-file"


@pytest.mark.parametrize("content", [None, "\n"])
def test_a_file_that_holds_no_secret_is_a_problem(
    environment: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "secret").write_text(content)
    environment.setenv("OTMENA_WHATSAPP_APP_SECRET_FILE", str(tmp_path / "secret"))

    assert "OTMENA_WHATSAPP_APP_SECRET" in problems()[0]


def test_addresses_may_stand_in_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "admin").write_text("json://hidden.example\nevent+http://hidden.example/\n")
    environment.setenv("OTMENA_NOTIFY_ADMIN_FILE", str(tmp_path / "admin"))
    environment.setenv("OTMENA_NOTIFY_MASTERS", '{"7": "salon-whatsapp://+79000000009"}')

    settings = read(Settings)

    assert [address.scheme for address in settings.addresses.admin] == ["json", "event+http"]
    assert list(settings.addresses.masters) == [7]
    assert settings.hears
    assert "hidden.example" not in repr(settings)
    assert "9000000009" not in repr(settings)


def test_what_is_not_built_yet_is_told_where_it_is_asked_for(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("OTMENA_LATE_POLICY", "allow")
    environment.setenv("OTMENA_SALONS_FILE", "salons.toml")

    assert not_built() == ("OTMENA_SALONS_FILE",)


def test_the_salon_names_its_reasons_in_its_own_order_and_words(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("OTMENA_REASONS", "work=Не отпускают, illness ,other")

    assert read(Settings).offered_reasons == (
        OfferedReason("work", "Не отпускают"),
        OfferedReason("illness"),
        OfferedReason("other"),
    )


def test_without_a_word_the_reasons_are_those_of_the_first_specification(
    environment: pytest.MonkeyPatch,
) -> None:
    assert read(Settings).offered_reasons == REASONS


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("illness,tired", "and not tired"),
        ("illness,none", "and not none"),
        ("illness,work,illness", "names illness twice"),
        (" , ", "takes one to 10 reasons, and has 0"),
        ("illness=Болею и никуда не пойду", "has room for 20 characters"),
        ("plans=Болею,work=болею", "has «Болею» for two reasons"),
    ],
)
def test_reasons_that_cannot_be_offered_are_told(
    environment: pytest.MonkeyPatch, value: str, part: str
) -> None:
    environment.setenv("OTMENA_REASONS", value)

    (problem,) = problems()

    assert problem.startswith("OTMENA_REASONS")
    assert part in problem


@pytest.mark.parametrize("name", ["PUBLIC_URL", "YCLIENTS_BASE_URL", "WHATSAPP_BASE_URL"])
def test_an_address_is_taken_without_its_last_slash_and_blanks_around(
    environment: pytest.MonkeyPatch, name: str
) -> None:
    environment.setenv(f"OTMENA_{name}", " https://salon.example:8443/otmena/ ")

    assert getattr(read(Settings), name.lower()) == "https://salon.example:8443/otmena"


def test_a_sentence_of_blanks_is_none(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("OTMENA_LATE_SENTENCE", "   ")
    assert read(Settings).late_sentence is None

    environment.setenv("OTMENA_LATE_SENTENCE", " Позвоните нам. ")
    assert read(Settings).late_sentence == "Позвоните нам."


def test_a_variable_that_nothing_reads_is_named_with_what_it_is_most_like(
    environment: pytest.MonkeyPatch,
) -> None:
    for name in ("LATE_HOUR", "UNDO_MINUTE", "WHATSAPP_APP_SECRET_FIL", "FAVOURITE_COLOUR", "RESTATE_LISTEN"):
        environment.setenv(f"OTMENA_{name}", "24")
    environment.setenv("OTMENA_TRACEBACK", "1")
    environment.setenv("OTMENA_PORT_FILE", "/nowhere")

    assert unknown() == (
        ("OTMENA_FAVOURITE_COLOUR", None),
        ("OTMENA_LATE_HOUR", "OTMENA_LATE_HOURS"),
        ("OTMENA_UNDO_MINUTE", "OTMENA_UNDO_MINUTES"),
        ("OTMENA_WHATSAPP_APP_SECRET_FIL", "OTMENA_WHATSAPP_APP_SECRET_FILE"),
    )
    assert not_built() == ("OTMENA_RESTATE_LISTEN",)


def test_variables_that_are_settings_are_not_called_unknown(environment: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        environment.setenv(f"OTMENA_{name.upper()}", "x")

    assert unknown() == ()


def test_the_lane_file_lies_beside_the_database_unless_it_is_shared(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("OTMENA_DATABASE_URL", f"sqlite:///{tmp_path}/salon.db")
    settings = read(Settings)
    assert lane_file(settings, settings) == f"{tmp_path}/salon.db.lane"

    environment.setenv("OTMENA_YCLIENTS_LANE_FILE", f"{tmp_path}/yclients.lane")
    settings = read(Settings)
    assert lane_file(settings, settings) == f"{tmp_path}/yclients.lane"


def test_a_lane_file_needs_a_folder_and_is_none(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("OTMENA_YCLIENTS_LANE_FILE", str(tmp_path))
    assert "must name a file" in problems()[0]
    environment.setenv("OTMENA_YCLIENTS_LANE_FILE", str(tmp_path / "missing" / "file"))
    assert "there is no folder" in problems()[0]
