"""Notes that warn are kept as such, and those of earlier versions are told by their words."""

import json
import pickle

from explorer.cautions import Caution, is_caution, kept, of_kept

CALM, WARNED = "Not one of them is wrong.", Caution("The images were halved.")


def test_notes_come_back_from_json_and_from_another_process_as_they_were():
    for found in (of_kept(json.loads(json.dumps(kept([CALM, WARNED])))), pickle.loads(pickle.dumps((CALM, WARNED)))):
        assert found == (CALM, WARNED)
        assert [is_caution(each) for each in found] == [False, True]


def test_notes_of_earlier_versions_are_read_and_warn_by_their_words_but_for_names():
    told = ("The pool was not used.", "Class 'no cells' is 7% of the pool.", "FixMatch's views hardly differ.", "Done.")
    found = of_kept({"notes": list(told)})
    assert found == told
    assert [is_caution(each) for each in found] == [True, False, True, False]


def test_no_notes_are_none():
    assert of_kept({}) == of_kept(kept(())) == ()
