// The loop of a limb-link device: bytes in, a control tick each millisecond, bytes out, sleep.
#include "board.h"
#include "clock.h"
#include "limb_firmware.h"
#include "plant.h"
#include "robot.h"
#include "uart.h"

#define BAUD 921600u
#define BYTES_AT_ONCE 64
#define TICK_US (1000000u / LIMB_TICK_HZ)

// What one tick costs, in processor clocks, read from outside. Ticks that the UART's interrupt cut into are left out: a
// tick is then counted by itself.
typedef struct load {
  uint32_t ticks;
  uint32_t least_clocks;
  uint32_t most_clocks;
  uint64_t all_clocks;
} load;

static limb_firmware firmware;
static limb_firmware_config config;
static limb_firmware_sample sample;
static limb_firmware_output output;
static plant joints;
load tick_load;   // every tick
load frame_load;  // those that sent a SENSOR frame

static void add(load *l, uint32_t clocks) {
  if (l->ticks == 0 || clocks < l->least_clocks) l->least_clocks = clocks;
  if (clocks > l->most_clocks) l->most_clocks = clocks;
  l->all_clocks += clocks;
  l->ticks++;
}

static void measured_tick(uint64_t now_us) {
  const uint32_t interrupts = uart_interrupts() + clock_interrupts();
  const uint32_t before = clock_processor_clocks();
  limb_firmware_tick(&firmware, &sample, now_us, &output);
  const uint32_t after = clock_processor_clocks();
  if (uart_interrupts() + clock_interrupts() != interrupts) return;
  add(&tick_load, after - before);
  if (output.cyclic) add(&frame_load, after - before);
}

// The millisecond that ends at `now_us`, the sampling instant: of the joints, then of the control.
static void control(uint64_t now_us) {
  plant_move(&joints);
  plant_read(&joints, &sample);
  measured_tick(now_us);
  plant_apply(&joints, &output);
}

static void take_bytes(void) {
  uint8_t bytes[BYTES_AT_ONCE];
  size_t count;
  while ((count = uart_receive(bytes, sizeof bytes)) > 0) {
    limb_firmware_receive(&firmware, bytes, count, clock_microseconds());
  }
}

static void send_bytes(void) {
  uint8_t bytes[BYTES_AT_ONCE];
  for (;;) {
    const size_t room = uart_room();
    const size_t count = limb_firmware_transmit(&firmware, bytes, room < sizeof bytes ? room : sizeof bytes);
    if (count == 0) return;
    uart_send(bytes, count);
  }
}

int main(void) {
  robot_configure(&config);
  limb_firmware_init(&firmware, &config);
  plant_start(&joints);
  uart_start(BAUD);
  clock_start();
  uint64_t next_us = TICK_US;
  for (;;) {
    take_bytes();
    // An emulator's processor is taken away for tens of milliseconds now and then; these are made up for one by one, for
    // the joints wait as well. Real joints do not: there each pass makes one tick of the time that it is, and the
    // firmware sees by the gap that the loop was late.
    while (clock_microseconds() >= next_us) {
      control(next_us);
      send_bytes();
      next_us += TICK_US;
    }
    send_bytes();
    // There is no boot loader to enter: what asks for it gets its acknowledgement and a fresh start.
    if (firmware.boot_requested && firmware.transmit_count == 0 && uart_is_drained()) board_reset();
    // With interrupts off nothing can come between the question and the sleep, which a pending interrupt ends at once.
    board_interrupts_off();
    if (!uart_has_received() && clock_microseconds() < next_us) board_sleep();
    board_interrupts_on();
  }
}
