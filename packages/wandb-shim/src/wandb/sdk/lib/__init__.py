"""Small things that libraries import."""

from __future__ import annotations

from wandb.sdk.lib import config_util as config_util
from wandb.sdk.lib import ipython as ipython
from wandb.sdk.lib import runid as runid
from wandb.sdk.lib import telemetry as telemetry
from wandb.sdk.lib.disabled import RunDisabled as RunDisabled
