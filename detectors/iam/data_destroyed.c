/*
 * Impact:IAMUser/DataDestruction - databases, disks, tables, file systems and
 * their backups are deleted in number, or a database without a last snapshot.
 *
 * Sources     CloudTrail
 * Key         principal
 * Statistic   distinct things in an hour against the actor's usual hours; a
 *             band lower for who does so every week. What one made oneself
 *             within the week is one's own to delete: a drill, a test.
 * References  https://attack.mitre.org/techniques/T1485/
 *             https://attack.mitre.org/techniques/T1490/
 */
#include <stdio.h>

#include "base/hash.h"
#include "detect/iam_act.h"
#include "detect/sweep.h"

enum { THINGS };

static const struct param params[] = {
	[THINGS] = { "things", 5, 2, 10000,
	    "distinct things deleted in an hour that are told" },
};

#define WEEK_US (INT64_C(7) * 86400 * 1000000)
#define MADE_MAX 32 /* the oldest goes first */

struct made {
	uint64_t thing; /* 0: free */
	int64_t time_us;
};

struct state {
	struct sweep sweep;
	struct made made[MADE_MAX];
	uint64_t next;
};

#define ROW(service, name, severity, what, key)                                \
	{                                                                      \
		SPAN_INIT(service), SPAN_INIT(name), severity,                 \
		    SPAN_INIT(what), SPAN_INIT(key)                            \
	}

/* Those of medium severity are told alone; a number of any is high. */
static const struct iam_act acts[] = {
	ROW("rds", "DeleteDBInstanceAutomatedBackup", SEVERITY_LOW,
	    "automated backups of databases", "dbiResourceId"),
	ROW("rds", "DeleteDBInstance", SEVERITY_LOW, "databases",
	    "dBInstanceIdentifier"),
	ROW("rds", "DeleteDBClusterSnapshot", SEVERITY_LOW,
	    "database snapshots", "dBClusterSnapshotIdentifier"),
	ROW("rds", "DeleteDBCluster", SEVERITY_LOW, "databases",
	    "dBClusterIdentifier"),
	ROW("rds", "DeleteDBSnapshot", SEVERITY_LOW, "database snapshots",
	    "dBSnapshotIdentifier"),
	ROW("rds", "DeleteGlobalCluster", SEVERITY_LOW, "databases",
	    "globalClusterIdentifier"),
	ROW("ec2", "DeleteSnapshot", SEVERITY_LOW, "disk snapshots",
	    "snapshotId"),
	ROW("ec2", "DeleteVolume", SEVERITY_LOW, "disks", "volumeId"),
	ROW("ec2", "DeregisterImage", SEVERITY_LOW, "machine images",
	    "imageId"),
	ROW("dynamodb", "DeleteTable", SEVERITY_LOW, "tables", "tableName"),
	ROW("dynamodb", "DeleteBackup", SEVERITY_LOW, "backups of tables",
	    "backupArn"),
	ROW("backup", "DeleteRecoveryPoint", SEVERITY_LOW, "recovery points",
	    "recoveryPointArn"),
	ROW("backup", "DeleteBackupVault", SEVERITY_MEDIUM, "backup vaults",
	    "backupVaultName"),
	ROW("backup", "DeleteBackupVaultLockConfiguration", SEVERITY_MEDIUM,
	    "locks of backup vaults", "backupVaultName"),
	ROW("backup", "DeleteBackupPlan", SEVERITY_LOW, "backup plans",
	    "backupPlanId"),
	ROW("s3", "DeleteBucket", SEVERITY_LOW, "buckets", "bucketName"),
	ROW("elasticfilesystem", "DeleteFileSystem", SEVERITY_LOW,
	    "file systems", "fileSystemId"),
	ROW("fsx", "DeleteFileSystem", SEVERITY_LOW, "file systems",
	    "fileSystemId"),
	ROW("fsx", "DeleteBackup", SEVERITY_LOW, "backups of file systems",
	    "backupId"),
	ROW("redshift", "DeleteCluster", SEVERITY_LOW, "warehouses",
	    "clusterIdentifier"),
	ROW("redshift", "DeleteClusterSnapshot", SEVERITY_LOW,
	    "snapshots of warehouses", "snapshotIdentifier"),
	ROW("ecr", "DeleteRepository", SEVERITY_LOW, "image repositories",
	    "repositoryName"),
	ROW("secretsmanager", "DeleteSecret", SEVERITY_LOW, "secrets",
	    "secretId"),
	ROW("glacier", "DeleteVault", SEVERITY_LOW, "archives", "vaultName"),
};

static bool
makes(struct span name)
{
	return span_starts(name, SPAN("Create")) ||
	       span_starts(name, SPAN("Restore"));
}

static bool
of_kind(const struct event *ev)
{
	const struct cloudtrail *ct = ev->cloudtrail;

	return makes(ct->name) || iam_act_find(acts, COUNTOF(acts), ct) != NULL;
}

static uint64_t
thing_of(const struct iam_act *act, struct span name)
{
	struct hash_state h = hash_begin(&HASH_KEY_DEFAULT, 1);

	hash_more(&h, act->service);
	hash_more(&h, act->key);
	hash_more(&h, name);
	return hash_end(&h) | 1;
}

/* CreateTable makes what DeleteTable deletes, and
 * RestoreDBInstanceFromDBSnapshot what DeleteDBInstance does. */
static bool
makes_what(struct span name, const struct iam_act *act)
{
	struct span gone = act->name;

	if (!span_starts(gone, SPAN("Delete")))
		return false;
	gone = span_skip(gone, SPAN("Delete").len);
	if (span_starts(name, SPAN("Restore")))
		return span_starts(span_skip(name, SPAN("Restore").len), gone);
	return span_equal(span_skip(name, SPAN("Create").len), gone);
}

/* Things whose names the maker chose. */
static void
remember(struct state *st, const struct event *ev, struct json_value request)
{
	for (size_t i = 0; i < COUNTOF(acts); i++) {
		struct span name;

		if (!span_equal(acts[i].service, ev->cloudtrail->service) ||
		    !makes_what(ev->cloudtrail->name, &acts[i]))
			continue;
		name = iam_act_text(request, acts[i].key);
		if (!span_is_empty(name))
			st->made[st->next++ % MADE_MAX] =
			    (struct made){ thing_of(&acts[i], name),
				    ev->time_us };
	}
}

static bool
is_own(const struct state *st, uint64_t thing, int64_t now_us)
{
	for (size_t i = 0; i < MADE_MAX; i++) {
		if (st->made[i].thing == thing &&
		    now_us - st->made[i].time_us <= WEEK_US)
			return true;
	}
	return false;
}

static void
raise(struct detect *d, const struct event *ev, double severity,
    struct span what, uint32_t things)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", things);
	const struct fact facts[] = {
		{ "attempts", span_of(text, (size_t)len) },
	};

	iam_act_raise(d, ev,
	    &(struct iam_act_report){ .severity = severity,
		.what = what,
		.feature = "things deleted in an hour",
		.number = things,
		.facts = facts,
		.nfacts = COUNTOF(facts) });
}

static void
observe(struct detect *d, const struct event *ev, void *state)
{
	const struct iam_act *act =
	    iam_act_find(acts, COUNTOF(acts), ev->cloudtrail);
	struct json_value request = iam_act_request(ev);
	struct state *st = state;
	uint64_t thing;
	bool fresh;

	if (act == NULL) {
		remember(st, ev, request);
		return;
	}
	thing = thing_of(act, iam_act_text(request, act->key));
	if (is_own(st, thing, ev->time_us))
		return;
	fresh = sweep_add(&st->sweep, ev->time_us, thing);
	if (fresh && sweep_is_much(&st->sweep, detect_param(d, THINGS), 3))
		raise(d, ev, SEVERITY_HIGH, act->what, st->sweep.distinct);
	else if (json_is_true(json_get(request, SPAN("skipFinalSnapshot"))))
		raise(d, ev, SEVERITY_MEDIUM,
		    SPAN("a database without a last snapshot"),
		    st->sweep.distinct);
	else if (act->severity >= SEVERITY_MEDIUM)
		raise(d, ev, act->severity, act->what, st->sweep.distinct);
}

DETECTOR(data_destroyed) = {
	.type = "Impact:IAMUser/DataDestruction",
	.title = "{actor} deletes {what}",
	.story = "{actor} called {service} {api} from {remote}: "
		 "{what}. Such things deleted within an hour: "
		 "{attempts}.",
	.mitre = "T1485 T1490",
	.tactic = TACTIC_IMPACT,
	.sources = DETECT_CLOUDTRAIL,
	.wants = DETECT_NEEDS_BASELINE | CARRIED_OBJECTS,
	.severity = SEVERITY_HIGH,
	.confidence = 0.8,
	.acts_only = true,
	.when = DETECT_EACH,
	.of_kind = of_kind,
	.key = DETECT_KEY_ACTOR,
	.state_size = sizeof(struct state),
	.state_version = 2,
	.state_ttl_s = 45 * 24 * 3600,
	.params = params,
	.nparams = COUNTOF(params),
	.observe = observe,
};
