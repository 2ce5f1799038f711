"""Mutants of how a webhook is read and stored in few steps: tests have to catch them.

Each names the test file that must turn red on it.
"""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

FIELDS = "adapters/whatsapp/fields.py"
PLAIN = "adapters/whatsapp/plain.py"
PEOPLE = "adapters/storage/people.py"
RECEIVE = "adapters/storage/receive.py"
WEBHOOK = "adapters/whatsapp/webhook.py"
WRITER = "adapters/storage/writer.py"
GROUPS = "tests/adapters/storage/test_writer.py"
PLAINLY = "tests/adapters/whatsapp/test_plain.py"
READING = "tests/adapters/whatsapp/test_fields.py"
SIGNATURE = "tests/adapters/whatsapp/test_signature.py"
STORE = "tests/adapters/storage/test_contract.py"

MUTANTS = (
    Told(
        mutant(
            "a group is run again over what its first run left",
            "design §4: a failing operation undoes its own rows only",
            (WRITER, '    connection.execute("ROLLBACK")\n    connection.execute("BEGIN IMMEDIATE")\n', ""),
        ),
        GROUPS,
    ),
    Told(
        mutant(
            "an operation that fails leaves its first rows",
            "design §4: a savepoint for each operation",
            (WRITER, '    connection.execute("ROLLBACK TO operation")\n', ""),
        ),
        GROUPS,
    ),
    Told(
        mutant(
            "what one round brought is handed over after the end",
            "nobody waits for ever",
            (
                WRITER,
                "            for loop in tuple(self._gathered):\n                self._hand_over(loop)\n",
                "",
            ),
        ),
        GROUPS,
    ),
    Told(
        mutant(
            "words whose names lead to two chats go to either",
            "a number passes from person to person",
            (PEOPLE, "if len(found) != 1 or None in found:", "if None in found:"),
        ),
        STORE,
    ),
    Told(
        mutant(
            "a tap by somebody who is known proves nothing",
            "design §5: a tap proves that its question was delivered",
            (RECEIVE, " or arrival.tapped_question is not None:", ":"),
        ),
        STORE,
    ),
    Told(
        mutant(
            "an item that cannot be stored as it is takes its webhook along",
            "one bad item hurts no other",
            (RECEIVE, "    except _UNSTORABLE as error:\n", "    except ZeroDivisionError as error:\n"),
        ),
        STORE,
    ),
    Told(
        mutant(
            "«стоп» of somebody who is known is stored like any words",
            "design §5: «стоп» holds from when it is stored",
            (RECEIVE, "arrival.opt_out is not None or arrival.tapped", "arrival.tapped"),
        ),
        STORE,
    ),
    Told(
        mutant(
            "words overtake those of somebody whose name is made",
            "design §4: a client's own messages in order",
            (RECEIVE, "if count <= len(chats)]", "if True]"),
        ),
        STORE,
    ),
    Told(
        mutant(
            "a message that comes twice at once is new twice",
            "incident 9: duplicates",
            (RECEIVE, "row[:3] in new and firsts[row[:3]] == place for", "row[:3] in new for"),
        ),
        STORE,
    ),
    Told(
        mutant(
            "a status beside a text is dropped",
            "one bad item hurts no other",
            (PLAIN, " or len(value) != 4", ""),
        ),
        PLAINLY,
    ),
    Told(
        mutant(
            "the words of a group are taken for a client's",
            "whatsapp.md §1.6: a group's words are nobody's wish",
            (PLAIN, 'if len(message) != (6 if "from_user_id" in message else 5):', "if False:"),
        ),
        PLAINLY,
    ),
    Told(
        mutant(
            "a user id that the contact alone tells is not read",
            "whatsapp.md §1.5: a person is known by any of their names",
            (PLAIN, '() if "user_id" in contact else ', ""),
        ),
        PLAINLY,
    ),
    Told(
        mutant(
            "what one body left behind is signed with the next",
            "whatsapp.md §1.3: the signature is the HMAC",
            (WEBHOOK, "_prepared(secret).copy()", "_prepared(secret)"),
        ),
        SIGNATURE,
    ),
    Told(
        mutant(
            "half a pair makes a body unreadable",
            "one bad item hurts no other",
            (FIELDS, '        return _DECODER.decode(body.decode("utf-8"))\n', "        raise\n"),
        ),
        READING,
    ),
    Told(
        mutant(
            "a number beyond every range is written as a word",
            "what is kept can be read again",
            (
                FIELDS,
                '            if "Infinity" not in text:\n                return text\n',
                "            return text\n",
            ),
        ),
        READING,
    ),
)
