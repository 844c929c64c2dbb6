"""How much a data set may hold; everything is compared with these limits before it is decoded."""

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Upper limits of what is read, suited to some 50,000 images on the user's own machine.

    files          files in the folder or archive, and rows of a table
    images         images of the data set, those of arrays and stacks too
    total_bytes    bytes of all files together, unpacked
    file_bytes     bytes of one file, unpacked
    ratio          how many times larger than packed an archive, or a large file of one, may be
    pixels         height × width of one image
    image_bytes    bytes of one decoded image, all channels
    array_bytes    bytes of one decoded array of images, and of all images at their common size
    name           characters in the name of one file, folders included
    channels       channels of one image
    """

    files: int = 200_000
    images: int = 200_000
    total_bytes: int = 20_000 * MEGABYTE
    file_bytes: int = 8_000 * MEGABYTE
    ratio: int = 200
    pixels: int = 100 * MEGABYTE
    image_bytes: int = 400 * MEGABYTE
    array_bytes: int = 8_000 * MEGABYTE
    name: int = 400
    channels: int = 32
