/*
 * notify.h - tell the service manager how it goes: sd_notify(3)'s protocol, a
 * datagram to the socket that NOTIFY_SOCKET names.
 */
#pragma once

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1"; nothing when nobody asked. */
void notify_send(const char *text);

/*
 * Until notify_busy_end() the manager is told every few seconds that the
 * program lives and needs longer: a large store is checked before it is used.
 * NULL, which notify_busy_end() takes, when nobody asked.
 */
struct notify_busy *notify_busy(void);
void notify_busy_end(struct notify_busy *b);

/* Half of the time within which WATCHDOG=1 is expected; 0: not at all. */
int64_t notify_watchdog_us(void);
