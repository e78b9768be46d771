#include "uart.h"

#include "board.h"

// Powers of two. A received byte waits for the loop at most for one pass of it, well below a millisecond: 92 bytes at
// 921600 baud. What is sent waits in the firmware's own buffer if there is no room here.
#define RING_BYTES 512u

typedef struct ring {
  uint8_t bytes[RING_BYTES];
  volatile uint32_t put;    // written by one side only
  volatile uint32_t taken;  // by the other; both wrap, their difference counts
} ring;

static ring received;
static ring sending;
static volatile uint32_t interrupts;

static uint32_t count(const ring *r) { return r->put - r->taken; }

static void put(ring *r, uint8_t byte) {
  r->bytes[r->put % RING_BYTES] = byte;
  r->put = r->put + 1u;
}

static uint8_t take(ring *r) {
  const uint8_t byte = r->bytes[r->taken % RING_BYTES];
  r->taken = r->taken + 1u;
  return byte;
}

void uart_start(uint32_t baud) {
  BOARD_UART0->baud_divisor = BOARD_CLOCK_HZ / baud;
  BOARD_UART0->control = UART_CONTROL_TRANSMIT | UART_CONTROL_RECEIVE | UART_CONTROL_TRANSMIT_INTERRUPT |
                         UART_CONTROL_RECEIVE_INTERRUPT;
  *BOARD_INTERRUPT_ENABLE = 1u << BOARD_UART0_RECEIVE_INTERRUPT | 1u << BOARD_UART0_TRANSMIT_INTERRUPT;
}

static void feed_transmitter(void) {
  while (count(&sending) > 0 && !(BOARD_UART0->state & UART_STATE_TRANSMIT_FULL)) BOARD_UART0->data = take(&sending);
}

void uart_interrupt(void) {
  interrupts = interrupts + 1u;
  BOARD_UART0->interrupts = UART_INTERRUPT_TRANSMIT | UART_INTERRUPT_RECEIVE;
  while (BOARD_UART0->state & UART_STATE_RECEIVE_FULL) {
    const uint8_t byte = (uint8_t)(BOARD_UART0->data & 0xFFu);
    // A full ring loses the byte; the frame's CRC then tells, as with a byte lost on the line.
    if (count(&received) < RING_BYTES) put(&received, byte);
  }
  feed_transmitter();
}

size_t uart_receive(uint8_t *bytes, size_t capacity) {
  size_t taken = 0;
  while (taken < capacity && count(&received) > 0) bytes[taken++] = take(&received);
  return taken;
}

bool uart_has_received(void) { return count(&received) > 0; }

size_t uart_room(void) { return RING_BYTES - count(&sending); }

void uart_send(const uint8_t *bytes, size_t size) {
  for (size_t i = 0; i < size; i++) put(&sending, bytes[i]);
  // The interrupt handler takes from the same end of the ring.
  board_interrupts_off();
  feed_transmitter();
  board_interrupts_on();
}

bool uart_is_drained(void) { return count(&sending) == 0; }

uint32_t uart_interrupts(void) { return interrupts; }
