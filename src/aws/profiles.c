#include "aws/profiles.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/ini.h"
#include "aws/secret.h"
#include "config/printable.h"

#define FILE_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct file {
	char *memory;
	struct ini *ini; /* NULL: no such file */
};

struct profiles {
	struct file config, credentials;
	struct buf trouble;
};

/* Not getenv("HOME") alone: a service manager may leave it out. */
static bool
find_home(struct buf *out)
{
	const char *home = getenv("HOME");
	struct passwd entry, *found = NULL;
	char text[4096];

	if (home != NULL && home[0] == '/') {
		buf_add_str(out, home);
		return true;
	}
	if (getpwuid_r(getuid(), &entry, text, sizeof(text), &found) != 0 ||
	    found == NULL || found->pw_dir[0] != '/')
		return false;
	buf_add_str(out, found->pw_dir);
	return true;
}

bool
profiles_home_path(const char *path, struct buf *out)
{
	if (strncmp(path, "~/", 2) != 0) {
		buf_add_str(out, path);
		return true;
	}
	if (!find_home(out))
		return false;
	buf_add_str(out, path + 1);
	return true;
}

static void
complain(struct profiles *p, const char *path, unsigned line, const char *what)
{
	if (p->trouble.len > 0)
		buf_add_str(&p->trouble, "; ");
	printable_add(&p->trouble, span_str(path));
	if (line > 0)
		buf_printf(&p->trouble, ":%u", line);
	buf_printf(&p->trouble, ": %s", what);
}

static void
load(struct profiles *p, struct file *f, const char *path)
{
	struct span text;
	unsigned line = 0;
	enum status st = secret_read(path, FILE_BYTES_MAX, &f->memory, &text);

	if (st == STATUS_NOT_FOUND)
		return;
	if (st != STATUS_OK) {
		complain(p, path, 0,
		    st == STATUS_IO ? strerrordesc_np(errno) : status_text(st));
		return;
	}
	if (ini_parse(text, &f->ini, &line) != STATUS_OK)
		complain(
		    p, path, line, "not a section, a key = value or a comment");
}

static void
find_and_load(
    struct profiles *p, struct file *f, const char *variable, const char *usual)
{
	const char *named = getenv(variable);
	struct buf path = { 0 };

	if (named == NULL || named[0] == '\0')
		named = usual;
	if (profiles_home_path(named, &path))
		load(p, f, buf_text(&path));
	buf_done(&path);
}

struct profiles *
profiles_new(void)
{
	struct profiles *p = status_calloc(1, sizeof(*p));

	find_and_load(p, &p->config, "AWS_CONFIG_FILE", "~/.aws/config");
	find_and_load(p, &p->credentials, "AWS_SHARED_CREDENTIALS_FILE",
	    "~/.aws/credentials");
	return p;
}

static void
file_done(struct file *f)
{
	ini_free(f->ini);
	secret_free(f->memory);
}

void
profiles_free(struct profiles *p)
{
	if (p == NULL)
		return;
	file_done(&p->config);
	file_done(&p->credentials);
	buf_done(&p->trouble);
	free(p);
}

const char *
profiles_trouble(const struct profiles *p)
{
	return buf_text(&p->trouble);
}

static bool
file_has(const struct file *f, struct span kind, struct span name)
{
	return f->ini != NULL && ini_has(f->ini, kind, name);
}

static struct span
file_get(
    const struct file *f, struct span kind, struct span name, const char *key)
{
	if (f->ini == NULL)
		return span_of(NULL, 0);
	return ini_get(f->ini, kind, name, SPAN(""), span_str(key));
}

bool
profiles_has(const struct profiles *p, struct span profile)
{
	return file_has(&p->config, SPAN("profile"), profile) ||
	       (span_equal(profile, SPAN("default")) &&
		   file_has(&p->config, SPAN(""), profile)) ||
	       file_has(&p->credentials, SPAN(""), profile);
}

struct span
profiles_get(const struct profiles *p, struct span profile, const char *key)
{
	struct span value = file_get(&p->credentials, SPAN(""), profile, key);

	if (value.at != NULL)
		return value;
	/* Where there are both, [profile default] hides [default]. */
	if (span_equal(profile, SPAN("default")) &&
	    !file_has(&p->config, SPAN("profile"), profile))
		return file_get(&p->config, SPAN(""), profile, key);
	return file_get(&p->config, SPAN("profile"), profile, key);
}

bool
profiles_has_session(const struct profiles *p, struct span session)
{
	return file_has(&p->config, SPAN("sso-session"), session);
}

struct span
profiles_get_session(
    const struct profiles *p, struct span session, const char *key)
{
	return file_get(&p->config, SPAN("sso-session"), session, key);
}

struct span
profiles_get_service(const struct profiles *p, struct span profile,
    struct span service, const char *key)
{
	struct span services = profiles_get(p, profile, "services");

	if (services.at == NULL || p->config.ini == NULL)
		return span_of(NULL, 0);
	return ini_get(
	    p->config.ini, SPAN("services"), services, service, span_str(key));
}
