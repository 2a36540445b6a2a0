"""Measure how long things take, as ratios within one run.

    python benchmarks/run.py [--services 100,1000] [--runs 5]

Makes a Git repository of N services × 3 environments and times whole processes against each other:
bare Python, a click program that prints hello, `git status` of the same tree, and `helm template` of
the same services. Absolute times are this machine's on this day; quote the ratios.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HELLO = "import click\n@click.command()\ndef main(): click.echo('hello')\nmain()\n"
TEMPLATED = 8
"""How many services helm renders; the rest is reckoned from them, as helm takes the same time for each."""

KINDS = {
    "plain": "  rollout: null\n",
    "canary": "  replicas: 10\n  rollout: {preset: gradual-canary}\n",
    "blue-green": "  rollout: {preset: blue-green}\n",
    "routed": "  rollout: {preset: routed-canary}\n  autoscaling: {minReplicas: 3, maxReplicas: 9, targetCPUUtilizationPercentage: 70}\n",
}

SPEC = """\
apiVersion: tiphys/v1
kind: Pipeline
metadata:
  name: {name}
  description: Service number {number} of a fleet.
  labels: {{team: team-{team}, tier: backend}}
spec:
  image:
    repository: registry.example.com/team-{team}/{name}
  values:
    containerPorts: [{{name: http, containerPort: {port}}}]
    service: {{port: 80, targetPort: http}}
    env:
      LOG_LEVEL: info
      LISTEN: ":{port}"
      UPSTREAM: http://upstream-{team}:8080
      FEATURES: "a,b,{number}"
      REGION: eu-west-1
    readinessProbe:
      httpGet: {{path: /healthz, port: http}}
      periodSeconds: 5
    livenessProbe:
      httpGet: {{path: /livez, port: http}}
      initialDelaySeconds: 15
    resources:
      requests: {{cpu: 100m, memory: 128Mi}}
      limits: {{memory: 256Mi}}
    ingress:
      enabled: true
      className: nginx
      hosts:
        - host: {name}.example.com
          paths: [{{path: /, pathType: Prefix}}]
  environments:
    dev:
      image: {{tag: "1.{number}.1"}}
      values:
        env: {{LOG_LEVEL: debug}}
    staging:
      image: {{tag: "1.{number}.0"}}
    prod:
      image: {{tag: "1.{number}.0"}}
      replicas: 4
      values:
        resources:
          requests: {{cpu: 500m, memory: 512Mi}}
          limits: {{memory: 1Gi}}
"""


def make_workspace(folder: Path, services: int) -> None:
    """Write a workspace of that many services, a quarter of each kind, and commit it."""
    (folder / "tiphys.yaml").write_text(
        "apiVersion: tiphys/v1\nkind: Workspace\nspec: {repoURL: https://example.com/config.git}\n"
    )
    shutil.copytree(ROOT / "environments", folder / "environments")
    kinds = list(KINDS.values())
    for number in range(services):
        name = f"svc-{number:05d}"
        path = folder / "services" / f"team-{number % 40:02d}" / name
        path.mkdir(parents=True)
        text = SPEC.format(name=name, number=number, team=f"{number % 40:02d}", port=8000 + number % 900)
        (path / "pipeline.yaml").write_text(text.replace("  environments:\n", kinds[number % 4] + "  environments:\n"))
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)


def commit(folder: Path) -> None:
    """Commit everything, so that git status and the hook see a clean tree."""
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com", "-c", "gc.auto=0"]
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    subprocess.run(["git", *identity, "commit", "-qm", "all"], cwd=folder, check=True)


def timed(command: list[str], folder: Path, runs: int, before=lambda: None, ok=(0,)) -> float:
    """Return the median wall time in seconds of a whole process."""
    times = []
    for number in range(runs + 1):
        before()
        start = time.perf_counter()
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        if number:
            times.append(time.perf_counter() - start)
        if done.returncode not in ok:
            raise SystemExit(f"{command}: exit {done.returncode}\n{done.stderr.decode()[-2000:]}")
    return statistics.median(times)


def measure(services: int, runs: int, helm: str | None) -> dict[str, float]:
    """Return the seconds of each command for a workspace of that size."""
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as cache:
        folder = Path(name)
        os.environ["TIPHYS_CACHE_DIR"] = cache
        make_workspace(folder, services)
        tiphys = [str(Path(sys.executable).parent / "tiphys")]
        found = {
            "python -c pass": timed([sys.executable, "-c", "pass"], folder, runs * 3),
            "click hello": timed([sys.executable, "-c", HELLO], folder, runs * 3),
            "tiphys --version": timed([*tiphys, "--version"], folder, runs * 3),
        }
        cold_runs = runs if services <= 1000 else 1
        generated = folder / "generated"
        found["generate, cold"] = timed([*tiphys, "generate", "-q"], folder, cold_runs, lambda: _out_of_the_way(generated))
        found["the same files, by cp"] = _copied(folder)
        commit(folder)
        found["git status"] = timed(["git", "status", "--porcelain"], folder, runs)
        found["check --no-cache"] = timed([*tiphys, "check", "--no-cache"], folder, cold_runs)
        _settle(folder, tiphys)
        found["check, nothing changed"] = timed([*tiphys, "check"], folder, runs)
        found["check, all files touched"] = timed([*tiphys, "check"], folder, runs, lambda: _touch(folder))
        found["check, one spec changed"] = timed([*tiphys, "check"], folder, runs, _edits(folder))
        found["check one service"] = timed([*tiphys, "check", "svc-00001"], folder, runs)
        found["hook, one spec changed"] = _hook(folder, tiphys, runs)
        found["hook --no-cache"] = _hook(folder, [*tiphys], cold_runs, "--no-cache")
        for old in folder.parent.glob(f"{folder.name}-old-*"):
            shutil.rmtree(old)
        if helm:
            found["helm template × 3"] = _helm(folder, helm, services)
        return found


def _out_of_the_way(generated: Path) -> None:
    """Move what was generated aside: a file system that has just deleted as many files is slow to make new ones."""
    if generated.exists():
        generated.rename(generated.parent.parent / f"{generated.parent.name}-old-{time.time_ns()}")


def _copied(folder: Path) -> float:
    """Return how long it takes to write the same files anew with cp: the floor of a cold generate on this disk."""
    start = time.perf_counter()
    subprocess.run(["cp", "-r", "generated", "copied"], cwd=folder, check=True)
    taken = time.perf_counter() - start
    shutil.rmtree(folder / "copied")
    return taken


def _settle(folder: Path, tiphys: list[str]) -> None:
    """Let the files become older than the granule of file systems, within which their times say nothing, and look once."""
    time.sleep(2.5)
    subprocess.run([*tiphys, "check"], cwd=folder, check=True, capture_output=True)


def _touch(folder: Path) -> None:
    for path in folder.rglob("*.yaml"):
        os.utime(path)


def _edits(folder: Path):
    """Return what adds a comment to one spec, so that nothing drifts."""
    spec = next(folder.glob("services/*/svc-00001/pipeline.yaml"))

    def edit() -> None:
        with spec.open("a", encoding="utf-8") as file:
            file.write("# edited\n")

    return edit


def _hook(folder: Path, tiphys: list[str], runs: int, *more: str) -> float:
    spec = next(folder.glob("services/*/svc-00001/pipeline.yaml"))
    text = spec.read_text()

    def change() -> None:
        spec.write_text(text.replace("LOG_LEVEL: info", f"LOG_LEVEL: level-{time.time_ns()}"))
        subprocess.run(["git", "add", str(spec)], cwd=folder, check=True)

    return timed([*tiphys, "generate", "--hook", *more], folder, runs, change, ok=(1,))


def _helm(folder: Path, helm: str, services: int) -> float:
    chart = ROOT / "templates" / "chart"
    start = time.perf_counter()
    sample = sorted((folder / "generated" / "prod").glob("svc-*"))[:TEMPLATED]
    for service in sample:
        for environment in ("dev", "staging", "prod"):
            values = folder / "generated" / environment / service.name
            files = [
                part
                for name in ("values.yaml", "rollout.yaml")
                if (values / name).exists()
                for part in ("-f", str(values / name))
            ]
            subprocess.run([helm, "template", service.name, str(chart), *files], capture_output=True, check=True)
    return (time.perf_counter() - start) / len(sample) * services


def main() -> None:
    """Measure every size, and print seconds and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", default="100,1000", help="sizes, separated by commas")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    beside = Path(sys.executable).parent / "helm"
    helm = str(beside) if beside.exists() else shutil.which("helm")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for size in map(int, arguments.services.split(",")):
        found = measure(size, arguments.runs, helm)
        print(f"\n{size:,} services × 3 environments")
        print(f"{'':26}{'median s':>10}{'/ python':>10}{'/ click':>10}{'/ git st.':>10}{'us / svc':>10}")
        for name, taken in found.items():
            ratios = [taken / found[base] for base in ("python -c pass", "click hello", "git status")]
            print(f"{name:26}{taken:10.3f}" + "".join(f"{ratio:10.2f}" for ratio in ratios) + f"{taken / size * 1e6:10.0f}")


if __name__ == "__main__":
    main()
