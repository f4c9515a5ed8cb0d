"""Credentials in a ConfigMap; references and ordinary settings are not."""

from world_audit import DAY, HOUR, START


NOW = START + 5 * DAY + 12 * HOUR
ANNA = dict(remote="198.51.100.19")
BOB = dict(remote="198.51.100.17")


def write(w, time, data, **more):
    w.audit(time, "bob@example.org", "create", "configmaps", ns="shop",
            name="app", request_object={"kind": "ConfigMap", "data": data},
            **dict(BOB, **more))


def fire(w):
    w.cluster_life(START, 6)
    write(w, NOW, {"app.properties": "color=red\ndb-password = hunter22\n"})


def quiet(w):
    w.cluster_life(START, 6)
    write(w, NOW, {"app.properties": "password=${DB_PASSWORD}\npassword: "
                   "/run/secrets/db\npasswordPolicy=strict\n",
                   "DB_PASSWORD_FILE": "/run/secrets/db", "AKIA": "AKIA"})
    write(w, NOW + 1, {"app.properties": "password=hunter22"}, code=403)
