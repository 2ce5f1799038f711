"""Addresses: what can be used is read, what cannot is named, and nothing secret is ever shown."""

import pytest

from adapters.notify.addresses import Address, Addresses, BadAddress, phone_of, read_admin, read_masters


def test_every_kind_of_address_is_read() -> None:
    found = read_admin(
        "event+https://salon.example/hook  salon-whatsapp://+79000000009\n"
        "json://127.0.0.1 tgram://123456789:abcdefghijklmnopqrstuvwxyz-abcdefghi/12315544/"
    )

    assert [address.scheme for address in found] == ["event+https", "salon-whatsapp", "json", "tgram"]
    assert found[0].is_event
    assert found[1].is_own_number


def test_masters_have_one_string_or_a_list() -> None:
    found = read_masters(
        '{"7": "json://127.0.0.1 event+http://127.0.0.1:1/", "8": ["salon-whatsapp://79000000009"], "9": ""}'
    )

    assert {master: [address.scheme for address in each] for master, each in found.items()} == {
        7: ["json", "event+http"],
        8: ["salon-whatsapp"],
        9: [],
    }


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("hidden-secret", "address 1 has no scheme"),
        ("json://127.0.0.1 nonsense://hidden-secret", "address 2 (nonsense://…) is none that Apprise takes"),
        ("tgram://hidden-secret", "address 1 (tgram://…) is none that Apprise takes"),
        ("event+https:///hidden-secret", "address 1 (event+https://…) names no host"),
        ("event+http://127.0.0.1:hidden-secret/", "address 1 (event+http://…) names no host"),
        ("salon-whatsapp://hidden-secret", "address 1 (salon-whatsapp://…) needs a number"),
        ("salon-whatsapp://900", "needs a number"),
    ],
)
def test_a_bad_address_is_named_without_what_it_hides(value: str, said: str) -> None:
    with pytest.raises(BadAddress) as bad:
        read_admin(value)

    assert said in str(bad.value)
    assert "hidden-secret" not in str(bad.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{", "is no JSON"),
        ('["json://hidden-secret"]', "must be an object"),
        ('{"json://hidden-secret": "7"}', "has a key that is no staff id"),
        ('{"7": "json://hidden-secret", "7": "json://127.0.0.1"}', "names one staff id twice"),
        ('{"7": "json://hidden-secret", "07": "json://127.0.0.1"}', "names one staff id twice"),
        ('{"7": 1}', "needs addresses for 7"),
        ('{"7": ["json://127.0.0.1", 2]}', "needs addresses for 7"),
        ('{"7": "tgram://hidden-secret"}', "address 1 of 7 (tgram://…)"),
    ],
)
def test_bad_masters_are_named_without_what_they_hide(value: str, said: str) -> None:
    with pytest.raises(BadAddress) as bad:
        read_masters(value)

    assert said in str(bad.value)
    assert "hidden-secret" not in str(bad.value)


def test_no_repr_shows_an_address() -> None:
    found = Addresses(read_admin("json://user:hidden-secret@127.0.0.1"), {})

    assert "hidden-secret" not in repr(found)


def test_ids_tell_recipients_apart_and_nothing_else() -> None:
    hook = Address("event+https://salon.example/", "event+https")
    addresses = Addresses((hook,), {7: (hook, hook), 8: ()})

    ids = addresses.recipients("secret", 962302)
    by_id = addresses.by_id("secret", 962302)

    (admin,), (master,) = ids.admin, ids.masters[7]
    assert admin.startswith("admin:")
    assert master.startswith("master:7:")
    assert by_id == {admin: hook, master: hook}
    # Another salon's row in this database, or another key, finds nobody.
    assert not set(addresses.by_id("secret", 962303)) & set(by_id)
    assert not set(addresses.by_id("another", 962302)) & set(by_id)
    assert bool(addresses)
    assert not Addresses()


@pytest.mark.parametrize(
    ("url", "phone"),
    [
        ("salon-whatsapp://+79000000009", "+79000000009"),
        ("salon-whatsapp://7 (900) 000-00-09/", "+79000000009"),
        ("salon-whatsapp://", None),
    ],
)
def test_a_number_is_read_with_or_without_its_plus(url: str, phone: str | None) -> None:
    assert phone_of(url) == phone
