"""Words changed without a restart: proposed, approved by a second person, compiled apart, swapped in whole."""
