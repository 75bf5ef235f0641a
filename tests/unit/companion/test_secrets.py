"""Secrets in command lines and remotes: masked, and words of modelling left alone."""

import pytest

from runwell.companion.secrets import MASK, clean_remote, mask_arguments

RANDOM = "aZ3kQ9xW7bT1mN5vR8yU2pL4"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["--api-key", "K", "--lr", "0.1"], ["--api-key", MASK, "--lr", "0.1"]),
        (["--wandb.key=K", "--epochs=3"], [f"--wandb.key={MASK}", "--epochs=3"]),
        (["TOKEN=K", "PASSWORD=hunter2"], [f"TOKEN={MASK}", f"PASSWORD={MASK}"]),
        (["--max-tokens", "512", "--tokenizer", "bpe"], ["--max-tokens", "512", "--tokenizer", "bpe"]),
        (["--num_tokens=5"], ["--num_tokens=5"]),
        (["--out", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"], ["--out", MASK]),
        (["hf_" + "a" * 30], [MASK]),
        (["local-" + "A" * 40], [MASK]),
        (["0123456789abcdef0123456789abcdef01234567"], [MASK]),
        ([RANDOM], [MASK]),
        (
            ["--path", "/data/imagenet/train/shard-00017-of-01024"],
            ["--path", "/data/imagenet/train/shard-00017-of-01024"],
        ),
        (["resnet50_imagenet_baseline_long_name"], ["resnet50_imagenet_baseline_long_name"]),
        (["--data", "https://user:pw@host/x"], ["--data", "https://host/x"]),
        (["--secret", "--verbose"], ["--secret", "--verbose"]),
    ],
)
def test_arguments(given: list[str], expected: list[str]) -> None:
    assert mask_arguments(given) == expected


@pytest.mark.parametrize(
    "remote",
    [
        "https://T@h/r",
        "https://T:x-oauth-basic@h/r",
        "https://u:T@h/r",
        "https://h/r?private_token=T",
        "https://h/r#T",
        "ssh://u:T@h/r",
        "ssh://git@h:22/r",
        "git@h:r",
        "h:r",
    ],
)
def test_remotes_lose_user_and_query(remote: str) -> None:
    assert clean_remote(remote) == "https://h/r"


def test_a_local_remote_stays_a_path() -> None:
    assert clean_remote("/srv/git/x.git") == "/srv/git/x.git"
