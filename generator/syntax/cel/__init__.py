"""The Common Expression Language, as far as conditions over objects need it; evaluated within a budget.

Any author of a pull request can write such expressions, so that each step must be paid for, which a library does not do.
One of those on PyPI also takes 1.1 s to import, and lacks functions of Kubernetes.
Source: github.com/google/cel-spec, doc/langdef.md; kubernetes.io/docs/reference/using-api/cel
"""
