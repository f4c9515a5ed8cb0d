#include "config/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "config/bind.h"
#include "config/faults.h"
#include "config/kinds.h"
#include "config/narrow.h"
#include "config/printable.h"
#include "config/shape.h"
#include "config/tree.h"

static char *
text_dup(struct span s)
{
	char *copy = status_calloc(s.len + 1, 1);

	if (s.len > 0)
		memcpy(copy, s.at, s.len);
	return copy;
}

/* Two clusters or accounts of one name would shadow each other; two sources
 * or feeds would share their positions. */
static void
check_repeated(const struct tree_node *root, const char *section,
    const char *key, struct faults *faults)
{
	const struct tree_node *list =
	    root->kind == TREE_MAP ? root->first : NULL;
	const struct tree_node *names[TREE_MEMBERS_MAX];
	size_t count = 0;

	while (list && !span_equal(list->key->text, span_str(section)))
		list = list->next;
	if (list == NULL || list->kind != TREE_LIST)
		return;
	for (const struct tree_node *m = list->first; m; m = m->next) {
		const struct tree_node *k =
		    m->kind == TREE_MAP ? m->first : NULL;

		while (k && !span_equal(k->key->text, span_str(key)))
			k = k->next;
		if (k == NULL || k->kind != TREE_TEXT)
			continue;
		for (size_t i = 0; i < count; i++) {
			if (!span_equal(names[i]->text, k->text))
				continue;
			faults_add(faults, k->line, k->column,
			    "%s \"%.*s\" was given in line %u already; keep "
			    "one",
			    key, SPAN_ARGS(span_first(k->text, 60)),
			    names[i]->line);
			break;
		}
		names[count++] = k;
	}
}

struct config *
config_new(void)
{
	struct config *c = status_calloc(1, sizeof(*c));

	bind_defaults(&shape_root, c);
	c->notes = text_dup(SPAN(""));
	return c;
}

void
config_free(struct config *c)
{
	if (c == NULL)
		return;
	bind_free(&shape_root, c);
	free(c->notes);
	free(c->path);
	free(c);
}

enum status
config_parse(struct span text, const char *path, struct config **config,
    struct buf *error)
{
	struct arena *arena = arena_new(TREE_ARENA_BYTES);
	struct faults faults = { .path = path, .out = error };
	struct buf notes = { 0 };
	struct bind bind = { .faults = &faults, .notes = &notes };
	struct config *c = config_new();
	struct tree_node *root;
	enum status st;

	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		text = span_skip(text, 3);
	st = tree_parse(text, arena, &faults, &root);
	if (st == STATUS_OK && root != NULL && !tree_is_null(root)) {
		bind_value(&bind, &shape_root, root, c);
		check_repeated(root, "clusters", "name", &faults);
		check_repeated(root, "accounts", "id", &faults);
		check_repeated(root, "sources", "name", &faults);
		check_repeated(root, "feeds", "name", &faults);
		kinds_check(root, &faults, &notes);
		narrow_check(root, &faults);
	}
	if (st == STATUS_OK && faults.count > 0)
		st = STATUS_INVALID;
	if (st == STATUS_OK) {
		free(c->notes);
		c->notes = text_dup(buf_span(&notes));
		c->path = text_dup(span_str(path));
		*config = c;
		c = NULL;
	}
	config_free(c);
	buf_done(&notes);
	arena_free(arena);
	return st;
}

static enum status
fail_on_file(const char *path, const char *why, struct buf *error)
{
	int saved = errno;

	printable_add(error, span_str(path));
	buf_printf(error, ": %s\n", why);
	errno = saved;
	return STATUS_IO;
}

enum status
config_load(const char *path, struct config **config, struct buf *error)
{
	FILE *file = fopen(path, "rbe");
	char *text;
	size_t len;
	enum status st;

	if (file == NULL) {
		st = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
		(void)fail_on_file(path, status_errno_text(errno), error);
		return st;
	}
	/* One byte more than allowed, so that too large is seen as such. */
	text = status_calloc(TREE_BYTES_MAX + 1, 1);
	len = fread(text, 1, TREE_BYTES_MAX + 1, file);
	if (ferror(file))
		st = fail_on_file(path, status_errno_text(errno), error);
	else
		st = config_parse(span_of(text, len), path, config, error);
	(void)fclose(file);
	free(text);
	return st;
}

const struct config_cluster *
config_cluster_of_path(const struct config *c, struct span path)
{
	for (size_t i = 0; i < c->nclusters; i++) {
		const struct config_cluster *cluster = &c->clusters[i];

		for (size_t j = 0; j < cluster->nlogs; j++)
			if (span_matches(path, span_str(cluster->logs[j])))
				return cluster;
	}
	return NULL;
}

const struct config_cluster *
config_cluster(const struct config *c, struct span name)
{
	for (size_t i = 0; i < c->nclusters; i++)
		if (span_equal(name, span_str(c->clusters[i].name)))
			return &c->clusters[i];
	return NULL;
}

const struct config_cluster *
config_cluster_of_vpc(const struct config *c, struct span vpc)
{
	if (span_is_empty(vpc))
		return NULL;
	for (size_t i = 0; i < c->nclusters; i++)
		if (span_equal(vpc, span_str(c->clusters[i].vpc)))
			return &c->clusters[i];
	return NULL;
}

const struct config_cluster *
config_cluster_of_address(const struct config *c, const struct ip *ip)
{
	for (size_t i = 0; i < c->nclusters; i++) {
		const struct config_cluster *cluster = &c->clusters[i];

		for (size_t j = 0; j < cluster->ncidrs; j++)
			if (ip_net_holds(&cluster->cidrs[j], ip))
				return cluster;
	}
	return NULL;
}

const struct config_account *
config_account(const struct config *c, struct span id)
{
	for (size_t i = 0; i < c->naccounts; i++)
		if (span_equal(id, span_str(c->accounts[i].id)))
			return &c->accounts[i];
	return NULL;
}
