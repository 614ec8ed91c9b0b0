"""Building what stays until the next revision."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept() -> Iterator[None]:
    """Make many objects, all of which are kept, without looking for garbage among them.

    The collector would walk through everything there is at every quarter more: half of the time in
    which a catalogue is indexed, in a process that holds the catalogue as well.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # and straight back: into the oldest generation, which is seldom looked at
        gc.unfreeze()
        if collects:
            gc.enable()
