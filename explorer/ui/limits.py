"""What a hosted app allows; on the user's own machine nothing is limited but by the machine."""

from explorer.errors import StudyError
from explorer.hosting import hosted
from explorer.records import Study
from explorer.ui import texts

TRIALS = 400
IMAGES = 5_000
MEGABYTES = 100
#: Pixels of one image: those of a large camera. Of one colour, so many fit in few bytes, and take long to decode.
PIXELS = 16_000_000


def checked(study: Study) -> Study:
    """Return the study itself. Raises StudyError when it is too large for a hosted app."""
    trials = len(study.trials())
    if hosted() and trials > TRIALS:
        raise StudyError(texts.TOO_MANY_TRIALS.format(most=TRIALS, trials=trials))
    return study
