"""Why an export, an anchor or a directory can't be used: a sentence for the person at the terminal."""


class ExportFailed(Exception):
    """Nothing was written, or nothing could be read."""
