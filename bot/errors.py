"""Every error of our own, on one page. A door knows what to say for each; the rest rises to the log.

MotCuaError
└── UsageError            a person gave a command, file or setting that cannot work: exit code 2
    ├── CatalogueError    the catalogue's files do not pass their checks
    │   └── BadFileError  one of the single files (calendar, communes, rates …): catalogue/pages.py
    ├── LexiconError      procedures/lexicon.yaml: matching/lexicon.py
    ├── LabelError        a file of labelled questions: matching/labels.py
    ├── TargetError       so few wrong answers are out of the model's reach: matching/model.py
    └── SettingsError     a setting is missing or wrong
"""

from __future__ import annotations


class MotCuaError(Exception):
    """Base of all errors that we raise ourselves."""


class UsageError(MotCuaError):
    """Somebody gave a command, file or setting that cannot work; the text tells what to do."""


class CatalogueError(UsageError):
    """The catalogue cannot be used as it stands."""


class SettingsError(UsageError):
    """A setting is missing or wrong."""
