"""The quick look at whether a text may hold a secret at all, which spares most texts the slow one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator.syntax.secrets.looks import may_hold

SIGNS = yaml.safe_load(Path(__file__).with_name("secret_signs.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", SIGNS)
@pytest.mark.parametrize("changed", [str, str.lower, str.upper], ids=["as is", "lowercase", "uppercase"])
@pytest.mark.parametrize("before", ["name: web\n", "name: wéb\n"], ids=["ASCII", "other letters"])
def test_a_line_with_a_secret_is_not_shown_because_a_quick_look_missed_it(text, changed, before):
    assert may_hold(before + changed(text))


@pytest.mark.parametrize("text", ["paſſword: x", "toKen: x".replace("K", "\u212a")])
def test_a_key_in_letters_whose_lowercase_is_another_is_not_shown(text):
    assert may_hold(text)


@pytest.mark.parametrize("text", ["name: web\nreplicas: 3\n", "spinning: 1", "at: web@cluster", "name: wéb"])
def test_a_file_without_any_sign_is_not_searched_further(text):
    assert not may_hold(text)
