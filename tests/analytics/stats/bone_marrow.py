"""Days to relapse (1) or death in remission (2) after a bone marrow transplant, or last seen in remission (0).

The 38 patients with ALL of J. P. Klein and M. L. Moeschberger, Survival Analysis (2003), section 1.3; columns t2,
d2 and d3 of R's KMsurv::bmt, group 1. Moments are (day, (relapses, deaths), censored).
"""

DAYS = [
    *[(1, 2), (55, 1), (74, 1), (86, 2), (104, 1), (107, 2), (109, 1), (110, 1), (122, 2), (122, 1), (129, 1)],
    *[(172, 2), (192, 1), (194, 2), (226, 0), (230, 1), (276, 2), (332, 2), (383, 1), (418, 2), (466, 2), (487, 2)],
    *[(526, 2), (530, 0), (609, 1), (662, 1), (996, 0), (1111, 0), (1167, 0), (1182, 0), (1199, 0), (1330, 0)],
    *[(1377, 0), (1433, 0), (1462, 0), (1496, 0), (1602, 0), (2081, 0)],
]
TRANSPLANTED = [(day, (int(end == 1), int(end == 2)), int(end == 0)) for day, end in DAYS]
