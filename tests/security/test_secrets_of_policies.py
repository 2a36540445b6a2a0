"""No expression that someone proposes tells of a secret, whatever it makes of it."""

from __future__ import annotations

import pytest
import yaml

from generator.kubernetes.objects import KubeObject, Objects
from generator.lint import own_rules
from generator.lint.users import MOST_TOGETHER
from generator.syntax.budget import Budget
from generator.syntax.reader import parse
from support.policies import binding, bound, judged, policy

SECRET, ENCODED = "Sup3rS3cretValue99", "U3VwM3JTM2NyZXRWYWx1ZTk5"
SAID = "p: it must not"


def an_object(kind="ConfigMap", name="a", **parts):
    return KubeObject({"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "default"}, **parts})


PLAIN = an_object(data={"x": "y"})
MASKED = an_object(data={"password": SECRET})
PARAMS = an_object("Secret", "limits", stringData={"note": SECRET}, data={"token": ENCODED})
MASKED_PARAMS = an_object(name="limits", data={"db": {"password": SECRET}, "note": f"password={SECRET} for all"})
HOME = KubeObject(
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default", "annotations": {"api-token": SECRET}}}
)
INNER = KubeObject({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "spec": {"template": PARAMS.data}})

WAYS = {
    "as it is": "'it is ' + §",
    "apart": "§.split('').join('-')",
    "in capitals": "§.upperAscii()",
    "in small letters": "§.lowerAscii()",
    "in halves": "§.substring(0, 9) + ' ' + §.substring(9)",
    "a letter": "§.substring(0, 1) + 'x'",
    "a letter instead of others": "§.replace('S', 'x').replace('3', 'y')",
    "its letters as numbers": "string([0, 1, 2, 3, 4, 5].map(n, 'RSTuvp'.indexOf(§.substring(n, n + 1))).map(n, string(n)).join(' '))",
    "its length": "'it has ' + string(size(§))",
    "a word for a letter": "§.startsWith('S') ? 'it begins with S' : 'it begins otherwise'",
    "a word for a comparison": "§ > 'M' ? 'upper' : 'lower'",
    "a word for a pattern": "§.matches('^Sup[0-9]r') ? 'yes' : 'no'",
    "a list of words": "['S', 'u', 'p'].filter(c, §.contains(c)).join('')",
    "by an optional field": "[§].map(c, c.split('')).map(c, c.join('_')).join('')",
    "by a variable": "variables.spread",
    "by a variable of a variable": "'that is ' + variables.twice",
}
FROM = {
    "a masked value": ("object.data.password", MASKED, ()),
    "a Secret as parameter": ("params.stringData.note", PLAIN, (PARAMS,)),
    "a Secret as parameter, encoded": ("params.data.token", PLAIN, (PARAMS,)),
    "a masked value of a parameter": ("params.data.db.password", PLAIN, (MASKED_PARAMS,)),
    "a text of a parameter with a secret in it": ("params.data.note", PLAIN, (MASKED_PARAMS,)),
    "a masked value of the Namespace": ("namespaceObject.metadata.annotations['api-token']", PLAIN, (HOME,)),
    "a Secret in an object": ("object.spec.template.stringData.note", INNER, ()),
}


def messages(value, item, beside, **validation):
    """Return what a policy says, whose expressions have a value for `§`."""
    variables = [
        {"name": "spread", "expression": f"{value}.split('').join('+')"},
        {"name": "twice", "expression": "variables.spread + ':' + variables.spread"},
    ]
    validation = {name: text.replace("§", value) if "xpression" in name else text for name, text in validation.items()}
    kind = next((one.kind for one in beside if one.name == "limits"), "")
    spec = {"paramKind": {"apiVersion": "v1", "kind": kind}} if kind else {}
    ref = {"paramRef": {"name": "limits", "namespace": "default", "parameterNotFoundAction": "Deny"}} if kind else {}
    whole = policy("p", variables=variables, validations=[validation], **spec)
    found, _ = judged([whole, binding("b", "p", **ref), *beside], [item])
    return [one.message for one in found]


@pytest.mark.parametrize("source", FROM)
@pytest.mark.parametrize("way", WAYS)
def test_a_message_that_an_expression_makes_tells_nothing_of_a_secret(source, way):
    said = messages(*FROM[source], expression="false", messageExpression=WAYS[way], message="it must not")
    assert said == [SAID]


@pytest.mark.parametrize("way", WAYS)
def test_a_message_is_made_of_what_is_no_secret(way):
    said = messages("object.data.note", an_object(data={"note": SECRET}), (), expression="false", messageExpression=WAYS[way])
    assert said
    assert "failed expression" not in said[0]


BRANCHES = " : ".join(f"§.startsWith('{letter}') ? object.is_{letter}" for letter in "STUp") + " : true"
FAILING = {
    "an absent field for each letter": BRANCHES,
    "a place for each letter": "§ < 'T' ? 1 / 0 == 1 : 1 / 0 == 1",
    "a type for each letter": "§ < 'T' ? 'a' < 1 : true < 1",
    "no verdict for a letter": "§ < 'T' ? 'S' : 1",
    "a number that is none": "int(§) == 1",
    "an entry that is not there": "[0][size(§) * 1000] == 0",
}
UNDECIDED = {
    "an unknown function for each letter": "§.startsWith('S') ? letter_S() : letter_other()",
    "a field of the old object for each letter": "§.startsWith('S') ? authorizer.S : authorizer.other",
}


@pytest.mark.parametrize("source", FROM)
@pytest.mark.parametrize("way", FAILING)
def test_an_expression_that_fails_says_neither_why_nor_where_if_it_may_look_at_a_secret(source, way):
    because = "the expression fails for ConfigMap"
    if way == "an absent field for each letter":
        because = "not decided without a cluster for all objects: it reads a field that ConfigMap may have by default"
    assert messages(*FROM[source], expression=FAILING[way]) == [f"p: {because}"]


@pytest.mark.parametrize("source", FROM)
@pytest.mark.parametrize("way", UNDECIDED)
def test_an_expression_that_cannot_be_decided_says_no_more_of_a_secret(source, way):
    said = messages(*FROM[source], expression=UNDECIDED[way])
    because = "it depends on what is not known before the object is applied"
    assert said == [f"p: not decided without a cluster for all objects: {because}"]


@pytest.mark.parametrize("source", FROM)
def test_a_condition_that_fails_says_no_more_of_a_secret(source):
    value, item, beside = FROM[source]
    kind = next((one.kind for one in beside if one.name == "limits"), "")
    given = {"paramKind": {"apiVersion": "v1", "kind": kind}} if kind else {}
    ref = {"paramRef": {"name": "limits", "namespace": "default"}} if kind else {}
    conditions = [{"name": "c", "expression": f"int({value}) == 1"}]
    found, _ = judged([policy("p", matchConditions=conditions, **given), binding("b", "p", **ref), *beside], [item])
    assert [one.message for one in found] == ["p: condition `c` fails for ConfigMap"]


def test_annotations_of_an_audit_are_not_said_at_all():
    notes = [{"key": "note", "valueExpression": "object.data.password.split('').join('-')"}]
    found, _ = judged(bound("p", auditAnnotations=notes, validations=[{"expression": "false"}]), [MASKED])
    assert [one.message for one in found] == ["p: failed expression: false"]


RULE = """\
apiVersion: tiphys/v1
kind: Rule
metadata: {name: p}
spec:
  message: it must not
  expression: "%s"
  cases: [{object: {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {}}, passes: true}]
"""


@pytest.mark.parametrize("source", [name for name, (_, _, beside) in FROM.items() if not beside])
@pytest.mark.parametrize("way", [*FAILING, *UNDECIDED])
def test_a_rule_that_fails_says_neither_why_nor_where_if_the_object_holds_a_secret(source, way):
    value, item, _ = FROM[source]
    holder, _, field = value.rpartition(".")
    guard = "!has(object.spec)" if "spec" in holder else f"!has({holder}.{field})"
    text = RULE % f"{guard} ? true : ({(FAILING | UNDECIDED)[way].replace('§', value)})"
    found = own_rules.of([parse("rules/p.yaml", text.encode())], Budget(MOST_TOGETHER))
    assert not found.problems
    said = [one.message for rule in found.rules for one in rule.check(item, Objects([item]))]
    assert said == ["p: it must not (the expression fails)"]


def test_a_rule_says_why_it_fails_for_an_object_without_a_secret():
    text = RULE % "!has(object.data.x) || int(object.data.x) == 1"
    (rule,) = own_rules.of([parse("rules/p.yaml", text.encode())], Budget(MOST_TOGETHER)).rules
    (said,) = [one.message for one in rule.check(PLAIN, Objects([PLAIN]))]
    assert said == "p: it must not (the expression fails: the string is not an int, at character 24)"


def test_the_whole_report_of_a_run_tells_nothing_of_a_secret(tiphys, tmp_path):
    """The reproducer of an attack: each line was in the log of CI."""
    made = [f"params.stringData.note{end}" for end in (".split('').join('-')", ".upperAscii()", ".substring(4)")]
    made += [f"object.data.password{end}" for end in (".split('').join('-')", ".upperAscii()", ".substring(4)")]
    spec = {"paramKind": {"apiVersion": "v1", "kind": "Secret"}}
    whole = policy("p", validations=[{"expression": "false", "messageExpression": one} for one in made], **spec)
    items = [whole, binding("b", "p", paramRef={"name": "limits", "namespace": "default"}), PARAMS, MASKED]
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all([one.data for one in items]))
    for how in ("text", "json", "sarif", "github"):
        done = tiphys("lint", "--manifests", ".", "--format", how, cwd=tmp_path)
        assert done.returncode == 1
        said = (done.stdout + done.stderr).lower().replace("-", "")
        assert "failed expression: false" in said
        assert not [piece for piece in (SECRET, SECRET[4:], ENCODED, SECRET[:9]) if piece.lower() in said]
