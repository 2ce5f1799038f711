"""Mutants of how a webhook is read and stored in few steps: tests have to catch them.

Each names the test file that must turn red on it.
"""

from tests.mutants.mutant import mutant
from tests.mutants.notices import Told

FIELDS = "adapters/whatsapp/fields.py"
PEOPLE = "adapters/storage/people.py"
RECEIVE = "adapters/storage/receive.py"
WRITER = "adapters/storage/writer.py"
GROUPS = "tests/adapters/storage/test_writer.py"
READING = "tests/adapters/whatsapp/test_fields.py"
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
            (PEOPLE, "if chat_id is None or chat_id != (settled or chat_id):", "if chat_id is None:"),
        ),
        STORE,
    ),
    Told(
        mutant(
            "a tap by somebody who is known proves nothing",
            "design §5: a tap proves that its question was delivered",
            (
                RECEIVE,
                " or arrival.tapped_question is not None:\n        return False",
                ":\n        return False",
            ),
        ),
        STORE,
    ),
    Told(
        mutant(
            "an item that cannot be stored as it is takes its webhook along",
            "one bad item hurts no other",
            (RECEIVE, "    except _UNSTORABLE:\n", "    except ZeroDivisionError:\n"),
        ),
        STORE,
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
