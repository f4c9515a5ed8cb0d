#include "aws/s3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/endpoint.h"
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
	char *url;	       /* scheme://host of requests */
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
	char *elsewhere; /* a host for this request alone */
	uint64_t number;
	struct pending *next, *previous;
};

/* --- where the bucket is -------------------------------------------------- */

/* Lower-case letters, digits, hyphens, dots: what AWS allows, and with
 * `label` what can stand before s3.REGION in a certificate's name. */
static bool
is_bucket_name(const char *name, bool label)
{
	size_t n = strspn(name, label ? "abcdefghijklmnopqrstuvwxyz0123456789-"
				      : "abcdefghijklmnopqrstuvwxyz0123456789-."
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	return name[n] == '\0' && n >= (label ? 3 : 1) && n <= 255 &&
	       name[0] != '-' && name[0] != '.';
}

static void
set_url(struct s3 *s)
{
	struct buf url = { 0 };
	struct span scheme, host, path;

	if (s->given != NULL) {
		(void)aws_split_url(span_str(s->given), &scheme, &host, &path);
		buf_printf(&url, "%.*s://%s%s%.*s", SPAN_ARGS(scheme),
		    s->path_style ? "" : s->bucket, s->path_style ? "" : ".",
		    SPAN_ARGS(host));
	} else {
		buf_printf(&url, "https://%s%ss3.%s.%s",
		    s->path_style ? "" : s->bucket, s->path_style ? "" : ".",
		    s->region, endpoint_suffix(span_str(s->region)));
	}
	free(s->url);
	s->url = url.at;
}

enum status
s3_new(const struct s3_options *o, struct s3 **result, struct buf *error)
{
	struct credentials *c = aws_credentials(o->aws);
	const char *endpoint =
	    o->endpoint != NULL ? o->endpoint : credentials_endpoint(c, "S3");
	const char *region =
	    o->region != NULL ? o->region : credentials_region(c, NULL);
	struct span scheme, host, path;
	struct s3 *s;

	if (!is_bucket_name(o->bucket, false)) {
		buf_printf(error, "\"%s\" is not a bucket's name", o->bucket);
		return STATUS_INVALID;
	}
	if (!endpoint_is_region(span_str(region))) {
		buf_printf(error, "\"%s\" is not a region", region);
		return STATUS_INVALID;
	}
	if (endpoint != NULL &&
	    !aws_split_url(span_str(endpoint), &scheme, &host, &path)) {
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
	if (!is_bucket_name(o->bucket, true))
		s->path_style = true;
	set_url(s);
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
	free(p->elsewhere);
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
	free(s->url);
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
	struct span scheme, host, rest;
	struct buf path = { 0 };

	(void)aws_split_url(
	    span_str(p->elsewhere != NULL ? p->elsewhere : s->url), &scheme,
	    &host, &rest);
	buf_add_char(&path, '/');
	if (s->path_style) {
		buf_add_str(&path, s->bucket);
		if (p->is.key.len > 0)
			buf_add_char(&path, '/');
	}
	buf_add(&path, p->is.key);
	s->counts.requests++;
	p->number = aws_start(
	    s->aws, &(struct aws_call){
			.service = "s3",
			.region = span_str(s->region),
			.method = SPAN("GET"),
			.scheme = scheme,
			.host = host,
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
	buf_done(&path);
}

/* The host of a Location header, when it is one of AWS's: a signature must
 * not be asked for by just anybody. */
static bool
follow_location(struct pending *p, const struct http_response *r)
{
	struct span location = http_header_of(r, SPAN("Location"));
	struct span scheme, host;
	struct buf url = { 0 };

	if (p->bucket->given != NULL ||
	    !aws_split_url(location, &scheme, &host, NULL) ||
	    !span_equal(scheme, SPAN("https")) || !endpoint_is_aws(host))
		return false;
	buf_printf(&url, "https://%.*s", SPAN_ARGS(host));
	free(p->elsewhere);
	p->elsewhere = url.at;
	return true;
}

/* The bucket is elsewhere, and the answer tells where. */
static bool
follow(struct pending *p, const struct aws_answer *a)
{
	struct s3 *s = p->bucket;
	int status = a->response->status;

	if (p->redirects == REDIRECTS_MAX ||
	    (status != 301 && status != 307 && status != 400))
		return false;
	if (endpoint_is_region(span_str(a->fault.region)) &&
	    strcmp(a->fault.region, s->region) != 0) {
		free(s->region);
		s->region = span_to_str(span_str(a->fault.region));
		set_url(s);
	} else if (status == 400 || !follow_location(p, a->response)) {
		return false;
	}
	p->redirects++;
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
