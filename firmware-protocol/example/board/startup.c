// From reset to main, in C: the vector table, the initial values of variables, and what happens when something that
// must not happen does.
#include <stddef.h>

#include "board.h"
#include "clock.h"
#include "uart.h"

#define STACK_PAINT 0x5AA5C33Cu
#define RESET_MARK_RUNNING 0x4C494D42u   // a reset found the program running: the pin, or the debugger
#define RESET_MARK_SOFTWARE 0x534F4654u  // the program asked for it

extern uint32_t stack_low[], stack_high[];
extern uint32_t data_low[], data_high[], bss_low[], bss_high[];
extern const uint32_t data_source[];

int main(void);
void reset_handler(void) __attribute__((noreturn));
static void fault_handler(void) __attribute__((noreturn));

// After power-on it holds neither mark (by all likelihood), after a reset what the last run left. A controller with a
// reset status register would ask that.
static uint32_t reset_mark __attribute__((section(".noinit")));
static uint8_t reset_cause;

typedef union vector {
  uint32_t *stack;
  void (*handler)(void);
} vector;

#define EXCEPTIONS 16
#define INTERRUPTS 32

// What has no handler of its own ends in the fault handler: an interrupt that nobody expects is a fault too.
__attribute__((section(".vectors"), used)) static const vector vectors[EXCEPTIONS + INTERRUPTS] = {
    [0] = {.stack = stack_high},
    [1] = {.handler = reset_handler},
    [2 ... 14] = {.handler = fault_handler},
    [15] = {.handler = clock_interrupt},
    [EXCEPTIONS + BOARD_UART0_RECEIVE_INTERRUPT] = {.handler = uart_interrupt},
    [EXCEPTIONS + BOARD_UART0_TRANSMIT_INTERRUPT] = {.handler = uart_interrupt},
    [EXCEPTIONS + 2 ... EXCEPTIONS + INTERRUPTS - 1] = {.handler = fault_handler},
};

void reset_handler(void) {
  // Before any function that the compiler might give a floating-point register to keep.
  *BOARD_COPROCESSOR_ACCESS |= COPROCESSOR_FPU;
  __asm volatile("dsb\n isb" ::: "memory");
  uint32_t *here;
  __asm volatile("mov %0, sp" : "=r"(here));
  // Painted, so that its deepest use can be read afterwards.
  for (uint32_t *word = stack_low; word < here; word++) *word = STACK_PAINT;
  const uint32_t *from = data_source;
  for (uint32_t *word = data_low; word < data_high; word++) *word = *from++;
  for (uint32_t *word = bss_low; word < bss_high; word++) *word = 0;
  reset_cause = reset_mark == RESET_MARK_SOFTWARE ? 3 : reset_mark == RESET_MARK_RUNNING ? 2 : 1;
  reset_mark = RESET_MARK_RUNNING;
  main();
  board_reset();
}

uint8_t board_reset_cause(void) { return reset_cause; }

void board_reset(void) {
  board_interrupts_off();
  reset_mark = RESET_MARK_SOFTWARE;
  __asm volatile("dsb" ::: "memory");
  *BOARD_RESET_CONTROL = RESET_CONTROL_REQUEST;
  for (;;) board_sleep();
}

// A reset is the stop that needs no working program: the drivers' enable lines fall back to their pull-downs, and what
// comes up afterwards is disarmed.
static void fault_handler(void) { board_reset(); }
