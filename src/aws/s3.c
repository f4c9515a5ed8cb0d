#include "aws/s3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/endpoint.h"
#include "aws/s3_place.h"
#include "aws/s3_request.h"

#define REDIRECTS_MAX 3
#define LIST_BYTES_MAX ((size_t)32 * 1024 * 1024)
#define LIST_MS 120000
#define GET_MS 3600000
#define PAGE_DIGITS 12
#define WHY_BYTES (AWS_TEXT_BYTES + 512)

struct pending;

struct s3 {
	struct aws *aws;
	char *bucket, *region;
	char *given; /* endpoint that is not AWS's; NULL: AWS's */
	bool path_style;
	bool requester_pays;
	struct pending *first; /* requests under way */
	struct s3_counts counts;
};

/* A request under way, with what is needed to send it elsewhere. */
struct pending {
	struct s3 *bucket;
	struct s3_request is;
	char *key;
	struct sigv4_param *query;
	char **texts;
	unsigned redirects;
	char *region;  /* that it is signed for */
	char *service; /* a host for this request alone, or empty */
	uint64_t number;
	struct pending *next, *previous;
};

/* --- where the bucket is -------------------------------------------------- */

static struct s3_place
place_of(const struct s3 *s)
{
	return (
	    struct s3_place){ s->bucket, s->region, s->given, s->path_style };
}

enum status
s3_new(const struct s3_options *o, struct s3 **result, struct buf *error)
{
	struct credentials *c = aws_credentials(o->aws);
	const char *endpoint =
	    o->endpoint != NULL ? o->endpoint : credentials_endpoint(c, "S3");
	const char *region =
	    o->region != NULL ? o->region : credentials_region(c, NULL);
	struct endpoint at;
	struct s3 *s;

	if (!s3_place_is_bucket(o->bucket)) {
		buf_printf(error, "\"%s\" is not a bucket's name", o->bucket);
		return STATUS_INVALID;
	}
	if (!endpoint_is_region(span_str(region))) {
		buf_printf(error, "\"%s\" is not a region", region);
		return STATUS_INVALID;
	}
	if (endpoint != NULL && !endpoint_split(span_str(endpoint), &at)) {
		buf_add_str(error, "the endpoint is not an http: or https: "
				   "URL");
		return STATUS_INVALID;
	}
	s = status_calloc(1, sizeof(*s));
	s->aws = o->aws;
	s->bucket = span_to_str(span_str(o->bucket));
	s->region = span_to_str(span_str(region));
	s->given = endpoint != NULL ? span_to_str(span_str(endpoint)) : NULL;
	s->requester_pays = o->requester_pays;
	s->path_style =
	    o->path_style >= 0 ? o->path_style != 0 : endpoint != NULL;
	if (!s3_place_is_label(o->bucket))
		s->path_style = true;
	*result = s;
	return STATUS_OK;
}

static void
free_pending(struct pending *p)
{
	if (p->next != NULL)
		p->next->previous = p->previous;
	if (p->previous != NULL)
		p->previous->next = p->next;
	else
		p->bucket->first = p->next;
	for (size_t i = 0; i < 2 * p->is.nquery; i++)
		free(p->texts[i]);
	free(p->texts);
	free(p->query);
	free(p->key);
	free(p->region);
	free(p->service);
	free(p);
}

void
s3_free(struct s3 *s)
{
	if (s == NULL)
		return;
	while (s->first != NULL) {
		aws_cancel(s->aws, s->first->number);
		/* Without an answer: frees what hangs on the cookie. */
		s->first->is.done(
		    s->first->is.cookie, S3_UNAVAILABLE, "", NULL);
		free_pending(s->first);
	}
	free(s->bucket);
	free(s->region);
	free(s->given);
	free(s);
}

const char *
s3_bucket(const struct s3 *s)
{
	return s->bucket;
}

struct s3_counts
s3_count(const struct s3 *s)
{
	return s->counts;
}

void
s3_request_count(struct s3 *s, struct s3_counts more)
{
	s->counts.requests += more.requests;
	s->counts.resumed += more.resumed;
	s->counts.bytes += more.bytes;
}

/* --- a request ------------------------------------------------------------ */

static void on_answer(void *cookie, const struct aws_answer *a);

static size_t
ask_more(void *cookie, struct http_header *headers)
{
	struct pending *p = cookie;

	return p->is.more(p->is.cookie, headers);
}

static bool
pass_piece(void *cookie, const struct http_response *head, struct span piece)
{
	struct pending *p = cookie;

	return p->is.sink(p->is.cookie, head, piece);
}

static void
send_request(struct pending *p)
{
	struct s3 *s = p->bucket;
	const struct http_header pays = { SPAN("x-amz-request-payer"),
		SPAN("requester") };
	struct s3_place place = place_of(s);
	struct buf url = { 0 }, path = { 0 };
	struct endpoint at;

	place.region = p->region;
	s3_place_url(&place, span_str(p->service), &url);
	ASSERT(endpoint_split(buf_span(&url), &at));
	s3_place_path(&place, p->is.key, &path);
	s->counts.requests++;
	p->number = aws_start(
	    s->aws, &(struct aws_call){
			.service = "s3",
			.region = span_str(p->region),
			.method = SPAN("GET"),
			.scheme = at.scheme,
			.host = at.host,
			.path = buf_span(&path),
			.query = p->query,
			.nquery = p->is.nquery,
			.headers = &pays,
			.nheaders = s->requester_pays ? 1 : 0,
			.body_limit = LIST_BYTES_MAX,
			.total_ms = p->is.sink != NULL ? GET_MS : LIST_MS,
			.more = p->is.more != NULL ? ask_more : NULL,
			.sink = p->is.sink != NULL ? pass_piece : NULL,
			.done = on_answer,
			.cookie = p,
		    });
	buf_done(&url);
	buf_done(&path);
}

/* The bucket is elsewhere, and the answer tells where. */
static bool
follow(struct pending *p, const struct aws_answer *a)
{
	struct s3 *s = p->bucket;
	struct s3_place at = place_of(s);
	struct s3_place_target to;

	/* Another request may have moved the bucket meanwhile. */
	at.region = p->region;
	if (p->redirects == REDIRECTS_MAX ||
	    !s3_place_follow(&at,
		&(struct s3_place_answer){
		    .status = a->response->status,
		    .region = span_str(a->fault.region),
		    .location = http_header_of(a->response, SPAN("Location")),
		},
		&to))
		return false;
	p->redirects++;
	free(p->service);
	p->service = span_to_str(to.service);
	free(p->region);
	p->region = span_to_str(to.region);
	if (span_is_empty(to.service)) {
		free(s->region);
		s->region = span_to_str(to.region);
	}
	return true;
}

static enum s3_outcome
outcome_of(const struct aws_answer *a)
{
	const char *code = a->fault.code;

	switch (a->outcome) {
	case AWS_DONE:
		return S3_DONE;
	case AWS_UNAVAILABLE:
	case AWS_NO_CREDENTIALS:
		return S3_UNAVAILABLE;
	case AWS_REFUSED:
		break;
	}
	if (strcmp(code, "NoSuchBucket") == 0 ||
	    strcmp(code, "InvalidBucketName") == 0)
		return S3_NO_BUCKET;
	if (a->response->status == 404)
		return S3_MISSING;
	if (a->response->status == 403 || a->response->status == 401)
		return S3_DENIED;
	return S3_REFUSED;
}

/* What is to be allowed so that the request is not refused. */
static void
add_permission(
    const struct pending *p, const struct aws_answer *a, struct buf *why)
{
	struct span message = span_str(a->fault.message);

	if (strcmp(a->fault.code, "SignatureDoesNotMatch") == 0) {
		buf_add_str(why, "; the secret key is not that of the key id, "
				 "or something on the way changes requests");
		return;
	}
	if (strcmp(a->fault.code, "RequestTimeTooSkewed") == 0) {
		buf_add_str(why, "; this machine's clock is wrong");
		return;
	}
	if (strcmp(a->fault.code, "InvalidObjectState") == 0) {
		buf_add_str(why, "; the object is archived: restore it first");
		return;
	}
	if (strcmp(a->fault.code, "AccessDenied") != 0 &&
	    strcmp(a->fault.code, "AllAccessDisabled") != 0)
		return;
	if (span_contains_nocase(message, SPAN("kms")))
		buf_add_str(why, "; needs kms:Decrypt on the key that "
				 "encrypts the object");
	else if (p->is.key.len == 0)
		buf_printf(why, "; needs s3:ListBucket on arn:aws:s3:::%s",
		    p->bucket->bucket);
	else
		buf_printf(why, "; needs s3:GetObject on arn:aws:s3:::%s/*",
		    p->bucket->bucket);
}

static void
on_answer(void *cookie, const struct aws_answer *a)
{
	struct pending *p = cookie;
	struct buf why = { 0 };

	if (a->outcome == AWS_REFUSED && follow(p, a)) {
		send_request(p);
		return;
	}
	buf_add_str(&why, a->text);
	if (a->outcome == AWS_REFUSED)
		add_permission(p, a, &why);
	p->is.done(p->is.cookie, outcome_of(a), buf_text(&why), a);
	buf_done(&why);
	free_pending(p);
}

void
s3_request_start(struct s3 *s, const struct s3_request *request)
{
	struct pending *p = status_calloc(1, sizeof(*p));

	p->bucket = s;
	p->region = span_to_str(span_str(s->region));
	p->is = *request;
	p->key = span_to_str(request->key);
	p->is.key.at = p->key;
	p->query = status_calloc(request->nquery, sizeof(*p->query));
	p->texts = status_calloc(2 * request->nquery, sizeof(*p->texts));
	for (size_t i = 0; i < request->nquery; i++) {
		p->query[i] = request->query[i];
		p->texts[2 * i] = span_to_str(request->query[i].name);
		p->texts[2 * i + 1] = span_to_str(request->query[i].value);
		p->query[i].name.at = p->texts[2 * i];
		p->query[i].value.at = p->texts[2 * i + 1];
	}
	p->next = s->first;
	if (p->next != NULL)
		p->next->previous = p;
	s->first = p;
	send_request(p);
}

/* --- listings ------------------------------------------------------------- */

struct list_call {
	struct s3 *bucket;
	struct s3_list is;
};

static void
on_listed(void *cookie, enum s3_outcome outcome, const char *text,
    const struct aws_answer *answer)
{
	struct list_call *l = cookie;
	struct s3_listing listing = { outcome, text, NULL };
	struct s3_page page = { 0 };

	if (answer != NULL && outcome == S3_DONE) {
		l->bucket->counts.bytes += answer->response->body.len;
		if (s3_page_read(answer->response->body, &page) == STATUS_OK)
			listing.page = &page;
		else
			listing = (struct s3_listing){ S3_UNAVAILABLE,
				"the listing cannot be understood", NULL };
	}
	/* A bucket that is not there answers a listing with 404 alone. */
	if (outcome == S3_MISSING)
		listing.outcome = S3_NO_BUCKET;
	if (answer != NULL)
		l->is.done(l->is.cookie, &listing);
	s3_page_done(&page);
	free(l);
}

void
s3_list(struct s3 *s, const struct s3_list *list)
{
	struct list_call *l = status_calloc(1, sizeof(*l));
	struct sigv4_param query[7] = {
		{ SPAN("list-type"), SPAN("2"), false },
		{ SPAN("encoding-type"), SPAN("url"), false },
	};
	char digits[PAGE_DIGITS];
	size_t n = 2;

	(void)snprintf(digits, sizeof(digits), "%u",
	    list->page_size > 0 ? list->page_size : 1000);
	query[n++] =
	    (struct sigv4_param){ SPAN("max-keys"), span_str(digits), false };
	if (list->prefix.len > 0)
		query[n++] =
		    (struct sigv4_param){ SPAN("prefix"), list->prefix, false };
	if (list->delimited)
		query[n++] =
		    (struct sigv4_param){ SPAN("delimiter"), SPAN("/"), false };
	if (list->token.len > 0)
		query[n++] = (struct sigv4_param){ SPAN("continuation-token"),
			list->token, false };
	else if (list->start_after.len > 0)
		query[n++] = (struct sigv4_param){ SPAN("start-after"),
			list->start_after, false };
	l->bucket = s;
	l->is = *list;
	s3_request_start(s, &(struct s3_request){
				.query = query,
				.nquery = n,
				.done = on_listed,
				.cookie = l,
			    });
}
