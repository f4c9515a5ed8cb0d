/*
 * main.c - run a fuzz target without a fuzzer: over each file of the folders
 * named as arguments, and over mutations of them that are the same in every
 * run.  NEPHOSCOPE_FUZZ_ROUNDS sets how many mutations a file gets.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/status.h"

#define INPUT_BYTES_MAX ((size_t)256 * 1024)
#define ROUNDS 200
#define CHANGES_MAX 6

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A copy of exactly that size, so that a sanitizer sees each step beyond. */
static void
run(const uint8_t *bytes, size_t size)
{
	uint8_t *exact = status_calloc(size + 1, 1);

	memcpy(exact + 1, bytes, size);
	(void)LLVMFuzzerTestOneInput(exact + 1, size);
	free(exact);
}

static size_t
mutate_once(struct rng *rng, uint8_t *b, size_t size)
{
	static const uint8_t marks[] = "{}[]\",:\\\n -0\xff\x1f\x8b";
	size_t at = rng_below(rng, size);
	size_t n = 1 + rng_below(rng, 16);

	if (n > size - at)
		n = size - at;
	switch (rng_below(rng, 6)) {
	case 0: /* a flipped bit */
		b[at] ^= (uint8_t)(1u << rng_below(rng, 8));
		return size;
	case 1: /* a byte that means something */
		b[at] = marks[rng_below(rng, sizeof(marks))];
		return size;
	case 2: /* an end */
		return at ? at : size;
	case 3: /* a gap */
		memmove(b + at, b + at + n, size - at - n);
		return size - n ? size - n : size;
	case 4: /* a repetition */
		if (size + n > INPUT_BYTES_MAX)
			return size;
		memmove(b + at + n, b + at, size - at);
		return size + n;
	default: /* a large number */
		memset(b + at, rng_below(rng, 2) ? '9' : 0xff, n);
		return size;
	}
}

static void
run_mutations(const uint8_t *bytes, size_t size, uint64_t seed)
{
	const char *text = getenv("NEPHOSCOPE_FUZZ_ROUNDS");
	unsigned long rounds = text ? strtoul(text, NULL, 10) : ROUNDS;
	uint8_t *work = status_calloc(INPUT_BYTES_MAX, 1);
	struct rng rng;

	rng_seed(&rng, seed);
	while (size && rounds--) {
		size_t changes = 1 + rng_below(&rng, CHANGES_MAX);
		size_t n = size;

		memcpy(work, bytes, size);
		while (changes--)
			n = mutate_once(&rng, work, n);
		run(work, n);
	}
	free(work);
}

static int
run_file(const char *folder, const char *name, uint64_t seed)
{
	uint8_t *bytes = status_calloc(INPUT_BYTES_MAX, 1);
	char path[4096];
	size_t size;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f == NULL) {
		perror(path);
		free(bytes);
		return 1;
	}
	size = fread(bytes, 1, INPUT_BYTES_MAX, f);
	(void)fclose(f);
	run(bytes, size);
	run_mutations(bytes, size, seed);
	free(bytes);
	return 0;
}

int
main(int argc, char **argv)
{
	int failed = 0;
	int files = 0;
	int i, k;

	for (i = 1; i < argc; i++) {
		struct dirent **entries;
		int n = scandir(argv[i], &entries, NULL, alphasort);

		if (n < 0) {
			perror(argv[i]);
			return 1;
		}
		for (k = 0; k < n; k++) {
			if (entries[k]->d_name[0] != '.') {
				failed |= run_file(
				    argv[i], entries[k]->d_name, (uint64_t)k);
				files++;
			}
			free(entries[k]);
		}
		free(entries);
	}
	run((const uint8_t *)"", 0);
	(void)printf("%d files\n", files);
	return failed || files == 0;
}
