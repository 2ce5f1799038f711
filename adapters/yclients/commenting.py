"""Our mark in a record's comment: by it alone the salon can tell what was cancelled through us."""

SENTENCE = "Отменено клиентом через WhatsApp"


def with_sentence(comment: str) -> str:
    """Return the comment with our sentence behind it, once: the call overwrites what stood there (§4.1)."""
    if SENTENCE in comment:
        return comment
    return f"{comment.rstrip()}\n{SENTENCE}" if comment.strip() else SENTENCE


def without_sentence(comment: str) -> str:
    """Return what the salon itself had noted: what was taken back must not count as cancelled."""
    lines = (
        line.replace(SENTENCE, "").rstrip() if SENTENCE in line else line for line in comment.split("\n")
    )
    kept = [line for line, was in zip(lines, comment.split("\n"), strict=True) if line or SENTENCE not in was]
    return "\n".join(kept)
