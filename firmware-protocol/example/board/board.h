// The registers of Arm's MPS2 board with the Cortex-M4 image AN386, as far as this example uses them: what the vendor's
// header would be on a real port. Addresses are those of Arm's application note AN386 and of the ARMv7-M manual.
#ifndef EXAMPLE_BOARD_H
#define EXAMPLE_BOARD_H

#include <stdint.h>

#define BOARD_CLOCK_HZ 25000000u

typedef volatile uint32_t board_register;

// CMSDK APB UART: one byte each way, no FIFO.
typedef struct board_uart {
  board_register data;
  board_register state;
  board_register control;
  board_register interrupts;  // read: pending; write 1: clear
  board_register baud_divisor;
} board_uart;

#define BOARD_UART0 ((board_uart *)0x40004000u)
#define BOARD_UART0_RECEIVE_INTERRUPT 0
#define BOARD_UART0_TRANSMIT_INTERRUPT 1
#define UART_STATE_TRANSMIT_FULL 0x1u
#define UART_STATE_RECEIVE_FULL 0x2u
#define UART_CONTROL_TRANSMIT 0x1u
#define UART_CONTROL_RECEIVE 0x2u
#define UART_CONTROL_TRANSMIT_INTERRUPT 0x4u
#define UART_CONTROL_RECEIVE_INTERRUPT 0x8u
#define UART_INTERRUPT_TRANSMIT 0x1u
#define UART_INTERRUPT_RECEIVE 0x2u

// FPGAIO's counter: counts up, once in `reload` + 1 processor clocks; wraps after 32 bits.
typedef struct board_counter {
  board_register value;
  board_register reload;
} board_counter;

#define BOARD_COUNTER ((board_counter *)0x40028018u)

typedef struct board_systick {
  board_register control;
  board_register reload;
  board_register value;
} board_systick;

#define BOARD_SYSTICK ((board_systick *)0xE000E010u)
#define SYSTICK_ENABLE 0x1u
#define SYSTICK_INTERRUPT 0x2u
#define SYSTICK_PROCESSOR_CLOCK 0x4u

#define BOARD_INTERRUPT_ENABLE ((board_register *)0xE000E100u)
#define BOARD_RESET_CONTROL ((board_register *)0xE000ED0Cu)
#define RESET_CONTROL_REQUEST 0x05FA0004u  // the key, and SYSRESETREQ
#define BOARD_COPROCESSOR_ACCESS ((board_register *)0xE000ED88u)
#define COPROCESSOR_FPU 0x00F00000u

// The compiler must not move memory accesses across these: what an interrupt handler writes is read again after them.
static inline void board_interrupts_off(void) { __asm volatile("cpsid i" ::: "memory"); }
static inline void board_interrupts_on(void) { __asm volatile("cpsie i" ::: "memory"); }
// Wakes by an interrupt that is pending even while interrupts are off.
static inline void board_sleep(void) { __asm volatile("dsb\n wfi" ::: "memory"); }

// Why this run of the program began, as HELLO_ACK's `reset_cause` says it.
uint8_t board_reset_cause(void);
// Restarts the microcontroller; never returns.
void board_reset(void) __attribute__((noreturn));

#endif
