"""The trial of 6-mercaptopurine against placebo: weeks in remission of 42 children with leukaemia.

E. J. Freireich et al., Blood 21 (1963) 699–716; E. A. Gehan, Biometrika 52 (1965) 203–223, table 1. A + in the
table (still in remission when last seen) is a censoring here. Moments are (week, relapses, censored).
"""

TREATED = [
    *[(6, 3, 1), (7, 1, 0), (9, 0, 1), (10, 1, 1), (11, 0, 1), (13, 1, 0), (16, 1, 0), (17, 0, 1), (19, 0, 1)],
    *[(20, 0, 1), (22, 1, 0), (23, 1, 0), (25, 0, 1), (32, 0, 2), (34, 0, 1), (35, 0, 1)],
]
PLACEBO = [
    *[(1, 2, 0), (2, 2, 0), (3, 1, 0), (4, 2, 0), (5, 2, 0), (8, 4, 0), (11, 2, 0), (12, 2, 0), (15, 1, 0)],
    *[(17, 1, 0), (22, 1, 0), (23, 1, 0)],
]
