#include "output/health.h"

#include "base/escape.h"

bool
health_is_live(const struct health *h)
{
	return h->idle_s <= h->idle_limit_s;
}

bool
health_is_ready(const struct health *h)
{
	return !h->stopping && h->nreasons == 0 && health_is_live(h);
}

static void
add_reason(struct buf *out, bool first, const char *part, const char *reason)
{
	buf_add_str(out, first ? "{\"part\":\"" : ",{\"part\":\"");
	escape_json(span_str(part), out);
	buf_add_str(out, "\",\"reason\":\"");
	escape_json(span_str(reason), out);
	buf_add_str(out, "\"}");
}

void
health_write(const struct health *h, struct buf *out)
{
	bool first = true;
	size_t i;

	buf_printf(out, "{\"ready\":%s,\"reasons\":[",
	    health_is_ready(h) ? "true" : "false");
	if (h->stopping) {
		add_reason(out, first, "service", "the service is stopping");
		first = false;
	}
	if (!health_is_live(h)) {
		add_reason(out, first, "service", "the loop does not turn");
		first = false;
	}
	for (i = 0; i < h->nreasons; i++) {
		add_reason(
		    out, first, h->reasons[i].part, h->reasons[i].reason);
		first = false;
	}
	buf_add_str(out, "]}\n");
}

static void
serve_live(struct server_request *r, const struct health *h)
{
	bool live = health_is_live(h);

	server_answer(r,
	    &(struct server_answer){
		.code = live ? 200 : 503,
		.body = live ? SPAN("ok\n") : SPAN("the loop does not turn\n"),
	    });
}

static void
serve_text(struct server_request *r, unsigned code, const char *type,
    const struct buf *text)
{
	server_answer(r, &(struct server_answer){
			     .code = code,
			     .type = type,
			     .body = buf_span(text),
			 });
}

bool
health_serve(
    struct server_request *r, const struct health *h, const struct metrics *m)
{
	struct span path = server_request_path(r);
	struct span method = server_request_method(r);
	bool live = span_equal(path, SPAN("/livez"));
	bool ready = span_equal(path, SPAN("/readyz"));
	struct buf text = { 0 };

	if (!live && !ready && !span_equal(path, SPAN("/metrics")))
		return false;
	if (!span_equal(method, SPAN("GET")) &&
	    !span_equal(method, SPAN("HEAD"))) {
		server_answer(r, &(struct server_answer){
				     .code = 405,
				     .body = SPAN("GET it.\n"),
				     .header = "Allow",
				     .value = "GET, HEAD",
				 });
		return true;
	}
	if (live) {
		serve_live(r, h);
	} else if (ready) {
		health_write(h, &text);
		serve_text(r, health_is_ready(h) ? 200 : 503,
		    "application/json", &text);
	} else {
		metrics_write(m, &text);
		serve_text(r, 200, metrics_type, &text);
	}
	buf_done(&text);
	return true;
}
