"""Numbers that describe one channel of an image without any learning: intensities, patterns, pairs, granules, waves.

All take a plane (h, w), float32 in [0, 1], at least 2 px a side, and give float32 values in [-1, 1], so that none
drowns the others where features are compared by distance. Shares of a histogram are given as square roots, whose
distance is that of Hellinger. A plane of one value gives finite numbers.
"""

import numpy as np
import numpy.typing as npt

from explorer.techniques.base import Float32s

#: Bins of the histogram of intensities over [0, 1], and the percentiles that are told.
BINS = 16
PERCENTILES = (1, 5, 25, 50, 75, 95, 99)
#: Radius in px and number of points of each ring of neighbours, after Ojala et al.
RINGS = ((1, 8), (2, 16), (3, 24))
#: Steps of grey and distances in px of pairs of pixels; directions are the four of a square grid.
LEVELS = 32
DISTANCES = (1, 2, 4)
DIRECTIONS = (0.0, np.pi / 4, np.pi / 2, 3 * np.pi / 4)
#: Radii in px of the discs that find granules.
RADII = (1, 2, 3, 4, 6, 8)
#: Bounds of the bands of waves, in waves a pixel; the finest band holds the corners of the spectrum too.
BANDS = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1.0)
#: A spread of less than this share of the range from black to white is that of one value.
FLAT = 1e-6


def intensities(plane: Float32s) -> Float32s:
    """Return mean, standard deviation, skewness, kurtosis, entropy, percentiles and histogram, (28,).

    Skewness s is given as s / (1 + |s|), excess kurtosis likewise, entropy as a share of its greatest value.
    """
    values = plane.astype(np.float64).ravel()
    mean, spread = values.mean(), values.std()
    third, fourth = _moments((values - mean) / spread) if spread > FLAT else (0.0, 0.0)
    shares = np.histogram(values, BINS, range=(0.0, 1.0))[0] / values.size
    entropy = -(shares * np.log(np.where(shares > 0, shares, 1.0))).sum() / np.log(BINS)
    told = [mean, spread, third, fourth, entropy, *np.percentile(values, PERCENTILES), *np.sqrt(shares)]
    return np.array(told, np.float32)


def _moments(standard: npt.NDArray[np.float64]) -> tuple[float, float]:
    """Return skewness and excess kurtosis of standardized values, squashed."""
    third, fourth = float((standard**3).mean()), float((standard**4).mean()) - 3.0
    return third / (1 + abs(third)), fourth / (1 + abs(fourth))


def patterns(plane: Float32s) -> Float32s:
    """Return histograms of uniform, rotation-invariant local binary patterns on each ring, (54,).

    A ring of p points has p + 2 patterns: 0 to p brighter neighbours in one arc, and all others. The plane is mirrored
    at its border. Ojala, Pietikäinen and Mäenpää 2002, doi:10.1109/TPAMI.2002.1017623.
    """
    from skimage.feature import local_binary_pattern

    border = max(radius for radius, _ in RINGS) + 1
    whole = np.rint(np.pad(plane, border, mode="symmetric") * 65535).astype(np.uint16)
    found = []
    for radius, points in RINGS:
        codes = local_binary_pattern(whole, points, radius, "uniform")[border:-border, border:-border]
        counts = np.bincount(codes.astype(np.int64).ravel(), minlength=points + 2)
        found.append(np.sqrt(counts / codes.size))
    return np.concatenate(found).astype(np.float32)


def pairs(plane: Float32s) -> Float32s:
    """Return six properties of the co-occurrence of grey levels at each distance, (18,), means over four directions.

    They are contrast, dissimilarity, homogeneity, energy, correlation and entropy, property by property, each as a
    share of its greatest value. Levels run from the plane's 1st to its 99th percentile, so that brightness and contrast
    do not matter. Haralick, Shanmugam and Dinstein 1973, doi:10.1109/TSMC.1973.4309314.
    """
    from skimage.feature import graycomatrix, graycoprops

    matrix = graycomatrix(_levels(plane), DISTANCES, DIRECTIONS, levels=LEVELS, symmetric=True, normed=True)
    greatest = {
        "contrast": (LEVELS - 1) ** 2,
        "dissimilarity": LEVELS - 1,
        "homogeneity": 1,
        "energy": 1,
        "correlation": 1,
        "entropy": 2 * np.log(LEVELS),
    }
    found = [graycoprops(matrix, name).mean(axis=1) / unit for name, unit in greatest.items()]
    return np.concatenate(found).astype(np.float32)


def _levels(plane: Float32s) -> npt.NDArray[np.uint8]:
    """Return the grey level of each pixel, 0 .. LEVELS-1."""
    low, high = np.percentile(plane, (1, 99))
    if high - low <= FLAT:  # a few bright pixels before an even background
        low, high = plane.min(), plane.max()
    if high - low <= FLAT:
        return np.zeros(plane.shape, np.uint8)
    share = np.clip((plane.astype(np.float64) - low) / (high - low), 0.0, 1.0)
    return np.asarray(np.minimum(share * LEVELS, LEVELS - 1), np.uint8)


def granules(plane: Float32s) -> Float32s:
    """Return how much brightness lies in bright, and in dark, granules of each size, (14,).

    An opening by a disc takes away what is brighter than its surroundings and smaller than the disc. For bright ones
    first and then for dark ones: what each disc takes away beyond the one before, as a share of what the largest takes
    away, and the mean brightness that this one takes away. Serra 1982 (granulometry); Maragos 1989,
    doi:10.1109/34.192465.
    """
    return np.concatenate([_spectrum(plane), _spectrum(1 - plane)]).astype(np.float32)


def _spectrum(plane: Float32s) -> npt.NDArray[np.float64]:
    import cv2
    from skimage.morphology import disk

    whole = np.ascontiguousarray(plane, np.float32)
    opened = [cv2.morphologyEx(whole, cv2.MORPH_OPEN, disk(radius)) for radius in RADII]
    left = np.array([each.mean(dtype=np.float64) for each in (whole, *opened)])
    taken = left[0] - left.min()
    shares = -np.diff(left) / taken if taken > FLAT else np.zeros(len(RADII))
    return np.append(np.clip(shares, -1.0, 1.0), taken)


def waves(plane: Float32s) -> Float32s:
    """Return how the variance is shared among waves of 64 to 32, 32 to 16 .. 8 to 4 px and finer ones, (5,).

    They are square roots of the shares of the power spectrum, taken under a Hann window about the mean.
    """
    window = np.outer(*(np.hanning(side + 2)[1:-1] for side in plane.shape))
    power = np.abs(np.fft.fft2((plane - plane.mean(dtype=np.float64)) * window)) ** 2
    down, right = (np.fft.fftfreq(side) for side in plane.shape)
    bands = np.digitize(np.hypot(down[:, None], right[None, :]), BANDS)
    found = np.bincount(bands.ravel(), weights=power.ravel(), minlength=len(BANDS) + 1)[1:-1]
    return np.sqrt(found / max(float(power.sum()), FLAT**2 * plane.size)).astype(np.float32)


def between(image: Float32s) -> Float32s:
    """Return how the channels of an image (h, w, c) go together, (c × (c - 1),).

    For each pair of channels: the correlation of their pixels, 0 where one of them is even, and the difference of
    their means.
    """
    flat = image.reshape(-1, image.shape[-1]).astype(np.float64)
    mean, spread = flat.mean(axis=0), flat.std(axis=0)
    standard = np.where(spread > FLAT, (flat - mean) / np.maximum(spread, FLAT), 0.0)
    first, second = np.triu_indices(image.shape[-1], 1)
    correlation = (standard[:, first] * standard[:, second]).mean(axis=0)
    return np.concatenate([correlation, mean[first] - mean[second]]).astype(np.float32)


def described(image: Float32s) -> Float32s:
    """Return all of these of an image (h, w, c), channel by channel, and how the channels go together.

    (c × 119 + c × (c - 1),).
    """
    planes = np.moveaxis(image, -1, 0)
    parts = [part(plane) for plane in planes for part in (intensities, patterns, pairs, granules, waves)]
    return np.concatenate([*parts, between(image)])
