"""Everything that Apprise reaches: Telegram, SMS gateways, e-mail, push and a hundred more.

Apprise is blocking, so it works in threads of its own; no chat and no webhook waits for one of them.
Source: apprise 2.3.0 (2026-11).
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor

import apprise
from apprise.common import NotifyFormat, PersistentStoreMode

from engine.ports import InDoubt, Rejected, Unavailable

# One send: connecting and reading take 4 s each by Apprise's own measure, and some channels need several.
TIMEOUT_S = 30.0
THREADS = 4

# It quotes addresses with their tokens, and urllib3 the paths that hold them (Telegram has the token there).
for _name in (
    "apprise",
    "urllib3",
    "requests",
    "requests_oauthlib",
    "oauthlib",
    "smtplib",
    "asyncssh",
    "paho",
):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)
    logging.getLogger(_name).propagate = False


def _asset() -> apprise.AppriseAsset:
    """Nothing on the disk: what Apprise would keep there may be a token."""
    return apprise.AppriseAsset(storage_mode=PersistentStoreMode.MEMORY, secure_logging=True, app_id="Otmena")


def takes(url: str) -> bool:
    """Whether Apprise can make something of this address; nothing is sent."""
    return apprise.Apprise.instantiate(url, asset=_asset(), suppress_exceptions=True) is not None


class Channels:
    """Sends over Apprise."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="notices")

    async def tell(self, url: str, text: str) -> None:
        """Send a title, the first line, and the rest as the body, both plain text.

        Raises:
            Unavailable: it did not arrive; Apprise does not tell why.
            InDoubt: no answer in time.
            Rejected: Apprise makes nothing of the address.
        """
        sending = asyncio.get_running_loop().run_in_executor(self._threads, _send, url, text)
        try:
            async with asyncio.timeout(self._timeout_s):
                arrived = await sending
        except TimeoutError as error:
            raise InDoubt("the channel did not answer in time") from error
        if arrived is None:
            raise Rejected("Apprise makes nothing of the address", not_told="no_channel")
        if not arrived:
            raise Unavailable("the channel did not take it")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _send(url: str, text: str) -> bool | None:
    channel = apprise.Apprise(asset=_asset())
    if not channel.add(url):
        return None
    title, _, body = text.partition("\n")
    # As plain text, so that Apprise itself escapes it for channels that speak HTML.
    return bool(
        channel.notify(body=body or title, title=title if body else "", body_format=NotifyFormat.TEXT)
    )
