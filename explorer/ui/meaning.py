"""The three questions of a plan: what carries the class of an image. They come answered as the images suggest.

The engine looks at the images, which takes some seconds. Nothing waits for it: until then the answer is "not sure".
"""

from collections.abc import Iterator

import streamlit as st

from explorer.engine.asking import ask, is_asked
from explorer.engine.client import ensure_engine
from explorer.facts import known
from explorer.records import Dataset, Fact, Study
from explorer.suggesting import Suggestion
from explorer.ui import shell, study_read, texts
from explorer.ui.formats import escaped
from explorer.ui.previewed import being_drawn

YES, NO, UNSURE = "yes", "no", "unsure"
POLL_SECONDS = 1.0


def questions(dataset: Dataset) -> tuple[Fact, ...]:
    """Show the questions and return the facts that carry no meaning by the answers. Raises StoreError."""
    found = known(dataset.fingerprint, shell.workspace().cache)
    _answer(dataset.fingerprint, found)
    with st.container(gap="xxsmall", key="meaning"):
        for fact, column in zip(Fact, st.columns(len(Fact), gap="small"), strict=True):
            with column:
                _question(fact, dataset.fingerprint, found)
        _standing(dataset.fingerprint, found)
        _doubted(dataset.fingerprint, found)
        _contradicted(dataset.fingerprint)
    return tuple(fact for fact in Fact if st.session_state[_said(fact, dataset.fingerprint)] == NO)


def _said(fact: Fact, fingerprint: str) -> str:
    """Return where an answer is kept: Streamlit forgets what a widget says once another page is shown."""
    return f"said-{fact}-{fingerprint}"


def _say(fact: Fact, fingerprint: str, answer: str) -> None:
    """Put in an answer that the user did not click, by a new widget that begins with it.

    A value that is set in the session reaches a widget by one message, which Streamlit drops where the page runs again
    at once: the page then shows its first option, and soon believes it.
    """
    if st.session_state.get(_said(fact, fingerprint)) != answer:
        st.session_state[_said(fact, fingerprint)] = answer
        st.session_state[_begun(fact, fingerprint)] = st.session_state.get(_begun(fact, fingerprint), 0) + 1


def _begun(fact: Fact, fingerprint: str) -> str:
    return f"begun-{_said(fact, fingerprint)}"


def _question(fact: Fact, fingerprint: str, found: Suggestion | None) -> None:
    reason = "" if found is None else f"  \n{escaped(found.reasons[fact])}"
    said, answers = _said(fact, fingerprint), list(texts.MEANING_ANSWERS)
    st.session_state[said] = st.radio(
        texts.MEANING[fact],
        answers,
        index=answers.index(st.session_state[said]),
        format_func=texts.MEANING_ANSWERS.__getitem__,
        horizontal=True,
        key=f"meaning-{fact}-{fingerprint}-{st.session_state[_begun(fact, fingerprint)]}",
        help=f"{texts.MEANING_TIPS[fact]}{reason}",
    )


def _answer(fingerprint: str, found: Suggestion | None) -> None:
    """Answer what nobody has answered; what came from the images is put in once, and the user has the last word."""
    news = found is not None and not st.session_state.get(f"answered-{fingerprint}")
    for fact in Fact:
        said = st.session_state.get(_said(fact, fingerprint))
        if said is None or (news and said == UNSURE):
            _say(fact, fingerprint, suggested_answer(fact, found))
    if news:
        st.session_state[f"answered-{fingerprint}"] = True


def answer_as(study: Study) -> None:
    """Answer the questions for the data set of a study as they were answered for it.

    A study knows what carried no meaning. Of the rest stays what was said or is suggested, but for a "no".
    """
    found = known(study.dataset, shell.workspace().cache)
    for fact in Fact:
        said = st.session_state.get(_said(fact, study.dataset), suggested_answer(fact, found))
        rest = UNSURE if said == NO else said
        _say(fact, study.dataset, NO if fact in study.free else rest)
    if found is not None:  # else it may still answer what is open
        st.session_state[f"answered-{study.dataset}"] = True


def suggested_answer(fact: Fact, found: Suggestion | None) -> str:
    """Return the answer to the question whether a fact carries the class, as far as the images tell."""
    if found is None or fact not in found.judged:
        return UNSURE
    return NO if fact in found.free else YES


# ---- waiting for the engine ------------------------------------------------------------------------------------


def _standing(fingerprint: str, found: Suggestion | None) -> None:
    """Say in one line, always one, where the answers come from, and ask for them where nobody has."""
    asked = f"asked-{fingerprint}"
    if found is not None:
        st.caption(_from_where(fingerprint, found))
        return
    if asked not in st.session_state:
        st.session_state[asked] = True
        ask(shell.workspace(), fingerprint)
    st.fragment(_waiting, run_every=POLL_SECONDS if st.session_state[asked] else None)(being_drawn(), fingerprint)


def _from_where(fingerprint: str, found: Suggestion) -> str:
    if not found.judged:
        return texts.MEANING_UNJUDGED
    said = {fact: st.session_state[_said(fact, fingerprint)] for fact in Fact}
    own = [answer != suggested_answer(fact, found) for fact, answer in said.items()]
    # What no image can tell is answered by nobody, or by the user.
    from_images = [fact for fact, is_own in zip(said, own, strict=True) if fact in found.judged and not is_own]
    if not any(own):
        return texts.MEANING_FOUND
    return texts.MEANING_CORRECTED if from_images else texts.MEANING_SAID


def _doubted(fingerprint: str, found: Suggestion | None) -> None:
    """Say quietly where something is said to carry no meaning, and the probe saw that the images depend on it."""
    for fact in Fact:
        suggested = suggested_answer(fact, found)
        if (suggested, st.session_state[_said(fact, fingerprint)]) == (YES, NO):
            st.caption(f":material/info: {texts.MEANING_DOUBTED[fact]}")


def _contradicted(fingerprint: str) -> None:
    """Warn where brightness or colour is said to carry no class, and a check found that it tells the classes apart."""
    told = [each.message for each in study_read.warnings(fingerprint) if each.code == "shortcut-intensity"]
    if told and st.session_state[_said(Fact.INTENSITY, fingerprint)] == NO:
        words = texts.MEANING_AGAINST.format(finding=escaped(told[0]))
        st.warning(words, icon=":material/warning:")


def _waiting(drawn: Iterator[bool], fingerprint: str) -> None:
    asked, space = f"asked-{fingerprint}", shell.workspace()
    waits, polled = is_asked(space, fingerprint), not next(drawn, False)
    if polled and known(fingerprint, space.cache) is not None:
        st.rerun()
    if waits:
        with shell.told():
            ensure_engine(space)
    elif polled and st.session_state[asked]:  # the engine has given up: nothing is polled any more
        st.session_state[asked] = False
        st.rerun()
    st.caption(texts.MEANING_LOOKING if waits else texts.MEANING_UNJUDGED)
