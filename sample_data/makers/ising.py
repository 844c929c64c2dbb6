"""Spin configurations of the two-dimensional Ising model on both sides of its phase transition, and at it."""

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from sample_data.sample import About, Array, Difficulty, Floats, Sample, generator, to_bytes

ABOUT = About(
    title="Ising phases",
    one_line="960 snapshots of 32 × 32 spins: ordered, critical or disordered. Simulated, with exact truth.",
    teaches="A linear model is blind: up and down spins are equally likely in every phase. Shapes must be seen, "
    "and the symmetries of the problem multiply every label.",
    source="Simulated by this project (sample_data/makers/ising.py), after Carrasquilla & Melko (2017)",
    licence="CC0 (public domain)",
    made_how="Swendsen–Wang cluster sampling at fixed temperatures, then a share of the spins is read out wrongly.",
    difficulty=Difficulty(
        name="readout errors",
        value=0.08,
        unit="share of spins that are read out flipped",
        effect="0 shows the true configuration; at 0.5 nothing is left of it.",
    ),
)

CLASSES = ("ordered", "critical", "disordered")
#: Temperatures of each class in units of J/k_B; the transition of the infinite lattice is at 2.269.
RANGES = ((1.5, 2.1), (2.2, 2.36), (2.6, 3.4))
SIDE = 32
SNAPSHOTS = 8
_WARM_UP, _BETWEEN = 200, 20


def make(per_class: int = 320, difficulty: float = ABOUT.difficulty.value, seed: int = 0) -> Sample:
    """Return the snapshots (n, 32, 32), white = up; `difficulty` is the share of flipped readings, 0 to 0.5.

    One chain has one temperature and yields eight snapshots; it is a group. `per_class` is rounded up to whole chains.
    Raises ValueError for a share out of range.
    """
    if not 0.0 <= difficulty <= 0.5:
        raise ValueError(f"The share of flipped readings is {difficulty:g}. Choose a value from 0 to 0.5.")
    chains = -(-per_class // SNAPSHOTS)
    rng = generator(seed)
    temperatures = np.concatenate([rng.uniform(low, high, chains) for low, high in RANGES])
    spins = snapshots(temperatures, SNAPSHOTS, rng).reshape(-1, SIDE, SIDE)
    flipped = rng.random(spins.shape) < difficulty
    groups = np.repeat(np.arange(len(temperatures)), SNAPSHOTS).astype(np.int64)
    labels = groups // chains
    clean = to_bytes((spins + 1) / 2)
    return Sample(to_bytes((np.where(flipped, -spins, spins) + 1) / 2), labels, CLASSES, groups=groups, clean=clean)


def snapshots(temperatures: Floats, count: int, rng: np.random.Generator, side: int = SIDE) -> Array:
    """Return `count` equilibrium configurations, ±1, of each temperature (c,): (c, count, side, side) int8.

    Every chain starts from random spins, runs 200 cluster updates, and is looked at after every 20 further ones.
    """
    spins = rng.choice(np.array([-1, 1], np.int8), (len(temperatures), side, side))
    bonds = _bonds(spins.shape)
    seen = []
    for step in range(1, _WARM_UP + count * _BETWEEN + 1):
        spins = update(spins, temperatures, bonds, rng)
        if step > _WARM_UP and step % _BETWEEN == 0:
            seen.append(spins)
    return np.stack(seen, axis=1)


def update(spins: Array, temperatures: Floats, bonds: Array, rng: np.random.Generator) -> Array:
    """Return the spins (c, side, side) after one Swendsen–Wang update of every chain.

    Equal neighbours are joined with probability 1 − exp(−2/T); every cluster then gets a new sign by a fair coin.
    Swendsen & Wang (1987), doi:10.1103/PhysRevLett.58.86.
    """
    flat = spins.ravel()
    chain = bonds[0] // spins[0].size
    joined = (flat[bonds[0]] == flat[bonds[1]]) & (rng.random(bonds.shape[1]) < -np.expm1(-2.0 / temperatures)[chain])
    ends = bonds[:, joined]
    graph = sparse.coo_array((np.ones(ends.shape[1], np.int8), (ends[0], ends[1])), shape=(flat.size, flat.size))
    clusters, member = connected_components(graph, directed=False)
    signs = rng.choice(np.array([-1, 1], np.int8), clusters)
    return signs[member].reshape(spins.shape)


def _bonds(shape: tuple[int, ...]) -> Array:
    """Return the two ends of every bond, right and down with periodic borders: (2, 2 × number of spins)."""
    sites = np.arange(np.prod(shape)).reshape(shape)
    right, down = np.roll(sites, -1, axis=2), np.roll(sites, -1, axis=1)
    return np.stack([np.tile(sites.ravel(), 2), np.concatenate([right.ravel(), down.ravel()])])
