"""Changes of the rollout strategy: its kind, steps, analyses and router."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import dotted
from generator.diff.model import Change, change
from generator.kubernetes import strategy as strategies
from generator.plan import steps as plan_steps
from generator.syntax.alignment import aligned, canonical
from generator.syntax.leaves import ABSENT, Leaf, differences
from generator.syntax.wording import counted

PART = "strategy"
_KINDS = {"": "plain Deployment", "canary": "canary", "blueGreen": "blue-green"}
_ANALYSES = ("analysis", "prePromotionAnalysis", "postPromotionAnalysis")


def strategy_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield what changed of a strategy."""
    before, after = strategies.kind(old), strategies.kind(new)
    if before != after:
        yield _other_kind(old, new)
        yield from _lost(old, new)
        return
    body, wanted = dict(strategies.body(old)), dict(strategies.body(new))
    at = (after,)
    yield from _router(body, wanted)
    yield from _steps(body.pop("steps", None) or [], wanted.pop("steps", None) or [], _whole(old), _whole(new))
    for leaf in differences(body, wanted, at):
        yield _leaf(leaf)
    others = [{key: value for key, value in strategy.items() if key != after} for strategy in (old, new)]
    for leaf in differences(others[0], others[1]):
        yield change(PART, leaf.path, leaf.old, leaf.new, f"strategy {dotted(leaf.path)}", risk="strategy-changed")


def strategy_words(strategy: Mapping[str, Any]) -> str:
    """Return a strategy in words: `canary of 6 steps`."""
    kind = _KINDS[strategies.kind(strategy)]
    number = len(strategies.steps(strategy))
    return f"{kind} of {counted(number, 'step')}" if number else kind


def is_about_a_gate(told: Change) -> bool:
    """Tell whether a change adds or removes a manual gate."""
    if told.path.endswith("autoPromotionEnabled"):
        return True
    return told.path.startswith(f"{PART}: canary.steps") and "gate-removed" in map(_risk_without, (told.before, told.after))


def _whole(strategy: Mapping[str, Any]) -> int:
    return int(strategies.routing(strategy).get("maxTrafficWeight") or 100)


def _other_kind(old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
    risk = "strategy-removed" if not new else "strategy-added" if not old else "strategy-changed"
    said = (strategy_words(old), strategy_words(new))
    return change(PART, (), dict(old), dict(new), "strategy", risk=risk, said=said)


def _lost(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the analyses that one kind of strategy had and the other has not."""
    sides = [{_names(analysis) for _, analysis in strategies.analyses(strategy)} for strategy in (old, new)]
    for names in sorted(sides[0] - sides[1]):
        yield change(PART, ("analysis", names), names, ABSENT, "analysis", risk="analysis-removed")
    for names in sorted(sides[1] - sides[0]):
        yield change(PART, ("analysis", names), ABSENT, names, "analysis")


def _names(analysis: Mapping[str, Any]) -> str:
    return ", ".join(str(ref.get("templateName")) for ref in analysis.get("templates") or [])


def _router(body: dict[str, Any], wanted: dict[str, Any]) -> Iterator[Change]:
    """Yield the change of traffic router, and remove it from both sides."""
    routers = [_routers(side) for side in (body, wanted)]
    if routers[0] == routers[1]:
        return
    before, after = (side.pop("trafficRouting", ABSENT) for side in (body, wanted))
    said = (routers[0] or "none", routers[1] or "none")
    yield change(PART, ("canary", "trafficRouting"), before, after, "traffic router", risk="router-changed", said=said)


def _routers(body: Mapping[str, Any]) -> str:
    routing = body.get("trafficRouting") or {}
    names = [key for key in routing if key not in ("plugins", "managedRoutes", "maxTrafficWeight")]
    return ", ".join(sorted([*names, *(routing.get("plugins") or {})]))


def _steps(old: list[Any], new: list[Any], whole_before: int, whole: int) -> Iterator[Change]:
    for before, after in aligned(old, new, _same_action):
        if before is not None and after is not None:
            if canonical(old[before]) != canonical(new[after]):
                yield from _step_changed(old[before], new[after], after, (whole_before, whole))
        elif after is not None:
            step = new[after]
            yield _step(after, ABSENT, step, ("", _title(step, whole)), "strategy-changed")
        elif before is not None:
            step = old[before]
            yield _step(before, step, ABSENT, (_title(step, whole_before), ""), _risk_without(step))


def _step(number: int, old: Any, new: Any, said: tuple[str, str], risk: str) -> Change:
    made = change(PART, ("canary", "steps", number), old, new, f"canary step {number + 1}:", risk=risk, said=said)
    if old is ABSENT:
        return made._replace(sentence=f"canary +1 step: step {number + 1}, {said[1]}")
    if new is ABSENT:
        return made._replace(sentence=f"canary −1 step: step {number + 1}, {said[0]}")
    return made


def _step_changed(old: Any, new: Any, number: int, wholes: tuple[int, int]) -> Iterator[Change]:
    titles = (_title(old, wholes[0]), _title(new, wholes[1]))
    lost = _risk_without(old)
    risk = lost if lost != "strategy-changed" and _risk_without(new) != lost else "strategy-changed"
    if titles[0] != titles[1]:
        yield _step(number, old, new, titles, risk)
        return
    for leaf in differences(old, new, ("canary", "steps", number)):
        title = f"canary step {number + 1}, {dotted(leaf.path[3:])}"
        yield change(PART, leaf.path, leaf.old, leaf.new, title, risk=_analysis_risk(leaf) or risk)


def _title(step: Any, whole: int) -> str:
    try:
        return plan_steps.title(step, whole)
    except (TypeError, ValueError, AttributeError, KeyError):  # a strategy can hold what no controller takes
        return "an invalid step"


def _risk_without(step: Any) -> str:
    """Return the risk of removing a step."""
    if not isinstance(step, dict):
        return "strategy-changed"
    pause = step.get("pause")
    if isinstance(pause, dict) and pause.get("duration") is None:
        return "gate-removed"
    return "analysis-removed" if "analysis" in step else "strategy-changed"


def _same_action(old: Any, new: Any) -> bool:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return False
    return plan_steps.actions(old)[:1] == plan_steps.actions(new)[:1]


def _leaf(leaf: Leaf) -> Change:
    path = leaf.path
    title = dotted(path)
    if len(path) == 2 and path[1] in _ANALYSES:
        name = {"analysis": "background analysis"}.get(str(path[1]), str(path[1]))
        risk = "analysis-removed" if leaf.new is ABSENT else "analysis-changed"
        said = tuple(_names(side) if isinstance(side, dict) else "none" for side in (leaf.old, leaf.new))
        return change(PART, path, leaf.old, leaf.new, name, risk=risk, said=(said[0], said[1]))
    if leaf.order:
        title += ": order"
    if "trafficRouting" in path:
        return change(PART, path, leaf.old, leaf.new, title, risk="router-changed")
    if path[-1] == "autoPromotionEnabled" and leaf.old is False:
        return change(PART, path, leaf.old, leaf.new, title, risk="gate-removed")
    return change(PART, path, leaf.old, leaf.new, title, risk=_analysis_risk(leaf) or "strategy-changed")


def _analysis_risk(leaf: Leaf) -> str:
    if not any(name in leaf.path for name in _ANALYSES):
        return ""
    return "analysis-removed" if leaf.new is ABSENT and "templates" in leaf.path else "analysis-changed"
