"""When workspaces are studied: soon after what an editor holds has changed, one at a time, off the thread that answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from generator.editor.protocol.documents import Document
from generator.editor.protocol.study import Kept, Study, study

Held = Callable[[str], dict[str, Document]]
"""From the root of a workspace to what is open in it, by path."""
Publish = Callable[[str, Study, Mapping[str, Document]], None]

PATIENCE = 0.2
"""Seconds without a change after which a text is looked at while it is being typed; fewer where a look takes little."""
_SHARE = 0.5
"""The part of a look's time that is waited for: looks that come to nothing take at most two thirds of a processor."""

_log = logging.getLogger(__name__)


class _Folder:
    """One workspace: what was found out last, and whether that is still so."""

    __slots__ = ("kept", "stale", "study", "task", "timer", "took")

    def __init__(self, root: str) -> None:
        self.study: Study | None = None
        self.kept = Kept(root)
        self.stale = False
        self.timer: asyncio.TimerHandle | None = None
        self.took = PATIENCE
        """Seconds that the last look took."""
        self.task: asyncio.Task[None] | None = None


class Studies:
    """What is known of workspaces, kept up to date."""

    def __init__(self, held: Held, publish: Publish) -> None:
        self._held = held
        self._publish = publish
        self._folders: dict[str, _Folder] = {}
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="study")

    def changed(self, root: str, *, patience: float = 0) -> None:
        """Study a workspace, once it has been unchanged for this many seconds."""
        folder = self._folders.setdefault(root, _Folder(root))
        folder.stale = True
        if folder.timer is not None:
            folder.timer.cancel()
        folder.timer = asyncio.get_running_loop().call_later(min(patience, folder.took * _SHARE), self._begin, root, folder)

    async def current(self, root: str) -> Study:
        """Return what is known of a workspace with what is held now."""
        folder = self._folders.setdefault(root, _Folder(root))
        if folder.study is None and folder.task is None:
            folder.stale = True
        if folder.stale:
            self._begin(root, folder)
        if folder.task is not None:
            await asyncio.shield(folder.task)
        return folder.study or Study()

    def last(self, root: str) -> Study:
        """Return what was known of a workspace last, without waiting."""
        folder = self._folders.get(root)
        return (folder.study if folder else None) or Study()

    def forget(self, root: str) -> None:
        """Forget a workspace in which nothing is open any more."""
        folder = self._folders.pop(root, None)
        if folder is not None:
            folder.stale = False
            if folder.timer is not None:
                folder.timer.cancel()

    def close(self) -> None:
        """End the thread, without beginning anything more."""
        for root in list(self._folders):
            self.forget(root)
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _begin(self, root: str, folder: _Folder) -> None:
        if folder.timer is not None:
            folder.timer.cancel()
            folder.timer = None
        if folder.task is None or folder.task.done():
            folder.task = asyncio.get_running_loop().create_task(self._work(root, folder))

    async def _work(self, root: str, folder: _Folder) -> None:
        while folder.stale and folder.timer is None:
            folder.stale = False
            try:
                held = self._held(root)
                texts = {path: document.raw for path, document in held.items()}
                loop = asyncio.get_running_loop()
                began = loop.time()
                found = await loop.run_in_executor(self._worker, study, root, texts, folder.kept)
                folder.took = loop.time() - began
            except Exception:
                _log.exception(
                    "%s could not be checked; this is a bug in Tiphys, and the findings are from the last check", root
                )
                continue
            folder.study = found
            if self._folders.get(root) is folder:
                self._publish(root, found, held)
