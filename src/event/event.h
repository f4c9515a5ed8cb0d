/*
 * event.h - one normalised record of any source.
 *
 * A decoder fills events into a batch; all spans and pointers borrow from
 * that batch (its text, its arena, its JSON tape) and die with it.  An event
 * is never changed after decoding.  Spans are empty where a record lacks the
 * field; numbers are then 0 unless said otherwise.  The bytes of spans are
 * as hostile as the log: print them only through an output's encoder.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/ip.h"
#include "base/span.h"
#include "codec/json.h"
#include "stats/domain.h"

enum source {
	SOURCE_CLOUDTRAIL,
	SOURCE_VPCFLOW,
	SOURCE_DNS,
	SOURCE_K8S_AUDIT,
	/* What a collector saw of the logs themselves; in no log, and so not
	 * to be forged by one. */
	SOURCE_NOTICE,
	SOURCE_COUNT,
};

/* The sources before this one are records of logs. */
#define SOURCE_LOGS SOURCE_NOTICE

/* "cloudtrail", "vpcflow", "dns", "k8s-audit": the names of --stats; and
 * "notice". */
const char *source_text(enum source s);

enum outcome {
	OUTCOME_OK,
	OUTCOME_DENIED, /* refused for want of permission or by a filter */
	OUTCOME_FAILED, /* any other error */
};

/* A CloudTrail record: management, data, network activity or insight. */
struct cloudtrail {
	struct span name;    /* eventName */
	struct span service; /* eventSource without ".amazonaws.com" */
	struct span agent;   /* userAgent, raw */
	struct span error;   /* errorCode */
	struct span error_message;
	struct span remote;   /* sourceIPAddress, raw: address or host name */
	struct span category; /* eventCategory: Management, Data, ... */
	struct span event_type;
	struct span recipient_account;
	struct span resource;	  /* the bucket, for S3 */
	struct span vpc_endpoint; /* vpcEndpointId */
	/* userIdentity */
	struct span identity_type; /* IAMUser, AssumedRole, Root, ... */
	struct span arn;
	struct span principal_id;
	struct span identity_account; /* userIdentity.accountId */
	struct span user_name;
	struct span access_key;
	struct span invoked_by;
	struct span issuer_type; /* sessionContext.sessionIssuer.type */
	struct span issuer_arn;
	struct span issuer_name;
	struct span web_provider; /* webIdFederationData.federatedProvider */
	struct span function;	  /* inScopeOf: of which these are the
				   * credentials, by its ARN */
	bool read_only;
	bool mfa;	    /* sessionContext...mfaAuthenticated "true" */
	bool from_service;  /* invokedBy an AWS service or AWS Internal, but
			     * for a person's clicks in the console */
	bool from_instance; /* issued by EC2 role delivery */
	bool from_function; /* inScopeOf a Lambda function */
	uint64_t bytes_out; /* additionalEventData.bytesTransferredOut */
};

enum flow_action { FLOW_UNKNOWN, FLOW_ACCEPT, FLOW_REJECT };
enum flow_direction { FLOW_NO_DIRECTION, FLOW_INGRESS, FLOW_EGRESS };

#define FLOW_NO_FLAGS 0xffff /* tcp_flags when the format has none */

/* A VPC flow log row.  packets or bytes are 0 where the format lacks them. */
struct flow {
	struct ip src, dst; /* srcaddr, dstaddr */
	uint16_t src_port, dst_port;
	uint16_t protocol;
	uint16_t tcp_flags;
	enum flow_action action;
	enum flow_direction direction;
	uint64_t packets, bytes;
	int64_t start_us, end_us;
	struct span interface_id, instance_id, vpc_id, subnet_id;
	struct ip pkt_src, pkt_dst; /* none where absent or equal */
	bool has_pkt;		    /* the format has one of them */
	/*
	 * Who is "ours" and who the other side, decided by the decoder from
	 * flow-direction, private addresses and ports; local is the side that
	 * the log belongs to.  initiated: local opened the connection, as far
	 * as ports and flags tell.  service_port: the port of the side that
	 * was called.
	 */
	struct ip local, peer;
	uint16_t service_port;
	bool initiated;
};

#define DNS_ANSWERS_MAX 8

/* A DNS query with its answer. */
struct dns {
	struct span name;  /* as logged, without the final dot */
	struct span type;  /* "A", "TXT", "TYPE25" */
	struct span rcode; /* "NOERROR", "NXDOMAIN", ...; may be empty */
	struct span transport;
	struct span instance_id, vpc_id;
	struct span firewall_action;
	struct ip client;
	struct span answers[DNS_ANSWERS_MAX]; /* Rdata */
	/* The name's parts in lower case; all empty when it has no shape. */
	struct domain domain;
	unsigned nanswers; /* all of them, may exceed DNS_ANSWERS_MAX */
	uint64_t size;	   /* response bytes where logged (CoreDNS) */
};

enum audit_group { /* bits of audit.groups */
	AUDIT_GROUP_MASTERS = 1,
	AUDIT_GROUP_AUTHENTICATED = 2,
	AUDIT_GROUP_UNAUTHENTICATED = 4,
	AUDIT_GROUP_NODES = 8,
	AUDIT_GROUP_SERVICE_ACCOUNTS = 16,
};

/* A Kubernetes audit event (audit.k8s.io), last stages only: a record of
 * stage RequestReceived is decoded too, with code 0. */
struct audit {
	struct span verb;
	struct span uri;   /* requestURI, raw */
	struct span query; /* of it, behind "?" */
	struct span stage;
	struct span level;
	struct span user;	  /* user.username, raw; may be empty */
	struct span impersonated; /* impersonatedUser.username */
	struct span agent;	  /* userAgent, raw */
	struct span remote;	  /* of sourceIPs: who calls, raw ... */
	struct span proxy;	  /* ... and who connected for him, or empty */
	struct span resource, subresource, ns, name, api_group;
	struct span decision; /* authorization.k8s.io/decision */
	struct span reason;   /* authorization.k8s.io/reason */
	unsigned groups;      /* bits of enum audit_group */
	int code;	      /* responseStatus.code; 0 when absent */
};

/* What may be told of a notice beside what it is about. */
enum notice_fact {
	NOTICE_REASON,	 /* in words */
	NOTICE_DIGEST,	 /* key of the digest that shows it */
	NOTICE_EXPECTED, /* hash of the file as it was written */
	NOTICE_FOUND,	 /* hash of the file as it is */
	NOTICE_SERVICE,	 /* whose log it is */
	NOTICE_HEARD,	 /* in so many ... */
	NOTICE_HOURS,	 /* ... of so many hours there was a log */
	NOTICE_FACTS,
};

/* "reason", "digest", ...: as facts and in what a collector gives. */
const char *notice_fact_text(enum notice_fact f);

struct notice {
	struct span detector; /* "log_gap": the file of the detector */
	struct span resource; /* "bucket/key" or "bucket/stream" */
	struct span fact[NOTICE_FACTS];
};

struct event {
	int64_t time_us;
	enum source source;
	enum outcome outcome;
	uint32_t tenant;    /* index into the batch's tenants */
	uint64_t id_key[2]; /* of the id, for deduplication; both 0: no id */
	/*
	 * The same for all events in which the same actor does the same thing
	 * from the same place with the same outcome: the key under which an
	 * hour's events are tallied.
	 */
	uint64_t activity;
	/*
	 * What kind of act it is, whoever does it: a keyed hash of service and
	 * name of a call, of verb, group, resource and subresource of a
	 * request.  0: no such thing.
	 */
	uint64_t kind;
	/*
	 * Tells the cluster or the network (VPC) it happened in from others,
	 * without a look at the text: the end of its id.  0: none is known.
	 */
	uint64_t within;
	struct span id; /* eventID, auditID; empty for flows and DNS */
	struct span account, region, cluster;
	struct ip remote; /* the caller or the other side; none if no address */
	union {
		const struct cloudtrail *cloudtrail;
		const struct flow *flow;
		const struct dns *dns;
		const struct audit *audit;
		const struct notice *notice;
	};
	/* The whole record on the tape; JSON_NONE for text formats.  Only for
	 * what the fields above do not hold, and only in rare paths. */
	struct json_value record;
};

/* The event is to be looked at: first fetches what it says, `soon` then the
 * texts that most look at. */
void event_expect(const struct event *ev, bool soon);
