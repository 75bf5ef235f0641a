"""Files, media, tables, charts and artifacts, as scripts write them."""

import hashlib
import json
import pathlib
import struct
import wave

import numpy as np
import wandb
from parts import PROJECT, begin, main, part

PDB = "ATOM      1  N   GLY A   1       0.000   0.000   0.000  1.00  0.00           N\nEND\n"


def _bytes_of(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


@part
def save_files():
    run = begin("saved")
    pathlib.Path("notes.txt").write_text("kept as it is")
    pathlib.Path("deep/er").mkdir(parents=True, exist_ok=True)
    pathlib.Path("deep/er/한국어.bin").write_bytes(bytes(range(256)))
    run.save("notes.txt")
    run.save("deep/er/*", base_path="deep")
    run.finish()


@part
def code():
    pathlib.Path("src").mkdir(exist_ok=True)
    pathlib.Path("src/model.py").write_text("weights = 1\n")
    run = begin("code")
    run.log_code("src")
    run.finish()


@part
def media():
    run = begin("media")
    with wave.open("tone.wav", "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"".join(struct.pack("<h", (n * 37) % 2000) for n in range(800)))
    pathlib.Path("clip.gif").write_bytes(
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x00\x00\x00\x00\x00,"
        b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
    )
    pathlib.Path("glycine.pdb").write_text(PDB)
    pixels = np.arange(8 * 8 * 3, dtype=np.uint8).reshape(8, 8, 3)
    box = {"position": {"minX": 0.1, "maxX": 0.5, "minY": 0.2, "maxY": 0.6}, "class_id": 1, "box_caption": "cat"}
    boxes = {"predictions": {"box_data": [box], "class_labels": {1: "cat"}}}
    masks = {"ground": {"mask_data": np.eye(8, dtype=np.uint8), "class_labels": {0: "no", 1: "yes"}}}
    run.log(
        {
            "image": wandb.Image(pixels, caption="a caption", boxes=boxes, masks=masks),
            "images": [wandb.Image(pixels), wandb.Image(pixels[::-1])],
            "html": wandb.Html("<b>bold</b>", inject=False),
            "histogram": wandb.Histogram(np_histogram=([1, 2, 3], [0.0, 1.0, 2.0, 3.0])),
            "audio": wandb.Audio("tone.wav", caption="a tone"),
            "video": wandb.Video("clip.gif", format="gif"),
            "points": wandb.Object3D(np.array([[0, 0, 0], [1, 2, 3]])),
            "molecule": wandb.Molecule("glycine.pdb"),
        }
    )
    run.finish()
    return {"audio": _bytes_of("tone.wav"), "video": _bytes_of("clip.gif"), "molecule": _bytes_of("glycine.pdb")}


@part
def table():
    run = begin("table")
    logged = wandb.Table(columns=["id", "word", "score"], data=[[1, "하나", 0.5], [2, "two", None]])
    run.log({"answers": logged})
    run.finish()


@part
def charts():
    run = begin("charts")
    points = wandb.Table(columns=["x", "y"], data=[[n, n * n] for n in range(5)])
    run.log({"my_line": wandb.plot.line(points, "x", "y", title="squares")})
    matrix = wandb.plot.confusion_matrix(y_true=[0, 1, 1], preds=[0, 1, 0], class_names=["no", "yes"])
    run.log({"my_matrix": matrix})
    run.finish()


def _folder():
    pathlib.Path("rows/sub").mkdir(parents=True, exist_ok=True)
    pathlib.Path("rows/rows.csv").write_text("a,b\n1,2\n")
    pathlib.Path("rows/sub/blob.bin").write_bytes(bytes(range(256)) * 100)
    return "rows"


@part
def artifacts():
    run = begin("producer")
    made = wandb.Artifact("corpus", type="dataset", description="the rows", metadata={"rows": 1, "k": {"n": [1, 2]}})
    made.add_dir(_folder())
    with made.new_file("new.json") as file:
        json.dump({"made": "inside"}, file)
    pathlib.Path("there.txt").write_text("it stays where it is")
    made.add_reference(pathlib.Path("there.txt").resolve().as_uri(), name="there.txt")
    run.log_artifact(made, aliases=["first"])
    made.wait()
    again = wandb.Artifact("corpus", type="dataset")
    again.add_file("rows/rows.csv")
    run.log_artifact(again)
    again.wait()
    run.finish()

    run = begin("consumer")
    used = run.use_artifact("corpus:first")
    folder = pathlib.Path(used.download(root="down-used"))
    found = {str(p.relative_to(folder)): _bytes_of(p) for p in folder.rglob("*") if p.is_file()}
    newest = run.use_artifact("corpus:latest")
    run.finish()
    return {
        "files": found,
        "rows": _bytes_of("rows/rows.csv"),
        "blob": _bytes_of("rows/sub/blob.bin"),
        "there": _bytes_of("there.txt"),
        "used": [used.version, used.metadata, used.description, used.type],
        "newest": newest.version,
    }


@part
def artifact_edits():
    api = wandb.Api()
    found = api.artifact(PROJECT + "/corpus:v0")
    found.aliases.append("kept")
    found.metadata["edited"] = True
    found.description = "edited"
    found.save()
    again = wandb.Api().artifact(PROJECT + "/corpus:kept")
    out = {
        "again": [again.version, sorted(again.aliases), again.metadata, again.description],
        "used_by": sorted(run.id for run in again.used_by()),
        "logged_by": again.logged_by().id,
        "types": sorted(kind.name for kind in api.artifact_types(PROJECT)),
        "listed": sorted(a.name for a in api.run(PROJECT + "/producer").logged_artifacts()),
    }
    wandb.Api().artifact(PROJECT + "/corpus:v1").delete(delete_aliases=True)
    try:
        wandb.Api().artifact(PROJECT + "/corpus:v1")
        out["deleted"] = False
    except Exception:
        out["deleted"] = True
    return out


if __name__ == "__main__":
    main()
