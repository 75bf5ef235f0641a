"""Every kind of media: what the row keeps, and bytes that decode to what was given."""

from __future__ import annotations

import io
import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pil

import runwell
from runwell.sdk.media.media import Media, media_of
from runwell.sdk.media.place import MediaPlace
from runwell.wire.errors import UsageError


@pytest.fixture
def place(tmp_path: Path) -> MediaPlace:
    return MediaPlace(str(tmp_path), lambda path: None, "k", 3)


@pytest.fixture
def read(tmp_path: Path):
    return lambda row: (tmp_path / "files" / row["path"]).read_bytes()


def _pixels(data: bytes) -> np.ndarray:
    return np.array(Pil.open(io.BytesIO(data)))


class Tensor:
    """What a torch tensor shows of itself."""

    def __init__(self, values: Any) -> None:
        self._values = np.asarray(values)
        self.dtype = "torch.float32"

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self._values


Tensor.__module__ = "torch"


def test_an_image_of_bytes_keeps_every_pixel(place, read) -> None:
    for shape in ((5, 7), (5, 7, 3), (5, 7, 4)):
        given = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        row = runwell.Image(given, caption="a cat").to_row(place)
        assert (row["_type"], row["width"], row["height"], row["format"]) == ("image-file", 7, 5, "png")
        assert row["caption"] == "a cat" and row["path"].startswith("media/images/k_3_")
        assert np.array_equal(_pixels(read(row)), given)


def test_floats_are_brightness_and_truth_is_black_and_white(place, read) -> None:
    light = np.array([[0.0, 0.5, 1.0]])
    assert _pixels(read(runwell.Image(light).to_row(place))).tolist() == [[0, 128, 255]]
    assert _pixels(read(runwell.Image(np.array([[0.0, 300.0, -4.0]])).to_row(place))).tolist() == [[0, 255, 0]]
    assert _pixels(read(runwell.Image(np.array([[True, False]])).to_row(place))).tolist() == [[255, 0]]


def test_a_tensor_has_its_channels_first_and_a_batch_is_a_grid(place, read) -> None:
    given = np.random.default_rng(1).random((3, 4, 6))
    assert _pixels(read(runwell.Image(Tensor(given)).to_row(place))).shape == (4, 6, 3)
    batch = np.zeros((9, 3, 4, 6))
    assert _pixels(read(runwell.Image(Tensor(batch)).to_row(place))).shape == (8, 48, 3)


def test_pictures_figures_and_files_are_images(place, read, tmp_path: Path) -> None:
    picture = Pil.new("RGB", (3, 2), "red")
    assert _pixels(read(runwell.Image(picture).to_row(place)))[0, 0].tolist() == [255, 0, 0]
    picture.save(tmp_path / "it.jpg")
    row = runwell.Image(tmp_path / "it.jpg").to_row(place)
    assert row["format"] == "jpg" and read(row) == (tmp_path / "it.jpg").read_bytes() and row["width"] == 3

    class Figure:
        def savefig(self, file: Any, format: str) -> None:  # noqa: A002
            picture.save(file, format.upper())

    assert runwell.Image(Figure()).to_row(place)["width"] == 3


@pytest.mark.parametrize(
    "given", [np.zeros((2, 2, 5)), np.zeros(3), np.zeros((0, 3)), "no such.png", "words", object(), [["a"]], None]
)
def test_what_is_no_image_is_refused_when_it_is_made(given: Any) -> None:
    with pytest.raises(UsageError):
        runwell.Image(given)


def test_boxes_and_masks_lie_beside_their_image(place, read) -> None:
    labels = {0: "cat", 1: "dog"}
    box = {"position": {"minX": 0.1, "maxX": 0.2, "minY": 0.3, "maxY": 0.4}, "class_id": 1, "scores": {"p": 0.9}}
    middle = {"position": {"middle": (4, 5), "width": 2, "height": 3}, "domain": "pixel", "box_caption": "here"}
    ids = np.array([[0, 1, 1]])
    row = runwell.Image(
        np.zeros((4, 3), np.uint8),
        boxes={"predicted": {"box_data": [box, middle], "class_labels": labels}},
        masks={"truth": {"mask_data": ids}},
        classes=[{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}],
    ).to_row(place)
    kept = json.loads(read(row["boxes"]["predicted"]))
    assert row["boxes"]["predicted"]["_type"] == "boxes2D"
    assert kept["box_data"][0] == box and kept["box_data"][1]["position"]["middle"] == [4.0, 5.0]
    assert kept["class_labels"] == {"0": "cat", "1": "dog"}
    mask = row["masks"]["truth"]
    assert mask["_type"] == "mask" and mask["class_labels"] == {"0": "cat", "1": "dog"}
    assert _pixels(read(mask)).tolist() == ids.tolist()


@pytest.mark.parametrize(
    "overlay",
    [
        {"boxes": {"g": {"box_data": [{"position": {"minX": 1}}]}}},
        {"boxes": {"g": {"box_data": "boxes"}}},
        {"boxes": {"g": {"box_data": [{"position": {"middle": (1, 2), "width": 1, "height": 1}, "domain": "cm"}]}}},
        {"masks": {"g": {"mask_data": np.zeros((2, 2, 2))}}},
        {"masks": {"g": {"mask_data": np.full((2, 2), 300)}}},
        {"masks": {"g": {}}},
    ],
)
def test_overlays_that_cannot_be_drawn_are_refused(overlay: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        runwell.Image(np.zeros((2, 2)), **overlay)


def test_a_list_of_images_is_one_value(place) -> None:
    images = [runwell.Image(np.full((2, 3), n, np.uint8), caption="b" if n else None) for n in range(3)]
    row = runwell.Image.group_to_row(images, place)
    assert (row["_type"], row["count"], row["width"], row["height"]) == ("images/separated", 3, 3, 2)
    assert len(set(row["filenames"])) == 3 and row["captions"] == ["", "b", "b"]


def test_a_sound_keeps_its_samples(place, read) -> None:
    samples = np.array([0.0, 0.5, -1.0, 2.0])
    row = runwell.Audio(samples, sample_rate=8000, caption="beep").to_row(place)
    with wave.open(io.BytesIO(read(row))) as file:
        assert (file.getframerate(), file.getnchannels()) == (8000, 1)
        assert np.frombuffer(file.readframes(9), "<i2").tolist() == [0, 16383, -32767, 32767]
    stereo = runwell.Audio(np.zeros((8, 2), np.int16), sample_rate=4)
    together = runwell.Audio.group_to_row([stereo], place)
    assert together["_type"] == "audio" and together["durations"] == [2.0] and together["sampleRates"] == [4]
    for wrong in ({"data_or_path": samples}, {"data_or_path": "no.wav"}, {"data_or_path": "a.txt"}):
        with pytest.raises(UsageError):
            runwell.Audio(**wrong)


@pytest.mark.parametrize("kind", ["gif", "mp4"])
def test_a_video_plays_its_frames(place, read, kind: str) -> None:
    frames = np.zeros((6, 3, 16, 24), np.uint8)
    frames[3:] = 255
    row = runwell.Video(frames, fps=10, format=kind, caption="flash").to_row(place)
    assert (row["_type"], row["width"], row["height"]) == ("video-file", 24, 16)
    data = read(row)
    if kind == "gif":
        opened = Pil.open(io.BytesIO(data))
        assert opened.n_frames == 2 and opened.info["duration"] == 300  # three like frames are one, three times as long
    else:
        assert data[4:8] == b"ftyp"
        import imageio_ffmpeg

        place_of = Path(place._root) / row["path"]
        reader = imageio_ffmpeg.read_frames(str(place_of))
        meta: Any = next(reader)
        decoded = [np.frombuffer(frame, np.uint8).mean() for frame in reader]
        assert meta["size"] == (24, 16) and len(decoded) == 6 and decoded[0] < 20 and decoded[5] > 235
    with pytest.raises(UsageError, match="time"):
        runwell.Video(np.zeros((3, 4)))


def test_html_is_kept_and_its_links_open_elsewhere(place, read, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><head></head>x</html>")
    assert read(runwell.Html("<p>ü</p>").to_row(place)) == '<base target="_blank"><p>ü</p>'.encode()
    assert b"<head><base" in read(runwell.Html(tmp_path / "page.html").to_row(place))
    assert read(runwell.Html("<p>", inject=False).to_row(place)) == b"<p>"
    assert runwell.Html.group_to_row([runwell.Html("a"), runwell.Html("b")], place)["count"] == 2
    with pytest.raises(UsageError):
        runwell.Html(5)


def test_points_scenes_and_files_are_objects(place, read, tmp_path: Path) -> None:
    points = np.random.default_rng(2).random((5, 6))
    row = runwell.Object3D(points).to_row(place)
    assert row["_type"] == "object3D-file" and row["path"].endswith(".pts.json")
    assert json.loads(read(row)) == points.tolist()
    box = {"corners": np.zeros((8, 3)), "label": "car", "color": (1, 2, 3)}
    scene = json.loads(read(runwell.Object3D.from_point_cloud(points[:, :3], [box]).to_row(place)))
    assert scene["type"] == "lidar/beta" and scene["boxes"][0]["corners"] == np.zeros((8, 3)).tolist()
    (tmp_path / "a.obj").write_text("v 0 0 0\n")
    assert runwell.Object3D(tmp_path / "a.obj").to_row(place)["path"].endswith(".obj")
    for wrong in (np.zeros((5, 2)), "a.txt", {"type": "other"}):
        with pytest.raises(UsageError):
            runwell.Object3D(wrong)


def test_a_molecule_keeps_its_file(place, read) -> None:
    row = runwell.Molecule(io.StringIO("ATOM"), file_type="pdb", caption="m").to_row(place)
    assert row["_type"] == "molecule-file" and read(row) == b"ATOM" and row["caption"] == "m"
    with pytest.raises(UsageError):
        runwell.Molecule(io.StringIO("ATOM"), file_type="exe")


def test_figures_of_plotly_are_kept_as_json_and_recognised(place, read) -> None:
    plotly = pytest.importorskip("plotly.graph_objects")
    from runwell.sdk.media.media import media_of

    made = media_of(plotly.Figure(plotly.Bar(y=[2, 1, 3])))
    assert isinstance(made, Media)
    row = made.to_row(place)
    assert row["_type"] == "plotly-file" and json.loads(read(row))["data"][0]["type"] == "bar"


def test_pictures_are_recognised_without_a_wrapper_and_lists_must_be_alike(tmp_path: Path) -> None:
    with runwell.init(project="m", mode="offline", dir=str(tmp_path), settings={"silent": True}) as run:
        run.log({"bare": Pil.new("L", (2, 2)), "mixed": [runwell.Html("a"), runwell.Image(np.zeros((2, 2)))], "x": 1})
        run.log({"list": [runwell.Image(np.zeros((2, 2)))] * 2})
        run.summary["best"] = runwell.Image(np.zeros((2, 2)))
        assert run.summary["bare"]["_type"] == "image-file" and run.summary["x"] == 1
        assert "mixed" not in run.summary and run.summary["list"]["count"] == 2
        assert run.summary["best"]["_type"] == "image-file"


def test_sounds_of_8_and_32_bits_keep_their_shape_and_rates_come_as_libraries_give_them(place, read) -> None:
    def samples(data: Any, rate: Any) -> tuple[list[int], int]:
        with wave.open(io.BytesIO(read(runwell.Audio(data, rate).to_row(place)))) as file:
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").tolist(), file.getframerate()

    assert samples(np.array([0, 128, 255], np.uint8), np.int64(16_000)) == ([-32_768, 0, 32_512], 16_000)
    assert samples(np.array([-(2**31), 0, 2**30], np.int32), 22_050.0) == ([-32_768, 0, 16_384], 22_050)
    assert samples([-5, 0, 40_000], 8_000) == ([-5, 0, 32_767], 8_000)


def test_a_mask_of_fractions_or_without_a_file_is_refused(tmp_path: Path) -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    with pytest.raises(UsageError, match="class ids are whole numbers"):
        runwell.Image(pixels, masks={"m": {"mask_data": np.array([[0.5, 1.0]])}})
    with pytest.raises(UsageError, match="there is no image file"):
        runwell.Image(pixels, masks={"m": {"path": str(tmp_path / "none.png")}})


def test_a_histogram_of_nearly_one_value_or_of_the_widest_range_counts_every_value() -> None:
    for values in ([1.0, 1.0 + 2**-52], [1e17, 1e17 + 16], [1e308, -1e308], [-1e308, -1e308]):
        made = runwell.Histogram(values)
        assert sum(made.histogram) == 2 and np.isfinite(made.bins).all()
        assert made.bins[0] <= min(values) and max(values) <= made.bins[-1]


def test_a_picture_of_32_bits_keeps_its_values_as_far_as_a_png_can(place, read) -> None:
    given = Pil.fromarray(np.array([[0, 300], [65_535, 70_000]], np.int32))
    assert given.mode == "I"
    assert _pixels(read(runwell.Image(given).to_row(place))).tolist() == [[0, 300], [65_535, 65_535]]


def test_a_list_of_unwrapped_pictures_is_a_list_of_images() -> None:
    pictures = [Pil.new("RGB", (3, 3)), Pil.new("L", (2, 2))]
    found = media_of(pictures)
    assert isinstance(found, list) and [type(one) for one in found] == [runwell.Image, runwell.Image]
    assert media_of([pictures[0], 5]) is None and media_of([]) is None
