"""The errors that are meant for users; a page or the command line shows their text and nothing else.

::

    ExplorerError            anything a user can be told in one clear sentence
    ├── DataError            the data set, or a file of it, cannot be used as it is
    ├── StudyError           the study asks for something that cannot be run
    │   └── TechniqueError   a technique, a setting or a combination of techniques is not possible
    ├── StoreError           the workspace cannot be read or written
    │   └── UnknownStudy     it holds no study of that id
    ├── EngineError          the engine or its scheduler cannot be started or reached
    └── Stopped              a trial was ended before it was finished
        ├── Cancelled        because its study was cancelled
        └── OutOfTime        because it used up its time limit

Each text says what is wrong, the value that was met, and the remedy.
"""


class ExplorerError(Exception):
    """Anything a user can be told in one clear sentence."""


class DataError(ExplorerError):
    """The data set, or a file of it, cannot be used as it is."""


class StudyError(ExplorerError):
    """The study asks for something that cannot be run."""


class TechniqueError(StudyError):
    """A technique, a setting or a combination of techniques is not possible."""


class StoreError(ExplorerError):
    """The workspace cannot be read or written."""


class UnknownStudy(StoreError):
    """The workspace holds no study of that id."""


class EngineError(ExplorerError):
    """The engine or its scheduler cannot be started or reached."""


class Stopped(ExplorerError):
    """A trial was ended before it was finished."""


class Cancelled(Stopped):
    """A trial was ended because its study was cancelled."""


class OutOfTime(Stopped):
    """A trial was ended because it used up its time limit."""
