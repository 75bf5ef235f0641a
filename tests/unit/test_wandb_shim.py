"""The package that puts our SDK under the name ``wandb``: what libraries look for is there, and does it."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from runwell.sync.directories import find_run_dirs

SHIM = Path(__file__).resolve().parents[2] / "packages" / "wandb-shim"
PROMISED = """
run config summary api init log finish join save restore watch unwatch login setup teardown attach _attach
require define_metric alert log_artifact use_artifact log_model use_model link_model mark_preempting sweep
agent controller termlog termwarn termerror ensure_configured plot_table visualize plot patched Settings
Config Run Api PublicApi Artifact AlertLevel Image Audio Video Table JoinedTable Html Object3D Molecule
Histogram Plotly Graph Node Classes Error CommError UsageError env util errors data_types wandb_run sdk
integration sklearn tensorboard tensorflow gym sacred jupyter old
""".split()  # noqa: SIM905
IMPORTED = """
wandb.sdk.wandb_run:Run wandb.wandb_run:Run wandb.sdk.wandb_settings:Settings wandb.sdk.lib:RunDisabled
wandb.sdk.lib.telemetry:context wandb.sdk.lib.config_util:ConfigError wandb.sdk.lib.runid:generate_id
wandb.sdk.lib.disabled:RunDisabled wandb.sdk.lib.ipython:in_jupyter wandb.sdk.data_types.image:Image
wandb.sdk.data_types.video:Video wandb.sdk.data_types.base_types.wb_value:WBValue wandb.util:json_dumps_safer
wandb.util:get_module wandb.util:generate_id wandb.util:add_import_hook wandb.util:make_artifact_name_safe
wandb.errors:CommError wandb.errors:UsageError wandb.env:set_project wandb.apis.public:Api wandb.plot:line
wandb.sklearn:plot_classifier wandb.integration.sklearn:plot_classifier wandb.integration.lightgbm:wandb_callback
wandb.integration.catboost:WandbCallback wandb.integration.tensorboard:patch wandb.integration.gym:monitor
""".split()  # noqa: SIM905


def under_the_name(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a script for which ``wandb`` is this package, and for which no other of that name is installed."""
    before = f"""
        import sys
        sys.path.insert(0, {str(SHIM / "src")!r})
        from importlib import metadata
        everything = metadata.distributions
        metadata.distributions = lambda **kw: (d for d in everything(**kw) if d.metadata["Name"] != "wandb")
    """
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(before) + textwrap.dedent(script)],
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "RUNWELL_CONFIG_DIR": str(folder / "config"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def said(script: str, folder: Path, **environment: str) -> dict:
    """Give what a script's last line says as JSON."""
    ended = under_the_name(script, folder, **environment)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout.splitlines()[-1])


def test_every_promised_name_is_there(tmp_path: Path) -> None:
    script = f"""
        import importlib, json, wandb
        missing = [name for name in {PROMISED!r} if not hasattr(wandb, name)]
        for place in {IMPORTED!r}:
            module, name = place.split(":")
            if not hasattr(importlib.import_module(module), name):
                missing.append(place)
        print(json.dumps({{"missing": missing, "run": wandb.run, "version": wandb.__version__, "doc": wandb.__doc__}}))
    """
    seen = said(script, tmp_path)
    assert seen["missing"] == [] and seen["run"] is None
    assert "NOT the client of Weights & Biases" in seen["doc"] and "runwell" in seen["version"]


def test_a_script_behaves_as_its_library_expects(tmp_path: Path) -> None:
    script = """
        import json, os, warnings, wandb
        from wandb.sdk.lib.config_util import ConfigError
        found = {}
        for name in ("log", "config"):
            try:
                wandb.log({"x": 1}) if name == "log" else wandb.config["lr"]
            except wandb.Error as error:
                found[name] = "wandb.init" in str(error) or "init()" in str(error)
        wandb.config = {"lr": 0.1, "seed": 1}
        run = wandb.init(project="p", config={"seed": 2}, mode="offline", flavour="new", anonymous="allow")
        again = wandb.init(config={"more": 3})
        wandb.log({"loss": 2.0}, step=5)
        wandb.log({"loss": 1.0}, step=3)
        wandb.config.update({"seed": 2})
        try:
            wandb.config.update({"seed": 4})
        except ConfigError:
            found["locked"] = True
        run._label(code="library")
        found |= {
            "same": again is run is wandb.run, "type": isinstance(run, wandb.sdk.wandb_run.Run), "dir": run.dir,
            "config": dict(wandb.config), "summary": wandb.summary["loss"],
            "attached": wandb._attach(run._attach_id) is run, "project": run.project_name(), "url": run.get_url(),
            "id": run.id,
            "beside": sorted(os.listdir(run.sync_dir)),
        }
        run.join()
        found["after"] = wandb.run
        off = wandb.init(mode="disabled")
        off.log({"x": 1})
        found["disabled"] = os.path.isdir(off.dir) and off.disabled
        off.finish(); off.finish(exit_code=1)
        print(json.dumps(found))
    """
    seen = said(script, tmp_path, WANDB_PROJECT="other", RUNWELL_CAPTURE="minimal")
    assert seen["log"] and seen["config"] == {"lr": 0.1, "seed": 2, "more": 3}
    assert seen["same"] and seen["type"] and seen["attached"] and seen["locked"]
    assert seen["summary"] == 1.0 and seen["project"] == "p" and seen["url"] is None and seen["after"] is None
    assert Path(seen["dir"]).parents[1] == tmp_path / "wandb" and f"run-{seen['id']}.wandb" in seen["beside"]
    assert seen["disabled"]
    assert find_run_dirs(tmp_path) == [Path(seen["dir"]).parent]  # what `runwell sync` in this directory sends


def test_it_says_what_it_is_once_and_follows_the_official_names_of_settings(tmp_path: Path) -> None:
    script = """
        import json, subprocess, sys, wandb
        child = subprocess.run([sys.executable, "-c", "import sys; sys.path.insert(0, sys.argv[1]); "
            "from importlib import metadata as m; m.distributions = lambda **_: []; import wandb", sys.path[0]],
            capture_output=True, text=True)
        run = wandb.init()
        print(json.dumps({"child": child.stderr, "disabled": run.disabled, "name": run.name, "project": run.project}))
    """
    ended = under_the_name(script, tmp_path, WANDB_DISABLED="true", WANDB_NAME="named", WANDB_PROJECT="theirs")
    seen = json.loads(ended.stdout.splitlines()[-1])
    assert seen == {"child": "", "disabled": True, "name": "named", "project": "theirs"}
    assert ended.stderr.count("this is Runwell under the name wandb") == 1
    silent = under_the_name("import wandb", tmp_path, WANDB_SILENT="true")
    assert (silent.returncode, silent.stderr) == (0, "")


def test_it_refuses_to_be_imported_beside_the_original(tmp_path: Path) -> None:
    sys.path.insert(0, str(SHIM / "src" / "wandb"))
    try:
        from original import refuse_beside_original  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    info = tmp_path / "wandb-0.31.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wandb\nVersion: 0.31.0\n")
    with pytest.raises(ImportError, match=r"wandb 0\.31\.0 beside .*\. .* `pip uninstall wandb`"):
        refuse_beside_original(tmp_path, [str(tmp_path)])
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: wandb\nVersion: 0.31.0+runwell\n")
    assert refuse_beside_original(tmp_path, [str(tmp_path)]) == "0.31.0+runwell"
    (tmp_path / "proto").mkdir()
    with pytest.raises(ImportError, match=r"files of it \(proto\)"):
        refuse_beside_original(tmp_path, [str(tmp_path)])


def test_no_index_would_take_it() -> None:
    project = (SHIM / "pyproject.toml").read_text()
    assert '"Private :: Do Not Upload"' in project and "+runwell" in project  # both are refused by package indexes
