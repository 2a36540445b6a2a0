"""What Argo CD applies of an Application: rendered by the real Helm, built by the real kustomize, or as it is in files."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from itertools import count

from generator.adopt.model import UnavailableError
from generator.adopt.parts import FromFolder, FromHelm, Part
from generator.kubernetes.objects import KubeObject, texts
from generator.syntax.merge import lookup
from generator.syntax.secrets.masking import places
from generator.syntax.secrets.redaction import without
from generator.system import helm as helms
from generator.system.files import Folder, writing
from generator.system.helm import Helm
from generator.verify import rendering, stream
from generator.verify.cache import Cache
from generator.verify.charts import NoChartError
from generator.verify.folder_builds import FolderBuilds
from generator.verify.rendering import Job
from generator.verify.values_files import Layer


class Renderer:
    """Renders the parts of Applications, several at a time."""

    def __init__(self, helm: Helm, builds: FolderBuilds, cache: Cache, folder: str, kubernetes: str = "") -> None:
        self._helm = helm
        self._builds = builds
        self._cache = cache
        self._folder = Folder(folder)
        self._kubernetes = kubernetes
        self._numbers = count()

    def objects(self, parts: Sequence[Part], *, fresh: bool = False) -> list[KubeObject]:
        """Return the objects of parts; raises UnavailableError. `fresh` renders again what was rendered before."""
        return [item for part in parts for item in self._of(part, fresh=fresh) if not stream.is_test(item)]

    def _of(self, part: Part, *, fresh: bool) -> list[KubeObject]:
        if isinstance(part, FromFolder):
            return list(part.objects) if part.kind == "directory" else self._built(part)
        flags = [word for pair in part.source.parameters for word in pair]
        for index, (name, content) in enumerate(part.contents):
            (path,) = self._written(next(self._numbers), [Layer(f"parameter-{index}", content, {})])
            flags += ["--set-file", f"{name}={path}"]
        return self.of_helm(part, part.layers, flags=flags, fresh=fresh or bool(part.contents))

    def of_helm(
        self, part: FromHelm, layers: Sequence[Layer], *, flags: Sequence[str] = (), fresh: bool = False
    ) -> list[KubeObject]:
        """Return what Helm renders of a chart with any values; raises UnavailableError."""
        source, helm = part.source, part.source.helm
        number = next(self._numbers)
        job = Job(
            str(number),
            part.chart,
            source.release,
            source.namespace,
            str(helm.get("kubeVersion") or self._kubernetes),
            tuple(text for _, text in texts(helm.get("apiVersions"))),
            self._written(number, layers),
            tuple(layer.data for layer in layers),
            skip_crds=helm.get("skipCrds") is True,
            flags=(*source.switches, *flags),
        )
        done = rendering.template(self._helm, job, Cache("") if fresh else self._cache)
        if not done.ok:
            said = without(helms.said(done), _secrets(layers))
            raise UnavailableError((*part.pointer, "helm"), f"Helm cannot render {part.chart.origin}: {said}")
        return self._read(part.pointer, part.chart.origin, done.out)

    def _written(self, number: int, layers: Sequence[Layer]) -> tuple[str, ...]:
        """Write values for Helm, and return the paths of the files in the same order."""
        paths = []
        for index, layer in enumerate(layers):
            path = f"values-{number}/{index}-{rendering.file_name(layer.name)}"
            writing.create(self._folder, path, layer.text.encode("utf-8", "replace"))
            paths.append(posixpath.join(self._folder.path, path))
        return tuple(paths)

    def _built(self, part: FromFolder) -> list[KubeObject]:
        given = part.data.get("kustomize") or {}
        try:
            done = self._builds.build(part.root, part.path, part.stock, given, (*part.pointer, "path"))
        except NoChartError as error:
            raise UnavailableError(error.pointer, error.message, error.hint) from None
        if not done.ok:
            raise UnavailableError((*part.pointer, "path"), f"kustomize cannot build {part.path}: {done.err}")
        return self._read(part.pointer, part.path, done.out)

    @staticmethod
    def _read(pointer: tuple[str | int, ...], origin: str, out: bytes) -> list[KubeObject]:
        read = stream.read(out.decode("utf-8", "replace"))
        if read.problems:
            raise UnavailableError(pointer, f"what {origin} renders is not YAML: {read.problems[0]}")
        return read.objects


def _secrets(layers: Sequence[Layer]) -> list[str]:
    """Return the secrets in values, which a message of Helm may quote."""
    return [str(lookup(layer.data, pointer)[1]) for layer in layers for pointer in places(layer.data)]
