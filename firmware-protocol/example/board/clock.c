#include "clock.h"

#include "board.h"

#define CLOCKS_PER_MILLISECOND (BOARD_CLOCK_HZ / 1000u)
#define CLOCKS_PER_MICROSECOND (BOARD_CLOCK_HZ / 1000000u)

static volatile uint32_t interrupts;
static uint64_t microseconds;
static uint32_t last_count;

void clock_start(void) {
  BOARD_COUNTER->reload = CLOCKS_PER_MICROSECOND - 1u;
  BOARD_COUNTER->value = 0;
  // After the counter: when SysTick wakes the loop, the counter has its full millisecond.
  BOARD_SYSTICK->reload = CLOCKS_PER_MILLISECOND - 1u;
  BOARD_SYSTICK->value = 0;
  BOARD_SYSTICK->control = SYSTICK_ENABLE | SYSTICK_INTERRUPT | SYSTICK_PROCESSOR_CLOCK;
}

void clock_interrupt(void) { interrupts = interrupts + 1u; }

// From a counter that runs by itself, not from interrupts: one that came too late to be seen would be lost time.
uint64_t clock_microseconds(void) {
  const uint32_t count = BOARD_COUNTER->value;
  microseconds += (uint32_t)(count - last_count);
  last_count = count;
  return microseconds;
}

uint32_t clock_interrupts(void) { return interrupts; }

uint32_t clock_processor_clocks(void) { return CLOCKS_PER_MILLISECOND - 1u - BOARD_SYSTICK->value; }
