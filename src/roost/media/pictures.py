"""Pictures: decoded within bounds, set upright, and encoded anew without what else was in the file."""

import io
import math
import warnings
from pathlib import Path
from typing import BinaryIO

import blurhash
import numpy as np
from PIL import Image, ImageCms, ImageFile, ImageOps

from roost.limits import (
    BLURHASH_SIDE_PIXELS,
    IMAGE_KEPT_PIXELS_MAX,
    IMAGE_PIXELS_MAX,
    PREVIEW_PIXELS_MAX,
)
from roost.media.job import Made, Purpose, Refusal
from roost.model import MediaKind

_DECODERS = {"jpeg": "JPEG", "png": "PNG", "gif": "GIF", "webp": "WEBP", "avif": "AVIF"}
_SIZES = {Purpose.AVATAR: (400, 400), Purpose.HEADER: (1500, 500)}
_WHITE = (255, 255, 255)
_JPEG_QUALITY = 88

ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = IMAGE_PIXELS_MAX
warnings.simplefilter("ignore", Image.DecompressionBombWarning)


def open_picture(file: BinaryIO, format_name: str) -> Image.Image:
    """A picture of which no more than its head has been read. Raises Refusal."""
    try:
        image = Image.open(file, formats=[_DECODERS[format_name]])
    except Image.DecompressionBombError as cause:
        raise Refusal("File has too many pixels") from cause
    except (OSError, ValueError, SyntaxError, EOFError) as cause:
        raise Refusal("File is damaged or not a picture") from cause
    check_size(image.width, image.height, IMAGE_PIXELS_MAX)
    return image


def check_size(width: int, height: int, pixels_max: int) -> None:
    """Raises Refusal for nothing and for too much."""
    if width < 1 or height < 1:
        raise Refusal("File has no picture")
    if width * height > pixels_max:
        raise Refusal(f"File is {width}x{height} pixels large; at most {pixels_max} pixels are taken")


def make_picture(image: Image.Image, format_name: str, folder: Path) -> Made:
    """The picture as it is shown, and its preview."""
    upright = decoded(image)
    kept = within(upright, IMAGE_KEPT_PIXELS_MAX)
    file = save(kept, "original", format_name, folder)
    made = Made(kind=MediaKind.IMAGE, file=file, width=kept.width, height=kept.height)
    return with_preview(made, kept, folder)


def with_preview(made: Made, image: Image.Image, folder: Path, format_name: str = "jpeg") -> Made:
    """`made`, with a preview that shows `image`."""
    preview = within(image, PREVIEW_PIXELS_MAX)
    name = save(preview, "preview", format_name, folder)
    fields = {field: getattr(made, field) for field in made.__struct_fields__}
    fields |= {"preview": name, "preview_width": preview.width, "preview_height": preview.height}
    return Made(**(fields | {"blurhash": _blurhash(preview)}))


def make_profile_picture(image: Image.Image, purpose: Purpose, folder: Path) -> Made:
    """Cut to the size that profiles show."""
    width, height = _SIZES[purpose]
    fitted = ImageOps.fit(decoded(image), (width, height), Image.Resampling.LANCZOS)
    return Made(file=save(fitted, "original", "jpeg", folder), width=width, height=height)


def decoded(image: Image.Image) -> Image.Image:
    """The whole picture, upright, as RGB or RGBA in sRGB. Raises Refusal."""
    try:
        image.load()
        upright = ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, MemoryError) as cause:
        raise Refusal("File is damaged or cut off") from cause
    profile = upright.info.get("icc_profile")
    if upright.mode.startswith("I;16"):
        upright = upright.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    clear = "A" in upright.getbands() or "transparency" in upright.info
    if upright.mode not in ("RGB", "RGBA", "CMYK") or clear != (upright.mode == "RGBA"):
        upright = upright.convert("RGBA" if clear else "RGB")
    return _in_srgb(upright, profile)


def within(image: Image.Image, pixels_max: int) -> Image.Image:
    """The picture, made smaller where it has more pixels."""
    pixels = image.width * image.height
    if pixels <= pixels_max:
        return image
    scale = math.sqrt(pixels_max / pixels)
    size = max(1, math.floor(image.width * scale)), max(1, math.floor(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def save(image: Image.Image, stem: str, format_name: str, folder: Path) -> str:
    """Encode to a file; its name. What is clear in places is never made a JPEG."""
    image.info = {}
    clear = image.mode == "RGBA"
    if format_name == "webp" or (clear and format_name != "png" and format_name != "gif"):
        image.save(folder / f"{stem}.webp", "WEBP", quality=_JPEG_QUALITY, method=3)
        return f"{stem}.webp"
    if format_name in ("png", "gif"):
        image.save(folder / f"{stem}.png", "PNG", compress_level=5)
        return f"{stem}.png"
    image.convert("RGB").save(folder / f"{stem}.jpg", "JPEG", quality=_JPEG_QUALITY, progressive=True)
    return f"{stem}.jpg"


def on_white(image: Image.Image) -> Image.Image:
    """RGB: what is clear is white."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, _WHITE)
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Colours as browsers show pictures without a profile; a profile that cannot be used is passed over."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            made = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode=mode,
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            made = None
        if made is not None:
            return made
    return image if image.mode == mode else image.convert(mode)


def _blurhash(image: Image.Image) -> str:
    """4 by 3 components, of a picture that is made small first: the answer does not need more."""
    small = on_white(image)
    small.thumbnail((BLURHASH_SIDE_PIXELS, BLURHASH_SIDE_PIXELS))
    across, down = (4, 3) if small.width >= small.height else (3, 4)
    encoded: str = blurhash.encode(np.asarray(small), components_x=across, components_y=down)
    return encoded
