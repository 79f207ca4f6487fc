"""A package, so that `tests.peers` is ours: the peer installs one of this name, too."""
