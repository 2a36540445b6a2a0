"""Questions to a folder that is open, each noted with its answer for those who watch."""

from __future__ import annotations

import os

from generator.system import states
from generator.system.files import watching
from generator.system.files.descriptors import Kind, kind_of, listed, open_file, read, read_head
from generator.system.files.links import not_opened
from generator.system.files.refusals import UnreadableFileError
from generator.system.files.watching import How, Question
from generator.system.states import NO_STATE, State


class Noted:
    """A folder whose answers are noted."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def _read(self, at: int, name: str, path: str, limit: int) -> bytes:
        try:
            try:
                descriptor = open_file(at, name)
            except OSError as error:
                raise not_opened(self.path, at, path, error) from None
            try:
                state = states.state_of(os.fstat(descriptor)) if watching.is_watched() else NO_STATE
                data = read(descriptor, limit)
            finally:
                os.close(descriptor)
        except UnreadableFileError as error:
            self._note_refusal(How.READ, path, error, limit)
            raise
        self._note(How.READ, path, data, state, limit)
        return data

    def _listed(self, at: int, path: str, *, reverse: bool = False) -> list[tuple[str, Kind]]:
        if not watching.is_watched():
            return listed(at, reverse=reverse)
        state, found = states.state_of(os.fstat(at)), listed(at)
        told = "".join(f"{name}\0{kind.value}\0" for name, kind in found)
        self._note(How.LIST, path, told.encode("utf-8", "surrogateescape"), state)
        return found[::-1] if reverse else found

    def _note(self, how: How, path: str, answer: bytes, state: State = NO_STATE, most: int = 0) -> None:
        if watching.is_watched():
            watching.note(Question(os.path.abspath(self.path), path.strip("/"), how, most), states.digest(answer), state)

    def _note_refusal(self, how: How, path: str, error: UnreadableFileError, most: int = 0) -> None:
        self._note(how, path, f"\0{error.at}\0{error.message}".encode("utf-8", "surrogateescape"), most=most)

    def _kind(self, at: int, name: str, path: str) -> Kind:
        state = _state(at, name) if watching.is_watched() else NO_STATE
        kind = kind_of(at, name)
        self._note(How.KIND, path, kind.value.encode(), state)
        return kind

    def _head(self, at: int, name: str, path: str, size: int) -> bytes:
        state = _state(at, name) if watching.is_watched() else NO_STATE
        found = read_head(at, name, size)
        self._note(How.HEAD, path, found, state, size)
        return found


def _state(at: int, name: str) -> State:
    """Return the state of what is in a folder before it is looked at."""
    try:
        return states.state_of(os.lstat(name, dir_fd=at))
    except OSError:
        return NO_STATE
