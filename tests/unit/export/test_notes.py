"""Notes of many trials as people read them: one line a kind, with ranges, and nothing rare is buried."""

from dataclasses import dataclass

from explorer.cautions import Caution
from explorer.export.notes import note_kinds
from explorer.records import Trial

POOL = "The pool was used and counts for {}% of each answer beside {}: early and last layers agree on {}% of it."
SHIFT = "Class '{}' is {}% of the labelled examples, but is found in {}% of the pool; pseudo-labels mislead."


@dataclass
class Told:
    """What of an outcome counts here."""

    trial: Trial
    notes: tuple[str, ...]


def told(*notes):
    return [Told(Trial("arm", 1, seed), (note,)) for seed, note in enumerate(notes)]


def texts(*notes):
    return [each.text for each in note_kinds(told(*notes))]


def test_notes_that_differ_in_digits_are_one_with_ranges():
    (kind,) = note_kinds(
        told(
            POOL.format(67, "1 label a class", 54),
            POOL.format(61, "2 labels a class", 52),
            POOL.format(64, "about 4.1 labels a class", 52),
        )
    )
    assert kind.text == POOL.format("61–67", "about 1–4.1 labels a class", "52–54")
    assert [trial.seed for trial in kind.trials] == [0, 1, 2]
    assert kind.line == kind.text + " (3 trials)"


def test_what_is_the_same_has_no_range_and_what_is_said_once_stays_as_it_is():
    assert texts("Only 3 of 1,200 were used.", "Only 3 of 900 were used.") == ["Only 3 of 900–1,200 were used."]
    assert texts(POOL.format(67, "1 label a class", 54)) == [POOL.format(67, "1 label a class", 54)]
    assert texts(*["Round 2.5 of 16 ended at 96px in conv3."] * 2) == ["Round 2.5 of 16 ended at 96px in conv3."]


def test_digits_of_names_tell_classes_apart():
    found = texts(SHIFT.format("grade 1", 7, 1), SHIFT.format("grade 2", 7, 3), SHIFT.format("grade 1", 9, 2))
    assert found == [SHIFT.format("grade 2", 7, 3), SHIFT.format("grade 1", "7–9", "1–2")]
    assert len(texts("FixMatch's 2 views of 'a 1' hardly differ.", "FixMatch's 2 views of 'a 2' hardly differ.")) == 2


def test_warnings_and_rare_notes_come_before_what_every_trial_says():
    common = [POOL.format(n, "1 label a class", n) for n in range(30)]
    shifts = [Caution(SHIFT.format(*each)) for each in (("b", 7, 1), ("b", 7, 2), ("a", 7, 3))]
    found = texts(*common, "Weights were averaged.", *shifts)
    assert found == [
        SHIFT.format("a", 7, 3),
        SHIFT.format("b", 7, "1–2"),
        "Weights were averaged.",
        POOL.format("0–29", "1 label a class", "0–29"),
    ]


def test_a_trial_that_tells_two_of_a_kind_counts_once():
    (kind,) = note_kinds([Told(Trial("arm", 1, 0), ("Round 1 is done.", "Round 2 is done."))])
    assert (kind.text, len(kind.trials)) == ("Round 1–2 is done.", 1)


def test_what_warns_is_what_was_made_so_whatever_its_words():
    warned, calm = Caution("The images were halved."), "Not one of them is wrong, and nothing was left out."
    kinds = note_kinds(told(calm, warned, warned))
    assert [(each.text, each.warns) for each in kinds] == [(str(warned), True), (calm, False)]
