"""What Argo CD applies of an Application: rendered by the real Helm, built by the real kustomize, or as it is in files."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from itertools import count

from generator.adopt.folder_parts import FromFolder
from generator.adopt.model import UnavailableError
from generator.adopt.parts import FromHelm, Part
from generator.kubernetes.objects import KubeObject
from generator.syntax.secrets.ingredients import Ingredients
from generator.syntax.secrets.messages import without
from generator.syntax.secrets.redaction import shown
from generator.system import helm as helms
from generator.system.helm import Helm
from generator.system.kustomize import Kustomize
from generator.system.program import Done
from generator.verify import rendering, stream
from generator.verify.cache import NOTHING, Cache
from generator.verify.charts import NoChartError
from generator.verify.folder_builds import FolderBuilds
from generator.verify.rendering import Content, Job
from generator.verify.values_files import Layer


class Renderer:
    """Renders the parts of Applications, several at a time."""

    def __init__(
        self, helm: Callable[[], Helm], builds: FolderBuilds, cache: Cache, folder: str, *, kubernetes: str = ""
    ) -> None:
        """Begin with who finds Helm, which is asked once there is a chart, and with a folder for values.

        `kubernetes` is the version of the clusters; empty for Helm's own idea.
        """
        self._kubernetes = kubernetes
        self._helm = helm
        self._builds = builds
        self._cache = cache
        self._folder = folder
        self._numbers = count()

    def objects(self, parts: Sequence[Part], *, fresh: bool = False) -> list[KubeObject]:
        """Return the objects of parts; raises UnavailableError. `fresh` renders again what was rendered before."""
        return [item for part in parts for item in self._of(part, fresh=fresh) if not stream.is_test(item)]

    def _of(self, part: Part, *, fresh: bool) -> list[KubeObject]:
        if isinstance(part, FromFolder):
            if part.kind == "directory":
                return list(part.objects)
            done, ingredients = self.built(part)
            return self._read(part.pointer, part.path, done.out, ingredients)
        return self._done(part, self.job_of(part), part.layers, fresh=fresh)

    @property
    def kustomize(self) -> Kustomize | None:
        """The kustomize that has built something; None if there was nothing for it."""
        return self._builds.used

    def job_of(self, part: FromHelm) -> Job:
        """Return what Argo CD asks Helm for a part."""
        return self._job(part, part.layers, list(map("=".join, part.source.parameters)), part.contents)

    def of_helm(self, part: FromHelm, layers: Sequence[Layer], *, fresh: bool = False) -> list[KubeObject]:
        """Return what Helm renders of a chart with any values, and no parameters; raises UnavailableError."""
        return self._done(part, self._job(part, layers), layers, fresh=fresh)

    def _job(
        self, part: FromHelm, layers: Sequence[Layer], flags: Sequence[str] = (), contents: Sequence[tuple[str, str]] = ()
    ) -> Job:
        number = next(self._numbers)
        folder = posixpath.join(self._folder, f"values-{number}")
        job = rendering.job_of(str(number), part.source, part.chart, layers, folder, kubernetes=self._kubernetes, flags=flags)
        if contents:
            paths = rendering.written([Layer(f"parameter-{number}", text, {}) for _, text in contents], f"{folder}-contents")
            named = zip(contents, paths, strict=True)
            job = job._replace(contents=tuple(Content(name, text, path) for (name, text), path in named))
        return job

    def _done(self, part: FromHelm, job: Job, layers: Sequence[Layer], *, fresh: bool) -> list[KubeObject]:
        done = rendering.template(self._helm(), job, NOTHING if fresh else self._cache)
        if not done.ok:
            said = without(helms.said(done), rendering.secrets_in(job))
            for path, layer in zip(job.files, layers, strict=True):  # its copies are gone by the time somebody reads this
                said = said.replace(path, layer.name)
            hint = "; pass --kubernetes VERSION" if "kubeVersion" in said and not self._kubernetes else ""
            raise UnavailableError((*part.pointer, "helm"), f"Helm cannot render {part.chart.origin}: {said}{hint}")
        made_of = Ingredients(others=lambda: (rendering.ingredients_of(job), rendering.defaults_of(job)))
        return self._read(part.pointer, part.chart.origin, done.out, made_of)

    def built(self, part: FromFolder) -> tuple[Done, Ingredients]:
        """Return what kustomize builds of a part, and of what; raises UnavailableError."""
        given = part.data.get("kustomize") or {}
        try:
            at = (*part.pointer, "path")
            done, ingredients = self._builds.build(part.root, part.path, part.stock, given, at, (*part.pointer, "kustomize"))
        except NoChartError as error:
            raise UnavailableError(error.pointer, error.message, error.hint) from None
        if not done.ok:
            raise UnavailableError((*part.pointer, "path"), f"kustomize cannot build {part.path}: {shown(done.err)}")
        return done, ingredients

    @staticmethod
    def _read(pointer: tuple[str | int, ...], origin: str, out: bytes, ingredients: Ingredients) -> list[KubeObject]:
        read = stream.read(out.decode("utf-8", "replace"))
        if read.problems:
            raise UnavailableError(pointer, f"what {origin} renders is not YAML: {read.problems[0]}")
        return [item._replace(ingredients=ingredients) for item in read.objects]
