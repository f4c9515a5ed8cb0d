"""What the simulator says happened (truth.json)."""
import datetime


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def names(attack):
    """What may name the attacker: actors and addresses as the logs do."""
    for actor in attack["actors"]:
        yield actor
        if ":assumed-role/" in actor:
            yield actor.split("/", 1)[1].split("/")[0]
            yield actor.rsplit("/", 1)[1]
    yield from attack["addresses"]
