"""The way of a complaint: pull, process, route, dispatch; and what keeps each channel alive on its own."""
