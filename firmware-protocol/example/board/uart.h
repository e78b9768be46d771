// UART 0 with interrupts and a ring of bytes each way. One caller, below interrupt level.
#ifndef EXAMPLE_UART_H
#define EXAMPLE_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// 8 data bits, no parity, 1 stop bit.
void uart_start(uint32_t baud);
void uart_interrupt(void);
// Takes up to `capacity` bytes that have come; returns how many.
size_t uart_receive(uint8_t *bytes, size_t capacity);
bool uart_has_received(void);
// How many bytes uart_send takes at present.
size_t uart_room(void);
// `count` at most uart_room().
void uart_send(const uint8_t *bytes, size_t count);
bool uart_is_drained(void);
// How often uart_interrupt ran; wraps.
uint32_t uart_interrupts(void);

#endif
