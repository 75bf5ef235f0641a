"""Images: from arrays, tensors, pictures, figures and files, with captions, boxes and masks."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import is_a, items_of, mapping_of, path_of, refusing, text_of
from runwell.wire.numbers import is_exact_in_float

from .arrays import as_array
from .media import Media
from .overlays import Boxes, Mask, read_labels

if TYPE_CHECKING:
    from .place import MediaPlace

_FILE_TYPES = ("png", "jpg", "jpeg", "gif", "bmp", "webp", "tif", "tiff", "svg")
_ENCODED_TYPES = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "bmp": "BMP", "webp": "WEBP"}
_PNG_LEVEL = 1  # of 9: five times as fast as the default, files a fifth larger
_GRID_COLUMNS = 8  # of a batch that is drawn as one image


class Image(Media):
    """An image.

    Args:
        data_or_path: a path; an array (height, width[, channels]); a torch tensor ([batch,] channels, height, width); a
            picture of PIL; a figure of matplotlib. Floats from 0 to 1 are brightness, integers and larger floats go
            from 0 to 255. A batch becomes one grid.
        mode: PIL's, for arrays whose channels don't tell ("L", "RGB", "RGBA").
        caption: shown with it.
        grouping: kept for old scripts.
        classes: [{"id": 0, "name": "cat"}, …], class labels of all boxes and masks that have none.
        boxes: {group: {"box_data": […], "class_labels": {…}}}, see ``overlays.Boxes``.
        masks: {group: {"mask_data": array, "class_labels": {…}}}, see ``overlays.Mask``.
        file_type: "png" (default), "jpg", "webp", "gif" or "bmp" for what is encoded here.

    Raises:
        UsageError: it is no image, or the overlays are none.
    """

    @refusing("Image")
    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Sequence[Mapping[str, Any]] | None = None,
        boxes: Mapping[str, Mapping[str, Any]] | None = None,
        masks: Mapping[str, Mapping[str, Any]] | None = None,
        file_type: str | None = None,
    ) -> None:
        self.caption = None if caption is None else text_of(caption)
        self.format = "png" if file_type is None else text_of(file_type).lower()
        if self.format not in _ENCODED_TYPES:
            raise UsageError(f"file_type {shorten(file_type)} is none of {', '.join(_ENCODED_TYPES)}")
        self._grouping = None if grouping is None else _whole(grouping)
        self._boxes = [Boxes(text_of(group), given) for group, given in mapping_of(boxes, "boxes").items()]
        self._masks = [Mask(text_of(group), given) for group, given in mapping_of(masks, "masks").items()]
        labels = _labels_of(classes)
        for overlay in (*self._boxes, *self._masks):
            overlay.labels = labels if overlay.labels is None else overlay.labels
        self._path: str | None = None
        self.image: Any = None  # a PIL image, unless a file is copied as it is
        self.size: tuple[int, int] | None = None  # width, height in pixels
        if is_a(data_or_path, str) or hasattr(type(data_or_path), "__fspath__"):
            self._take_file(path_of(data_or_path, "Image"))
        else:
            self.image = to_picture(data_or_path, mode)
            self.size = self.image.size

    def _take_file(self, path: str) -> None:
        suffix = os.path.splitext(path)[1].lower().lstrip(".")
        if suffix not in _FILE_TYPES:
            raise UsageError(
                f"{shorten(path)} is no image file; its name must end with one of {', '.join(_FILE_TYPES)}"
            )
        if not os.path.isfile(path):
            raise UsageError(f"there is no image file {shorten(path)}")
        self._path, self.format = path, suffix
        try:
            with _pil().open(path) as opened:  # reads the header alone
                self.size = opened.size
        except Exception:  # no PIL, or a format that it doesn't read (svg): shown without its size known
            self.size = None

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Write the image, its boxes and masks."""
        if self._path is not None:
            made = place.put_file("images", self.format, self._path)
        else:
            made = place.put("images", self.format, _encode(self.image, self.format))
        row: dict[str, Any] = {"_type": "image-file", **made, "format": self.format}
        if self.size is not None:
            row["width"], row["height"] = self.size
        if self.caption is not None:
            row["caption"] = self.caption
        if self._grouping is not None:
            row["grouping"] = self._grouping
        row.update(self._overlays(place, "boxes", "masks"))
        return row

    def _overlays(self, place: MediaPlace, boxes: str, masks: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self._boxes:
            found[boxes] = {one.group: one.to_row(place) for one in self._boxes}
        if self._masks:
            found[masks] = {one.group: one.to_row(place) for one in self._masks}
        return found

    @classmethod
    def group_to_row(cls, items: Sequence[Media], place: MediaPlace) -> dict[str, Any]:
        """Write several images; their overlays stay with each."""
        images = cls.alike(items)
        rows = [image.to_row(place) for image in images]
        first = images[0]
        row: dict[str, Any] = {"_type": "images/separated", "count": len(images), "format": first.format}
        row["width"], row["height"] = first.size or (0, 0)
        row["filenames"] = [one["path"] for one in rows]
        captions = [image.caption for image in images]
        if any(caption is not None for caption in captions):
            row["captions"] = [caption or "" for caption in captions]
        for each, together in (("boxes", "all_boxes"), ("masks", "all_masks")):
            if any(each in one for one in rows):
                row[together] = [one.get(each) for one in rows]
        return row


def to_picture(data: Any, mode: str | None = None) -> Any:
    """Make a PIL image of an array, tensor, figure or picture.

    Raises:
        UsageError: it is none of these, or Pillow isn't installed.
    """
    pil = _pil()
    if isinstance(data, pil.Image):
        return data
    figure = figure_of(data)
    if figure is not None:
        import io

        buffer = io.BytesIO()
        figure.savefig(buffer, format="png")
        buffer.seek(0)
        return pil.open(buffer)
    is_tensor = type(data).__module__.partition(".")[0] == "torch"
    pixels = as_array(data)
    if pixels.ndim == 4:
        pixels = _grid(pixels.transpose(0, 2, 3, 1) if is_tensor else pixels)
    elif is_tensor and pixels.ndim == 3:
        pixels = pixels.transpose(1, 2, 0)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] not in (2, 3, 4)) or not pixels.size:
        raise UsageError(
            f"an array of shape {tuple(pixels.shape)} is no image; an image is (height, width), "
            "(height, width, 1 | 2 | 3 | 4), or, as a torch tensor, (channels, height, width)"
        )
    picture = pil.fromarray(to_bytes(pixels))
    return picture.convert(mode) if mode is not None and mode != picture.mode else picture


def to_bytes(pixels: Any) -> Any:
    """Scale pixels to bytes: floats from 0 to 1 are brightness, everything else is cut to 0 … 255."""
    import numpy as np

    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels)
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * 255
    if pixels.dtype.kind == "f":
        pixels = np.nan_to_num(pixels, nan=0.0)
        if pixels.size and pixels.min() >= 0.0 and pixels.max() <= 1.0:
            pixels = pixels * 255.0
        pixels = np.rint(pixels)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def encode_png(pixels: Any, mode: str) -> bytes:
    """Encode bytes (height, width[, channels]) as PNG."""
    return _encode(_pil().fromarray(pixels, mode) if mode != "L" else _pil().fromarray(pixels), "png")


def _encode(picture: Any, file_type: str) -> bytes:
    import io

    buffer = io.BytesIO()
    options: dict[str, Any] = {"compress_level": _PNG_LEVEL} if file_type == "png" else {}
    if _ENCODED_TYPES[file_type] == "JPEG" and picture.mode not in ("L", "RGB", "CMYK"):
        picture = picture.convert("RGB")
    elif file_type == "png" and picture.mode == "I":  # 32 bits, which a PNG hasn't
        import numpy as np

        picture = _pil().fromarray(np.clip(np.asarray(picture), 0, 65_535).astype(np.uint16))
    elif file_type == "png" and picture.mode not in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"):
        picture = picture.convert("RGBA" if "A" in picture.mode else "RGB")
    picture.save(buffer, _ENCODED_TYPES[file_type], **options)
    return buffer.getvalue()


def _grid(batch: Any) -> Any:
    import numpy as np

    count, height, width, channels = batch.shape
    columns = min(count, _GRID_COLUMNS)
    rows = -(-count // columns) if columns else 0
    sheet = np.zeros((rows * height, columns * width, channels), batch.dtype)
    for number in range(count):
        row, column = divmod(number, columns)
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = batch[number]
    return sheet


def figure_of(data: Any) -> Any:
    """Give the figure of a matplotlib figure, of anything drawn in one, or of the module pyplot."""
    if type(data).__name__ == "module" and getattr(data, "__name__", "") == "matplotlib.pyplot":
        return data.gcf()
    if type(data).__module__.partition(".")[0] not in ("matplotlib", "mpl_toolkits", "seaborn"):
        return data if hasattr(data, "savefig") else None
    return data if hasattr(data, "savefig") else getattr(data, "figure", None)


def _whole(grouping: Any) -> int:
    number = int(grouping)
    if not is_exact_in_float(number):
        raise UsageError(f"grouping {shorten(grouping)} is too large a number")
    return number


def _labels_of(classes: Any) -> dict[int, str] | None:
    if classes is None:
        return None
    try:
        return read_labels({one["id"]: one["name"] for one in items_of(classes, "classes")})
    except (KeyError, TypeError, IndexError):
        raise UsageError('classes is [{"id": 0, "name": "cat"}, …]') from None


def _pil() -> Any:
    try:
        import PIL.Image
    except ImportError:
        raise UsageError("images need Pillow: pip install 'runwell[media]'") from None
    return PIL.Image
