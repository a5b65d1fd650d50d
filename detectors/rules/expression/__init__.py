"""How a government may put things: names, titles, formulations, tone."""
