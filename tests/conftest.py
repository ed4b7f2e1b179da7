"""What all tests share: an example of hypothesis has no deadline, for machines are busy; bounds on time have tests of their own."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
