"""The Common Expression Language, as far as conditions over objects need it; evaluated within a budget.

Any author of a pull request can write such expressions. Both libraries on PyPI were measured and left aside: neither can
be bounded, neither has the functions of Kubernetes, and one imports a command-line framework (1.1 s, 42 MB).
Source: github.com/google/cel-spec, doc/langdef.md; kubernetes.io/docs/reference/using-api/cel
"""
