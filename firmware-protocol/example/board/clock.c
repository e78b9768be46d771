#include "clock.h"

#include "board.h"

#define CLOCKS_PER_MILLISECOND (BOARD_CLOCK_HZ / 1000u)
#define CLOCKS_PER_MICROSECOND (BOARD_CLOCK_HZ / 1000000u)

static volatile uint32_t interrupts;  // wraps after 49 days
static uint64_t milliseconds;         // does not

void clock_start(void) {
  BOARD_SYSTICK->reload = CLOCKS_PER_MILLISECOND - 1u;
  BOARD_SYSTICK->value = 0;
  BOARD_SYSTICK->control = SYSTICK_ENABLE | SYSTICK_INTERRUPT | SYSTICK_PROCESSOR_CLOCK;
}

void clock_interrupt(void) { interrupts = interrupts + 1u; }

uint64_t clock_milliseconds(void) {
  const uint32_t now = interrupts;
  milliseconds += (uint32_t)(now - (uint32_t)(milliseconds & UINT32_MAX));
  return milliseconds;
}

uint32_t clock_processor_clocks(void) { return CLOCKS_PER_MILLISECOND - 1u - BOARD_SYSTICK->value; }

uint64_t clock_microseconds(void) {
  // Read again if a SysTick came in between: its milliseconds and the other's rest do not belong together.
  for (;;) {
    const uint64_t before = clock_milliseconds();
    const uint32_t clocks = clock_processor_clocks();
    if (clock_milliseconds() == before) return before * 1000u + clocks / CLOCKS_PER_MICROSECOND;
  }
}
