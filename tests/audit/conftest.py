"""Laws are checked on machines that do other things at the same time: a slow example isn't a wrong one."""

from hypothesis import settings

settings.register_profile("audit", deadline=None)
settings.load_profile("audit")
