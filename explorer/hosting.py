"""Whether the app serves several visitors, who must not reach what its machine holds."""

import os


def hosted() -> bool:
    """Tell whether the app runs on a server for several visitors, with limits; APP_MODE=hosted says so."""
    return os.environ.get("APP_MODE", "local") == "hosted"
