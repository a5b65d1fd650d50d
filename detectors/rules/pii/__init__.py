"""Personal data that must not be published: numbers, addresses, circumstances, lists."""
