"""The worker behind the editor goes on, whatever goes wrong in a rule and whatever is typed meanwhile."""

from __future__ import annotations

import asyncio
import threading

from generator.editor.protocol import studies
from generator.editor.protocol.documents import Document


def test_a_bug_in_a_rule_is_logged_and_the_next_text_is_looked_at(monkeypatch, caplog):
    looked, told = [], []

    def study(root, texts, parsed):
        looked.append(root)
        if len(looked) == 1:
            raise ZeroDivisionError("a bug")
        return studies.Study(complaint="second")

    async def scene():
        monkeypatch.setattr(studies, "study", study)
        known = studies.Studies(lambda _root: {}, lambda _root, found, _held: told.append(found.complaint))
        known.changed("w")
        assert await known.current("w") == studies.Study()
        known.changed("w")
        assert (await known.current("w")).complaint == "second"
        known.close()

    asyncio.run(scene())
    assert told == ["second"]
    assert "ZeroDivisionError: a bug" in caplog.text
    assert "this is a bug in Tiphys" in caplog.text


def test_what_is_typed_while_a_workspace_is_looked_at_is_looked_at_next(monkeypatch):
    begun, go_on, looked = threading.Event(), threading.Event(), []

    def study(root, texts, parsed):
        begun.set()
        go_on.wait(60)
        looked.append(dict(texts))
        return studies.Study(complaint=str(len(looked)))

    async def scene():
        monkeypatch.setattr(studies, "study", study)
        held = {"a": Document("file:///a", "/a", "old", 1)}
        known = studies.Studies(lambda _root: dict(held), lambda *_told: None)
        known.changed("w")
        first = asyncio.create_task(known.current("w"))
        await asyncio.get_running_loop().run_in_executor(None, begun.wait)
        held["a"] = Document("file:///a", "/a", "new", 2)
        known.changed("w")
        last = asyncio.create_task(known.current("w"))
        await asyncio.sleep(0)
        go_on.set()
        assert (await last).complaint == "2"
        await first
        known.close()

    asyncio.run(scene())
    assert looked == [{"a": b"old"}, {"a": b"new"}]
