"""The functions of Go templates in ApplicationSets: those of Go, of Sprig but for three, and Argo CD's own.

Source: text/template/funcs.go; Masterminds/sprig v3.3, functions.go; argo-cd, applicationset/utils/utils.go, init
"""

from __future__ import annotations

from generator.syntax.gotemplate.functions import basic, encoding, lists, mappings, numbers, texts
from generator.syntax.gotemplate.functions.function import Function, unknown

UNSTEADY = frozenset(
    (
        *("ago", "bcrypt", "buildCustomCert", "encryptAES", "genCA", "genCAWithKey", "genPrivateKey", "genSelfSignedCert"),
        *("genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "htpasswd", "now", "randAlpha"),
        *("randAlphaNum", "randAscii", "randBytes", "randInt", "randNumeric", "shuffle", "uuidv4"),
    )
)
"""Functions that give something else each time."""

_NOT_EVALUATED = (
    *("abbrev", "abbrevboth", "adler32sum", "call", "camelcase", "date", "dateInZone", "dateModify", "date_in_zone"),
    *("date_modify", "decryptAES", "derivePassword", "duration", "durationRound", "htmlDate", "htmlDateInZone", "initials"),
    *("html", "js", "kebabcase", "mustDateModify", "mustRegexFind", "mustRegexFindAll", "mustRegexSplit", "mustToDate"),
    *("must_date_modify", "osBase", "osClean", "osDir", "osExt", "osIsAbs", "regexFind", "regexFindAll", "regexSplit"),
    *("semver", "snakecase", "swapcase", "toDate", "unixEpoch", "urlJoin", "urlParse", "wrap", "wrapWith"),
)

MUTATING = frozenset(("set", "unset", "merge", "mustMerge", "mergeOverwrite", "mustMergeOverwrite"))
"""Functions that change one of their arguments."""

FUNCTIONS: dict[str, Function] = {
    name: Function(name, takes, call)
    for table in (basic.TABLE, texts.TABLE, lists.TABLE, mappings.TABLE, numbers.TABLE, encoding.TABLE)
    for name, (takes, call) in table.items()
} | {name: Function(name, "a*", unknown) for name in (*_NOT_EVALUATED, *UNSTEADY)}
"""All functions, by name; any other name is an error."""
