"""The addresses of one repository are one repository, as Argo CD compares them."""

from __future__ import annotations

import pytest

from generator.kubernetes.repositories import normal


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://git.example.com/shop/config.git", "https://GIT.example.com/Shop/Config", True),
        ("https://git.example.com/shop/config/", "https://git.example.com/shop/config.git", True),
        ("git@git.example.com:shop/config.git", "ssh://git@git.example.com/shop/config", True),
        ("git@git.example.com:shop/config.git", "https://git.example.com/shop/config.git", False),
        ("https://user@git.example.com/shop/config.git", "https://git.example.com/shop/config.git", False),
        ("https://git.example.com:8443/shop/config", "https://git.example.com/shop/config", False),
        ("https://git.example.com/shop/config", "https://git.example.com/shop/configs", False),
    ],
)
def test_a_repository_is_itself_however_its_address_is_written(one, other, same):
    assert (normal(one) == normal(other)) is same
