// SysTick at 1 kHz: the device's clock.
#ifndef EXAMPLE_CLOCK_H
#define EXAMPLE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

void clock_start(void);
void clock_interrupt(void);
// Milliseconds since clock_start, as far as their interrupts have come.
uint64_t clock_milliseconds(void);
// Microseconds since clock_start; never goes back.
uint64_t clock_microseconds(void);
// The processor clocks that have gone by since the last SysTick: for measuring spans below a millisecond.
uint32_t clock_processor_clocks(void);

#endif
