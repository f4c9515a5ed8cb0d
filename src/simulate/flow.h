/*
 * flow.h - writes VPC flow log records.
 */
#pragma once

#include "simulate/world.h"

/*
 * A conversation.  Each interface inside the VPC that it passes keeps two
 * records: what went out and what came in.
 */
struct flow_talk {
	struct account *account;
	const char *src, *dst;
	const char *src_eni, *dst_eni;		 /* NULL: outside the VPC */
	const char *src_instance, *dst_instance; /* NULL: "-" */
	const char *src_service, *dst_service;	 /* AWS's, NULL: "-" */
	unsigned src_port, port, proto;		 /* proto 0: TCP */
	uint64_t bytes_out, bytes_in;		 /* from src's point of view */
	uint64_t packets; /* each way, 0: as bulk data has */
	int64_t time_us;
	unsigned seconds;
	bool rejected;	 /* by the security group: one record */
	bool unanswered; /* a SYN into nothing */
	bool by_nat;	 /* also passes the account's NAT gateway */
	int step;	 /* of the truth, -1: none */
};

/* Append the conversation's records to its account's flow log. */
void flow_talk(struct world *w, const struct flow_talk *t);

/* The header line of that version's files. */
const char *flow_header(unsigned version);
