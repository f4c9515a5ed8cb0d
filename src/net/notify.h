/*
 * notify.h - tell the service manager how it goes: sd_notify(3)'s protocol, a
 * datagram to the socket that NOTIFY_SOCKET names.
 */
#pragma once

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1"; nothing when nobody asked. */
void notify_send(const char *text);

/* Half of the time within which WATCHDOG=1 is expected; 0: not at all. */
int64_t notify_watchdog_us(void);
