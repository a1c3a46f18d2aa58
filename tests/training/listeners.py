"""Listeners to fits that note what they are told, and hold fits to what they promised."""


class Listener:
    """A `Progress` of a fit or of a part of one.

    Parameters
    ----------
    stops : str
        Ask to stop at the end of the parts of this name.
    most : int or None
        Parts that there may be.
    """

    def __init__(self, stops="", most=None, name="", top=None):
        self.name, self.most, self.stops = name, most, stops
        self.children, self.ended = [], False
        self.top = top or self
        self.notes = []  # of all parts, in order, at the top
        self.open = []  # parts under way, at the top

    def begin(self, name, most=0):
        assert not self.ended
        self.children.append(name)
        assert self.most is None or len(self.children) <= self.most
        part = Listener(self.stops, most, name, self.top)
        self.top.open.append(part)
        return part

    def end(self, note=None, network=None):
        assert self.top.open.pop() is self  # the innermost part ends first, and once
        self.ended = True
        if note is not None:
            self.top.notes.append(note)
        shown = network() if callable(network) else network
        assert shown is None or shown.n_parameters > 0
        return self.name == self.stops
