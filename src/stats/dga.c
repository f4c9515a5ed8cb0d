#include "stats/dga.h"

#include <math.h>
#include <stdbool.h>

#define LABEL_MOST 63
#define LABEL_LEAST 6
#define NOTHING_SAID (-4.0)
#define BORDER (DGA_SYMBOLS - 1)
#define HYPHEN 36u
#define WORST 3

/* What one pass over the label counts. */
struct tally {
	double bits, excess, worst[WORST];
	unsigned digits, letters, vowels, switches, run, longest;
	bool hex;
};

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

static unsigned
symbol_of(char c)
{
	if (c >= 'a' && c <= 'z')
		return (unsigned)(c - 'a');
	return is_digit(c) ? 26u + (unsigned)(c - '0') : HYPHEN;
}

static void
add_bits(struct tally *t, double bits)
{
	t->bits += bits;
	t->excess += bits - 4.5;
	for (unsigned i = 0; i < WORST; i++)
		if (bits > t->worst[i]) {
			double less = t->worst[i];

			t->worst[i] = bits;
			bits = less;
		}
}

static void
add_trigrams(struct tally *t, struct span label)
{
	unsigned a = BORDER, b = BORDER;

	for (size_t i = 0; i <= label.len; i++) {
		unsigned c =
		    i < label.len ? symbol_of(lower(label.at[i])) : BORDER;

		add_bits(t, dga_bits[(a * DGA_SYMBOLS + b) * DGA_SYMBOLS + c] /
				DGA_BITS_SCALE);
		a = b;
		b = c;
	}
}

static void
add_letters(struct tally *t, struct span label)
{
	t->hex = true;
	for (size_t i = 0; i < label.len; i++) {
		char c = lower(label.at[i]);
		bool letter = c >= 'a' && c <= 'z';

		t->digits += is_digit(c);
		t->letters += letter;
		t->vowels += is_vowel(c);
		t->run = letter && !is_vowel(c) ? t->run + 1 : 0;
		t->longest = t->run > t->longest ? t->run : t->longest;
		t->hex &= is_digit(c) || (c >= 'a' && c <= 'f');
		if (i > 0)
			t->switches +=
			    is_digit(c) != is_digit(lower(label.at[i - 1]));
	}
}

/* Shannon entropy of the label's bytes, bits a byte. */
static double
entropy(struct span label)
{
	unsigned char count[256] = { 0 };
	double n = (double)label.len, sum = 0;

	for (size_t i = 0; i < label.len; i++)
		count[(unsigned char)lower(label.at[i])]++;
	for (size_t i = 0; i < 256; i++)
		if (count[i] > 0)
			sum -= count[i] / n * log2(count[i] / n);
	return sum;
}

double
dga_log_odds(struct span label)
{
	struct tally t = { 0 };
	double n, odds = 0;

	label = span_first(label, LABEL_MOST);
	if (label.len < LABEL_LEAST ||
	    span_equal_nocase(span_first(label, 4), SPAN("xn--")))
		return NOTHING_SAID;
	n = (double)label.len;
	add_trigrams(&t, label);
	add_letters(&t, label);
	/* The order and scaling of features() in dga_train.py. */
	const double x[DGA_FEATURES] = {
		1,
		t.bits / (n + 1),
		t.excess / 10,
		(t.worst[0] + t.worst[1] + t.worst[2]) / WORST,
		log2(n),
		t.digits / n,
		t.letters ? (double)t.vowels / t.letters : 0,
		fmin(t.longest, 8) / 4,
		entropy(label) / log2(n),
		fmin(t.switches, 8) / 4,
		t.hex && n >= 8 && t.digits > 0,
	};

	for (unsigned i = 0; i < DGA_FEATURES; i++)
		odds += dga_weight[i] * x[i];
	return fmin(fmax(odds, -10), 10);
}

double
dga_score(struct span label)
{
	return 1 / (1 + exp(-dga_log_odds(label)));
}
