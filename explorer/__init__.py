"""The Data-Efficiency Explorer: how many labels a small data set needs, and which technique buys the most per label."""

import os

__version__ = "0.2.0"

# albumentations asks a package index for its newest version at import; no network request may leave unasked.
os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")
# Model hubs are never contacted during a run: weights come from installed packages or from files of the user.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
