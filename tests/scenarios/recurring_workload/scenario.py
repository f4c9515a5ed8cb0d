"""A CronJob from a stranger's place at night; those of the deployer are not."""

from world_audit import ARGO, DAY, DEPLOYER, HOUR, START, workload


DAYS = 21
NIGHT = START + DAYS * DAY + 2 * HOUR


def fire(w):
    w.cluster_life(START, DAYS)
    w.deploy(NIGHT, workload("clean", "data", "CronJob"), "bob@example.org",
             agent="python-requests/2.31", remote="203.0.113.77")


def quiet(w):
    w.cluster_life(START, DAYS + 1)
    w.platform_life(NIGHT + 10 * HOUR)
    w.deploy(NIGHT + 8 * HOUR, workload("clean", "data", "CronJob"), DEPLOYER,
             agent=ARGO)
