"""Names are Unicode, and never paths."""

import unicodedata

import pytest

from runwell.wire import names
from runwell.wire.errors import InvalidValue


@pytest.mark.parametrize(
    "text", ["detect-pedestrians", "한국어-프로젝트", "a b", "ünï.cödé", "x" * 128, "CON", "a&b=c"]
)
def test_ordinary_names_pass(text):
    assert names.project_name(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "..",
        "a/b",
        "a\\b",
        "a#b",
        "a?b",
        "100%",
        "a:b",
        "a\0b",
        "a\nb",
        "x" * 129,
        "a\u2215b",
        "a\uff0fb",
        "a\u202eb",
        "\ud800",
        3,
        None,
    ],
)
def test_names_that_could_be_paths_or_fool_a_reader_are_refused(text):
    with pytest.raises(InvalidValue):
        names.project_name(text)


def test_the_two_unicode_forms_of_a_name_are_one_name():
    assert names.project_name(unicodedata.normalize("NFD", "한글é")) == unicodedata.normalize("NFC", "한글é")


def test_first_path_segments_of_ours_are_no_entities():
    for reserved in ("api", "graphql", "settings", "artifactsV2"):
        with pytest.raises(InvalidValue, match="reserved"):
            names.entity_name(reserved)


@pytest.mark.parametrize("path", ["a.txt", "media/images/x_1.png", "코드/main.py", "a b/c", "..x/y", "a..b"])
def test_relative_file_names_pass(path):
    assert names.file_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../b",
        "a//b",
        "a/.",
        "C:x",
        "C:\\x",
        "\\\\host\\x",
        "a\\b",
        "a\0",
        "a/..;/b",
        "x" * 256,
        "/".join("a" * 65),
        "a\u2215b",
    ],
)
def test_file_names_that_climb_or_point_elsewhere_are_refused(path):
    with pytest.raises(InvalidValue):
        names.file_path(path)


def test_addresses_of_pages_are_quoted():
    assert names.run_url("http://h:1/", "local", "my proj", "한") == "http://h:1/local/my%20proj/runs/%ED%95%9C"


@pytest.mark.parametrize("key", ["", "a\nb", "a\0", "k" * 513, 5])
def test_keys_without_text_are_refused(key):
    with pytest.raises(InvalidValue):
        names.key(key)
