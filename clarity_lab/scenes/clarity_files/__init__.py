"""The files of the Clarity challenges: pyClarity reads ours, we read theirs."""
