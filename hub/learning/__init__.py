"""Learning categories from what staff corrected. Fitting needs the extra `train`; what was fitted is used without."""
