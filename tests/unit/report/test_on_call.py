"""Links and commands on the page of a service: they lead where they say, and run nothing that a name contains."""

from __future__ import annotations

import shlex
from types import SimpleNamespace

import pytest

from generator.report.site import on_call
from generator.report.site.on_call import Link, commands_of, link_of, links_of


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "https://user:password@example.com/",
        "https://token@example.com/",
        "https://example.com/?token=abcdef0123456789abcdef0123456789",
        'https://example.com/"onclick=x',
        "https://example.com/\nx",
        "//example.com",
        "see https://example.com",
        "https://example.com/" + "a" * 3000,
        "",
        None,
        5,
    ],
)
def test_what_is_no_address_or_holds_a_secret_is_no_link(text):
    assert link_of("x", text) is None


def built(monkeypatch, known=True, **more):
    monkeypatch.setattr(on_call, "is_known", lambda _built: known)
    application = {
        "name": "web-prod",
        "namespace": "argocd",
        "annotations": {},
        "info": None,
        "destination": {"namespace": "shop"},
    }
    return SimpleNamespace(
        application={**application, **more.pop("application", {})},
        strategy=more.pop("strategy", {"canary": {}}),
        chart=SimpleNamespace(kind=more.pop("kind", "Deployment"), workload="web"),
        rollout_name=more.pop("name", "web"),
        resolved=SimpleNamespace(service="web", environment=SimpleNamespace(label="prod/eu")),
    )


def test_links_are_those_that_argo_cd_knows_as_well(monkeypatch):
    annotations = {
        "argocd.argoproj.io/managed-by-url": "https://argo.example.com/",
        "link.argocd.argoproj.io/external-link": "Dashboard|https://grafana.example.com/d/web?env=prod",
        "link.argocd.argoproj.io/logs": "https://logs.example.com/web",
        "link.argocd.argoproj.io/bad": "Evil|javascript:alert(1)",
        "other": "https://example.com",
    }
    info = [{"name": "Runbook", "value": "https://wiki.example.com/web"}, {"name": "Team", "value": "shop"}]
    assert links_of(built(monkeypatch, application={"annotations": annotations, "info": info})) == (
        Link("Argo CD", "https://argo.example.com/applications/argocd/web-prod"),
        Link("Dashboard", "https://grafana.example.com/d/web?env=prod"),
        Link("logs", "https://logs.example.com/web"),
        Link("Runbook", "https://wiki.example.com/web"),
    )


def lines(one):
    return {command.what: command.line for command in commands_of(one)}


def test_commands_name_the_workload_and_its_namespace(monkeypatch):
    assert lines(built(monkeypatch, name="web-rollout")) == {
        "Watch": "kubectl argo rollouts get rollout web-rollout -n shop --watch",
        "Abort": "kubectl argo rollouts abort web-rollout -n shop",
        "Undo": "kubectl argo rollouts undo web-rollout -n shop",
        "Roll back in Git": "tiphys rollback web --env prod --commit",
    }
    assert lines(built(monkeypatch, strategy={}))["Undo"] == "kubectl rollout undo deployment/web -n shop"
    assert lines(built(monkeypatch, strategy={}, kind="Rollout"))["Abort"] == "kubectl argo rollouts abort web -n shop"
    assert list(lines(built(monkeypatch, known=False))) == ["Roll back in Git"]


def test_a_name_is_one_word_of_a_command(monkeypatch):
    one = built(monkeypatch, name="x; rm -rf /", application={"destination": {"namespace": "$(id)"}})
    assert shlex.split(lines(one)["Abort"]) == ["kubectl", "argo", "rollouts", "abort", "x; rm -rf /", "-n", "$(id)"]


@pytest.mark.parametrize(("heals", "said"), [(True, "self-heal is on"), (False, "until the next sync")])
def test_an_undo_that_argo_cd_reverts_says_so(monkeypatch, heals, said):
    one = built(monkeypatch, application={"syncPolicy": {"automated": {"selfHeal": heals}}})
    assert said in next(command.note for command in commands_of(one) if command.what == "Undo")
