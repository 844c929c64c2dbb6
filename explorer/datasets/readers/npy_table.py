"""A .npy of images with one table (CSV) of their labels, a row per image in the same order."""

from explorer.datasets.arrays import draft_of_arrays, images_of, stored
from explorer.datasets.drafts import Draft
from explorer.datasets.findings import Notebook
from explorer.datasets.limits import Limits
from explorer.datasets.listings import Listing
from explorer.datasets.rowtables import row_table
from explorer.errors import DataError

_NPY = frozenset({".npy"})


def recognises(listing: Listing) -> int:
    """Return 1 for every .npy there is: how many images one holds is not known before it is opened."""
    return len(listing.having(_NPY))


def read(listing: Listing, limits: Limits, notebook: Notebook) -> Draft:
    """Return the images of one .npy. Raises DataError without exactly one, or when the table does not fit."""
    files = listing.having(_NPY)
    if len(files) > 1:
        raise DataError(f"{listing.name} holds {len(files)} .npy files. Give one, and the labels as a CSV.")
    table = row_table(listing, files[0].name, limits, notebook)
    images = images_of(stored(files[0].name, files[0].open, limits), notebook, limits)
    return draft_of_arrays([images], table.items(len(images), files[0].name), limits)
