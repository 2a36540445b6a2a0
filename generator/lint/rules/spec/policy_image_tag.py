"""The rule TP111, policy-image-tag."""

from __future__ import annotations

from collections.abc import Iterator

from generator.lint.rules.rule import Finding
from generator.service.build import Built
from generator.service.images import images_of
from generator.syntax import patterns


def check(built: Built) -> Iterator[Finding]:
    """The environment must allow the tag of every image.

    `policy.imageTag.pattern` is a regular expression for the whole tag, `deny` a list of tags that
    are never deployed, such as `latest`. A pattern is matched in linear time: it can have groups, `|`,
    classes, anchors and quantifiers, but no backreferences and no lookahead or lookbehind. A policy is checked
    against the merged result; it never changes a value.
    Wrong:
        # environments/prod.yaml
        spec:
          policy: {imageTag: {deny: [latest]}}
        # services/web/pipeline.yaml
        spec:
          image: {repository: ghcr.io/acme/web, tag: latest}
    Right:
        # environments/prod.yaml
        spec:
          policy: {imageTag: {deny: [latest]}}
        # services/web/pipeline.yaml
        spec:
          image: {repository: ghcr.io/acme/web, tag: "1.0.0"}
    Source: docs/spec.md, Layers
    """
    policy = built.resolved.environment.policy.get("imageTag") or {}
    where = built.resolved.environment.name
    for at, image in images_of(built.resolved):
        tag, pointer = image.get("tag"), (*at, "tag")
        if tag is None:
            continue
        if tag in (policy.get("deny") or []):
            yield Finding(pointer, f'the tag "{tag}" is denied in {where}', "use the tag of a version that was built")
        elif policy.get("pattern") and not patterns.compiled(policy["pattern"]).fullmatch(tag):
            message = f'the tag "{tag}" does not match the pattern of {where}: {policy["pattern"]}'
            yield Finding(pointer, message, "deploy a tag that matches, or change the policy of the environment")
