#include "feed/queue.h"

struct queue_item *
queue_at(struct queue *q, size_t i)
{
	ASSERT(i < q->count);
	return &q->items[(q->first + i) % QUEUE_ITEMS];
}

struct queue_item *
queue_add(struct queue *q, uint64_t number, size_t bytes)
{
	struct queue_item *item;

	if (q->count == QUEUE_ITEMS ||
	    (q->count > 0 && q->bytes + bytes > QUEUE_BYTES))
		return NULL;
	q->count++;
	item = queue_at(q, q->count - 1);
	*item = (struct queue_item){ .number = number, .bytes = bytes };
	q->bytes += bytes;
	return item;
}

static void
release(struct queue_item *item)
{
	buf_done(&item->text);
	buf_done(&item->key);
}

size_t
queue_drop_done(struct queue *q, uint64_t *number)
{
	size_t dropped = 0;

	while (q->count > 0 && queue_at(q, 0)->state == QUEUE_DONE) {
		struct queue_item *item = queue_at(q, 0);

		*number = item->number;
		q->bytes -= item->bytes;
		release(item);
		q->first = (q->first + 1) % QUEUE_ITEMS;
		q->count--;
		dropped++;
	}
	return dropped;
}

void
queue_done(struct queue *q)
{
	for (size_t i = 0; i < q->count; i++)
		release(queue_at(q, i));
	q->count = q->bytes = 0;
}
