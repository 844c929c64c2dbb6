"""The simulations against what physics says of them, by ways that the makers do not use."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ellipk

from sample_data import cell_parts
from sample_data.galaxy_shapes import SHAPES, Plane, _arms, sersic
from sample_data.makers import cells, galaxies, ising, lattices
from sample_data.sample import generator

# ---- galaxies --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [0.5, 1.0, 2.5, 4.0])
def test_half_of_a_sersic_profile_lies_within_its_half_light_radius(n):
    def ring(r):
        return 2 * np.pi * r * sersic(np.array(r), 7.0, n)

    within, beyond = quad(ring, 0, 7.0)[0], quad(ring, 7.0, np.inf, limit=200)[0]
    assert within == pytest.approx(beyond, rel=1e-4)


def test_arms_keep_the_profile_of_the_disc():
    rng = generator(0)
    plane = Plane.drawn(rng, 1.0)
    smooth = sersic(plane.r, 9.0, 1.0)
    factors = [_arms(plane, generator(seed), count=2, start=4.0, angle=seed) for seed in range(12)]
    ring = (plane.r > 8) & (plane.r < 12)
    changed = np.mean([(smooth * factor)[ring].sum() for factor in factors]) / smooth[ring].sum()
    assert changed == pytest.approx(1.0, abs=0.05)
    assert factors[0][ring].std() > 0.3


def test_arms_follow_a_logarithmic_spiral():
    plane = Plane.drawn(generator(3), 1.0)
    factor = _arms(plane, generator(4), count=2, start=4.0, angle=0.7)
    radii = np.exp(np.linspace(np.log(8), np.log(18), 12))
    angle = np.arctan2(plane.y, plane.x)
    second = [np.sum(factor[near] * np.exp(2j * angle[near])) for near in (np.abs(plane.r - r) < 0.5 for r in radii)]
    turned = np.unwrap(np.angle(second)) / 2
    slope, _ = np.polyfit(np.log(radii), turned, 1)
    assert 14 - 2 <= np.degrees(np.arctan(1 / abs(slope))) <= 28 + 2
    assert np.corrcoef(np.log(radii), turned)[0, 1] ** 2 > 0.98


@pytest.mark.parametrize("name", galaxies.CLASSES)
def test_light_is_positive_and_mostly_in_the_frame(name):
    light = galaxies.observe(SHAPES[name](generator(1)), 1.2)
    border = np.ones(light.shape, bool)
    border[3:-3, 3:-3] = False
    assert light.min() >= 0
    assert light.sum() == pytest.approx(1.0)
    assert light[border].sum() < 0.06


def test_the_stated_signal_to_noise_is_met_by_counts():
    light = galaxies.observe(SHAPES["spiral"](generator(5)), 1.2)
    expected, sky = light * galaxies.flux(light, 120.0, 10.0), 120.0
    half = galaxies.bright_half(light)
    counts = np.random.default_rng(0).poisson(expected + sky, (400, 64, 64))[:, half] - sky
    assert light[half].sum() == pytest.approx(0.5, abs=0.01)
    assert counts.mean() / np.sqrt(counts.var(axis=0).mean()) == pytest.approx(10.0, rel=0.02)


def test_the_stretch_undone_gives_the_poisson_noise_of_the_sky():
    noisy, clean = galaxies.image("elliptical", 10.0, 0, 0)
    low, high = np.arcsinh(-3 / 4), np.arcsinh(80 / 4)
    sigmas = [4 * np.sinh(each * (high - low) + low) for each in (noisy, clean)]
    dark = sigmas[1] < 0.3
    assert dark.sum() > 200
    assert (sigmas[0] - sigmas[1])[dark].std() == pytest.approx(1.0, abs=0.1)


# ---- cells -----------------------------------------------------------------------------------------------------


def test_photons_have_the_variance_of_poisson_and_read_noise():
    noisy, clean = (
        np.stack(each) for each in zip(*(cells.image("cytosolic", 8.0, 0, row) for row in range(40)), strict=True)
    )
    assert np.mean(noisy - clean) == pytest.approx(0.0, abs=0.03)
    wanted = clean.mean() + (0.04 * 8.0) ** 2
    assert np.var(noisy - clean) == pytest.approx(wanted, rel=0.03)


@pytest.mark.parametrize("name", cells.CLASSES)
def test_a_marker_is_where_its_name_says(name):
    rng = generator(2)
    cell = cell_parts.Cell.drawn(rng)
    light = cell_parts.marker(name, cell, rng)
    x, y = cell_parts.grid()
    total = light.sum()
    in_nucleus = light[cell.nucleus.relative(x, y) < 1].sum() / total
    at_edge = light[np.abs(cell.body.relative(x, y) - 0.96) < 0.09].sum() / total
    outside = light[cell.body.relative(x, y) > 1.15].sum() / total
    assert outside < 0.03
    assert (in_nucleus > 0.7) == (name == "nuclear")
    assert (at_edge > 0.45) == (name == "membrane")


def test_classes_of_cells_are_equally_bright_where_they_are_bright():
    levels = {}
    for name in cells.CLASSES:
        clean = np.stack([cells.image(name, 100.0, 0, row)[1] for row in range(20)])
        signal = clean - np.quantile(clean, 0.05, axis=(1, 2), keepdims=True)
        levels[name] = np.median((signal**2).sum(axis=(1, 2)) / signal.sum(axis=(1, 2)))
    assert max(levels.values()) / min(levels.values()) < 1.35


# ---- Ising -----------------------------------------------------------------------------------------------------


def onsager_energy(temperature):
    """Return the energy per spin of the infinite lattice (Onsager 1944)."""
    twice = 2 / temperature
    modulus = 2 * np.sinh(twice) / np.cosh(twice) ** 2
    first = ellipk(modulus**2)
    return -(1 + 2 / np.pi * (2 * np.tanh(twice) ** 2 - 1) * first) / np.tanh(twice)


def yang_magnetisation(temperature):
    """Return the spontaneous magnetisation per spin below the transition (Yang 1952)."""
    return (1 - np.sinh(2 / temperature) ** -4) ** (1 / 8)


@pytest.fixture(scope="module")
def equilibrium():
    temperatures = np.repeat([1.8, 2.1, 3.0], 12)
    spins = ising.snapshots(temperatures, 3, generator(11)).astype(float)
    return {t: spins[temperatures == t].reshape(-1, 32, 32) for t in (1.8, 2.1, 3.0)}


@pytest.mark.parametrize("temperature", [1.8, 2.1, 3.0])
def test_energy_is_that_of_onsager(equilibrium, temperature):
    spins = equilibrium[temperature]
    energy = -np.mean(spins * np.roll(spins, 1, axis=1)) - np.mean(spins * np.roll(spins, 1, axis=2))
    assert energy == pytest.approx(onsager_energy(temperature), abs=0.02)


@pytest.mark.parametrize("temperature", [1.8, 2.1])
def test_magnetisation_is_that_of_yang(equilibrium, temperature):
    found = np.abs(equilibrium[temperature].mean(axis=(1, 2))).mean()
    assert found == pytest.approx(yang_magnetisation(temperature), abs=0.012)


def test_both_signs_of_order_are_drawn(equilibrium):
    up = (equilibrium[1.8].mean(axis=(1, 2)) > 0).mean()
    assert 0.15 < up < 0.85


def test_ground_truth_of_a_tiny_lattice_is_met():
    """All 512 states of a 3 × 3 torus, counted one by one, against the sampler."""
    bits = (np.arange(512)[:, None] >> np.arange(9)) & 1
    states = (2 * bits - 1).reshape(-1, 3, 3)
    energies = -np.sum(states * np.roll(states, 1, 1) + states * np.roll(states, 1, 2), axis=(1, 2))
    weights = np.exp(-energies / 3.0)
    wanted = np.sum(energies * weights) / weights.sum() / 9
    spins = ising.snapshots(np.full(400, 3.0), 3, generator(5), side=3).reshape(-1, 3, 3).astype(float)
    found = -np.mean(spins * np.roll(spins, 1, 1) + spins * np.roll(spins, 1, 2))
    assert found == pytest.approx(wanted, abs=0.03)


def test_the_stated_share_of_spins_is_read_out_wrongly():
    sample = ising.make(per_class=16, difficulty=0.2)
    assert np.mean(sample.images != sample.clean) == pytest.approx(0.2, abs=0.01)


# ---- lattices --------------------------------------------------------------------------------------------------


def test_the_strongest_peak_of_the_spectrum_is_at_the_lattice_planes():
    cell = np.array([[8.0, 0.0], [0.0, 8.0]])
    places = lattices.sites(cell, np.zeros((1, 2)), generator(1))
    image = lattices.draw(places, 1.5, np.ones(len(places)))
    padded = np.abs(np.fft.fft2((image - image.mean()) * np.outer(np.hanning(64), np.hanning(64)), (512, 512)))
    row, column = np.unravel_index(np.argmax(padded), padded.shape)
    distance = np.hypot(*(min(each, 512 - each) / 512 for each in (row, column)))
    assert 1 / distance == pytest.approx(8.0, abs=0.2)


@pytest.mark.parametrize("name", lattices.CLASSES)
def test_no_class_has_its_own_density_of_columns(name):
    rng = generator(2)
    cell, basis = lattices.unit_cell(name, 8.0, rng)
    assert abs(np.linalg.det(cell)) / len(basis) == pytest.approx(64.0)
    places = lattices.sites(cell, basis, rng)
    near = np.sort(np.linalg.norm(places[:, None] - places, axis=2), axis=1)
    middle = np.all(np.abs(places - 32) < 20, axis=1)
    neighbours = np.sum(near[middle, 1:7] < 1.1 * near[middle, 1:2], axis=1)
    wanted = {"square": 4, "rectangular": 2, "hexagonal": 6, "honeycomb": 3, "oblique": 2}
    assert set(neighbours) == {wanted[name]}


def test_an_image_covers_its_frame_whatever_the_turn():
    for seed in range(20):
        cell, basis = lattices.unit_cell("oblique", 7.0, generator(seed))
        places = lattices.sites(cell, basis, generator(seed))
        inside = np.all((places > 0) & (places < 64), axis=1)
        assert inside.sum() == pytest.approx(64**2 / 49, rel=0.15)


def test_the_dose_is_met_and_counts_are_poisson():
    noisy, clean = (
        np.stack(each) for each in zip(*(lattices.image("square", 5.0, generator(r)) for r in range(60)), strict=True)
    )
    assert noisy.mean() == pytest.approx(5.0, rel=0.05)
    assert np.mean((noisy - clean) ** 2 / clean) == pytest.approx(1.0, abs=0.02)
