"""Learning the model's parameters from the record by approximate Bayesian computation.

What is believed before (`prior`), what of a record is compared (`statistics`), how far apart two are and
which draws are near (`nearness`, `accepting`), where most runs are like it (`searching`), and what follows
(`fitting`).  Prior, distance and pass rules were
fixed before the first fit; docs/calibration.md says where.
"""
