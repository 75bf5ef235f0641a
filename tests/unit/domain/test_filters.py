"""The filter grammar: what it reads, and how it says no."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runwell.server.domain.filters import compare, parse_filter, parse_key
from runwell.server.domain.selection import split_keys
from runwell.server.stores.filter_tree import And, Compare, Contains, Exists, Key, Match, Node, Not, OneOf, Or
from runwell.wire.errors import InvalidValue

NOW = 1_700_000_000.0
LR = Key("config", "lr")
STATE = Key("run", "state")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("config.lr < 1e-3", Compare(LR, "<", 0.001)),
        ("config.lr<.5", Compare(LR, "<", 0.5)),
        ("config.lr >= -3", Compare(LR, ">=", -3)),
        ("config.lr == +3.", Compare(LR, "=", 3.0)),
        ("state = 'finished'", Compare(STATE, "=", "finished")),
        (r'notes = "a\"b\\c\n\d"', Compare(Key("run", "notes"), "=", 'a"b\\c\n\\d')),
        ("loss != null", Compare(Key("any", "loss"), "!=", None)),
        ("summary.val/acc > 0", Compare(Key("summary", "val/acc"), ">", 0)),
        ("config.`my key`.x = true", Compare(Key("config", "my key.x"), "=", True)),
        ("`state` = 1", Compare(Key("any", "state"), "=", 1)),
        ("config.0 = 1", Compare(Key("config", "0"), "=", 1)),
        ("config.학습률 = 1", Compare(Key("config", "학습률"), "=", 1)),
        ("config = 1", Compare(Key("any", "config"), "=", 1)),
        ('name ~ "^resnet"', Match(Key("run", "name"), "^resnet")),
        (r'name !~ "\d+"', Match(Key("run", "name"), r"\d+", negated=True)),
        ('"baseline" in tags', Contains(Key("run", "tags"), "baseline")),
        ('"x" not in tags', Not(Contains(Key("run", "tags"), "x"))),
        ('state in ["a", 1, null,]', None),
        ('state in ["a", 1, null]', OneOf(STATE, ("a", 1, None))),
        ("state not in []", Not(OneOf(STATE, ()))),
        ("not exists config.lr", Not(Exists(LR))),
        ("created_at > -30d", Compare(Key("run", "created_at"), ">", NOW - 30 * 86400)),
        ("created_at < -1.5h", Compare(Key("run", "created_at"), "<", NOW - 5400)),
        ("NOT Exists config.lr AND config.lr = TRUE", And((Not(Exists(LR)), Compare(LR, "=", True)))),
        (
            "config.lr=1 or config.lr=2 and config.lr=3",
            Or((Compare(LR, "=", 1), And((Compare(LR, "=", 2), Compare(LR, "=", 3))))),
        ),
        (
            "(config.lr=1 or config.lr=2) and config.lr=3",
            And((Or((Compare(LR, "=", 1), Compare(LR, "=", 2))), Compare(LR, "=", 3))),
        ),
        ("not not state = 'a'", Not(Not(Compare(STATE, "=", "a")))),
        ("", None),
        ("  \n ", None),
    ],
)
def test_what_it_reads(text: str, tree: Node | None):
    if tree is None and text.strip():
        with pytest.raises(InvalidValue):
            parse_filter(text, NOW)
    else:
        assert parse_filter(text, NOW) == tree


def test_a_date_is_a_whole_day():
    created = Key("run", "created_at")
    day = 1_795_392_000.0  # 2026-11-23T00:00:00Z
    whole = And((Compare(created, ">=", day), Compare(created, "<", day + 86400)))
    assert parse_filter('created_at = "2026-11-23"', NOW) == whole
    assert parse_filter('created_at != "2026-11-23"', NOW) == Not(whole)
    assert parse_filter('created_at <= "2026-11-23"', NOW) == Compare(created, "<", day + 86400)
    assert parse_filter('created_at < "2026-11-23"', NOW) == Compare(created, "<", day)
    assert parse_filter('created_at > "2026-11-23T09:00:00+09:00"', NOW) == Compare(created, ">=", day + 1)
    for bad in ("yesterday", "2026-13-01", "0000-00-00", "9999-12-31"):
        with pytest.raises(InvalidValue, match="no date"):
            compare(created, "=", bad)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config.lr <", "expected a value at position 12, not the end"),
        ("config.lr 3", "expected one of = != < <= > >= ~ !~ in at position 11"),
        ("().__class__", "at position 3 begins no key"),
        ("state = finished", 'text stands in quotes: "finished"'),
        ("(config.lr = 1", "expected ')'"),
        ("config.lr = 1 state = 'a'", "expected and, or, or the end at position 15"),
        ("state = 'a", "begins at position 9 has no closing quote"),
        ("config.`a = 1", "begins no key"),
        ("`a = 1", "no closing backtick"),
        ("x in tags", "a list in square brackets"),
        ("name ~ 3", "a regular expression in quotes"),
        ("config.lr = 1e999", "beyond the largest number"),
        ("1 = config.lr", "'in' and a key"),
        ("__import__('os').system('id')", "position"),
        ("config.lr = 1; DROP TABLE run", "';"),
        ("state = 'x' -- y", "begins no key"),
        ("\x00", "begins no key"),
    ],
)
def test_an_error_says_what_and_where(text: str, said: str):
    with pytest.raises(InvalidValue) as error:
        parse_filter(text, NOW)
    assert said in str(error.value) and len(str(error.value)) < 400


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "(" * 40 + "state = 'a'" + ")" * 40,
        "not " * 2_000 + "state = 'a'",
        " or ".join(["state = 'a'"] * 500),
        "state = '" + "x" * 9_000 + "'",
        "state = '" + "x" * 600 + "'",
        "state in [" + "1," * 1_000 + "1]",
        'name ~ "' + "a" * 1_001 + '"',
        "`" + "k" * 600 + "` = 1",
    ],
)
def test_size_and_depth_are_bounded(text: str):
    begun = time.perf_counter()
    with pytest.raises(InvalidValue):
        parse_filter(text, NOW)
    assert time.perf_counter() - begun < 0.2


@given(st.text(max_size=200) | st.text("configstate.lr<>=!~()[]`\"' \\andornit01-e,", max_size=120))
def test_any_text_is_read_or_refused(text: str):
    try:
        parse_filter(text, NOW)
    except InvalidValue:
        pass


def test_keys():
    assert parse_key("config.a.b") == Key("config", "a.b")
    assert parse_key("config.") == Key("any", "config.")
    assert parse_key("state") == Key("run", "state")
    assert str(parse_key("summary.x")) == "summary.x"
    for bad in ("", "a\x00", "k" * 600):
        with pytest.raises(InvalidValue):
            parse_key(bad)


def test_commas_inside_keys_are_encoded():
    assert split_keys("config.a%2Cb,-summary.c,gpu.0.%,x%252C") == ["config.a,b", "-summary.c", "gpu.0.%", "x%2C"]
    assert split_keys("") == []
