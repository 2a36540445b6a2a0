"""The YAML that Helm prints, as Kubernetes reads it."""

from __future__ import annotations

import re
from typing import NamedTuple

from generator.kubernetes.manifests import taken_apart
from generator.kubernetes.objects import KubeObject
from generator.syntax.reader.stream import read_stream


class Stream(NamedTuple):
    """What was read: objects, and what is wrong with the text itself."""

    objects: list[KubeObject]
    problems: list[str]


MOST = 10_000
"""Objects of one source of an application; there may be many findings in each."""
_ORIGIN = re.compile(r"^# Source: (.+)$", re.MULTILINE)


def read(text: str) -> Stream:
    """Return the objects of a YAML stream, Lists taken apart; each document is read on its own.

    Helm 3 prints the template of a document that begins with `---` in an empty document before it. Of more than `MOST`
    objects, as Lists can hold, none are returned.
    """
    objects: list[KubeObject] = []
    problems: list[str] = []
    origin = ""
    for part in read_stream("", text):
        match = _ORIGIN.search(part.text)
        origin = match[1].strip() if match else origin
        wrong = [problem.message for problem in part.problems]
        for data, _ in taken_apart(part.source.data):
            if isinstance(data, dict):
                objects.append(KubeObject(data, origin=origin))
                if len(objects) > MOST:
                    return Stream([], [f"{origin or 'the output'}: more than {MOST:,} objects"])
            elif data is not None:
                wrong.append("the document is not a Kubernetes object")
        problems += [f"{origin or 'the output'}: {what}" for what in wrong]
    return Stream(objects, problems)


def without_tests(text: str) -> str:
    """Return a YAML stream without the pods of `helm test`, which Argo CD never applies."""
    parts = re.split(r"^(?=---[ \t]*(?:#.*)?$)", text, flags=re.MULTILINE)
    return "".join(part for part in parts if not all(map(is_test, read(part).objects or [_NOTHING])))


_NOTHING = KubeObject({})


def is_test(item: KubeObject) -> bool:
    """Tell whether an object is a hook of `helm test` and nothing else."""
    hooks = {hook.strip() for hook in str(item.annotations.get("helm.sh/hook") or "").split(",")}
    return bool(hooks) and hooks <= {"test", "test-success", "test-failure"}
