"""The commands of the switch: in this order, Argo CD deletes nothing."""

from __future__ import annotations

from generator.adopt.model import Found
from generator.adopt.roots import RootFound
from generator.adopt.switching import Move, steps
from generator.kubernetes.objects import KubeObject

MOVES = [Move("dev", "argocd", "root-dev", ("shop-dev",)), Move("prod", "argo prod", "root-prod", ())]


def found(name, **spec):
    return Found({"metadata": {"name": name, "namespace": "argocd"}, "spec": spec}, "x.yaml", "x.yaml", "/x.yaml")


def said(*arguments, **named):
    return [(step.why, step.commands) for step in steps(MOVES, *arguments, **named)]


def position(found_steps, word):
    return next(
        number for number, (why, commands) in enumerate(found_steps) if word in why or any(word in one for one in commands)
    )


def test_an_old_root_is_paused_before_anything_else_and_the_old_files_go_last():
    made = said([RootFound(found("root-dev"), frozenset(), frozenset(), ())], [], [])
    assert position(made, '"automated":null') < position(made, "apply -f generated/dev/root.yaml") < len(made) - 1
    assert "Remove the old files" in made[-1][0]
    assert not any("delete" in command for _, commands in made for command in commands), "the new root has its name"


def test_a_root_with_another_name_is_deleted_without_its_finalizer_after_the_new_one_took_over():
    made = said([RootFound(found("everything"), frozenset(), frozenset(), ())], [], [])
    gone = next(commands for _, commands in made if any("delete application everything" in one for one in commands))
    assert '"finalizers":null' in gone[0]
    assert position(made, "apply -f generated/prod/root.yaml") < position(made, "delete application everything")


def test_an_application_set_keeps_its_applications():
    made = said([], [found("fleet"), found("kept", syncPolicy={"preserveResourcesOnDeletion": True})], [])
    assert position(made, "preserveResourcesOnDeletion") < position(made, "delete applicationset fleet --cascade=orphan")
    patched = made[position(made, "patch applicationset")][1]
    assert [command.split()[5] for command in patched] == ["fleet"], "the other one says so itself"


def test_an_application_set_that_makes_more_than_the_workspace_has_is_not_deleted():
    made = said([], [found("fleet")], ["shop-qa"], frozenset({"fleet"}))
    assert not any("delete applicationset" in command for _, commands in made for command in commands)
    assert any("ApplicationSet fleet makes Applications that are not in the workspace" in why for why, _ in made)
    assert any("shop-qa" in why for why, _ in made)


def test_roots_of_one_name_are_paused_in_the_argo_cd_of_each():
    moves = [Move(name, "argocd", "root", (), instance=name) for name in ("dev", "prod")]
    roots = [RootFound(found("root"), frozenset(), frozenset(), ()) for _ in moves]
    paused = next(step.commands for step in steps(moves, roots, [], []) if "Pause" in step.why)
    assert [command.partition("  # ")[2] for command in paused] == ["in the Argo CD of dev", "in the Argo CD of prod"]


def test_roots_of_one_name_in_different_namespaces_are_paused_each_where_it_is():
    moves = [Move("dev", "argocd", "root", (), instance="blue"), Move("prod", "gitops", "root", (), instance="green")]
    green = Found({"metadata": {"name": "root", "namespace": "gitops"}, "spec": {}}, "y.yaml", "y.yaml", "/y.yaml")
    roots = [RootFound(one, frozenset(), frozenset(), ()) for one in (found("root"), green)]
    paused = next(step.commands for step in steps(moves, roots, [], []) if "Pause" in step.why)
    assert [(one.split()[2], one.partition("  # ")[2]) for one in paused] == [
        ("argocd", "in the Argo CD of blue"),
        ("gitops", "in the Argo CD of green"),
    ]


def test_what_may_be_a_root_is_paused_before_its_files_are_removed():
    made = said([], [], ["everything"], unread=[found("everything")])
    assert position(made, "patch application everything") < position(made, "apply -f generated/dev/root.yaml")
    assert any("may be root Applications" in why for why, _ in made)


def test_names_are_quoted_for_the_shell():
    made = said([RootFound(found("a; rm -rf ~"), frozenset(), frozenset(), ())], [], [])
    assert any("'a; rm -rf ~'" in command for _, commands in made for command in commands)
    assert any("-n 'argo prod'" in command for _, commands in made for command in commands)


def test_all_applications_are_looked_at_each_in_its_argo_cd():
    many = tuple(f"shop-{number}" for number in range(11))
    moves = [Move("dev", "argocd", "r", ("shop",), "blue"), Move("prod", "argocd", "r", many)]
    looks = next(step.commands for step in steps(moves, [], [], []) if "Synced" in step.why)
    assert looks == (
        "kubectl -n argocd get applications shop  # in the Argo CD of blue",
        "kubectl -n argocd get applications -l tiphys/environment=prod  # 11 Applications",
    )


def test_what_a_root_deploys_besides_applications_is_deployed_otherwise_before_the_new_root_prunes_it():
    project = KubeObject({"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": {"name": "shop"}})
    made = said([RootFound(found("root-dev"), frozenset(), frozenset(), (project,))], [], [])
    named = position(made, "AppProject shop (by root-dev)")
    assert position(made, '"automated":null') < named < position(made, "apply -f generated/dev/root.yaml")
