// The device's time, and SysTick at 1 kHz, which wakes the loop.
#ifndef EXAMPLE_CLOCK_H
#define EXAMPLE_CLOCK_H

#include <stdint.h>

void clock_start(void);
void clock_interrupt(void);
// Microseconds since clock_start; never goes back. To be asked at least once an hour, from the loop alone.
uint64_t clock_microseconds(void);
// How often SysTick interrupted; wraps.
uint32_t clock_interrupts(void);
// The processor clocks since the last SysTick: for spans below a millisecond.
uint32_t clock_processor_clocks(void);

#endif
