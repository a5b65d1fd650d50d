"""Commerce on a government page: promotion, promises, contact diversion."""
