"""Why articles can't go out in a format, in a sentence for the reader."""


class Refused(ValueError):
    pass
