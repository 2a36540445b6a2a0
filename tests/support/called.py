"""Commands in this process, in the folder of a repository that a test made."""

from __future__ import annotations

from click.testing import CliRunner

from generator.cli.main import program


def called(repository, *words):
    """Return how a command ended."""
    done = CliRunner().invoke(program, ["-C", str(repository.root), *words], standalone_mode=False)
    assert not isinstance(done.exception, AssertionError), done.output
    return done


def call(repository, *words):
    """Return what a command says that must succeed."""
    done = called(repository, *words)
    assert (done.exception, done.return_value) == (None, 0), (done.output, done.exception)
    return done.output
