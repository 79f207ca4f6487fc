"""From a scene's description to what its listener hears."""
