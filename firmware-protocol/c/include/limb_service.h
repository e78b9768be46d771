// limb-link 1.0: requests, their answers and reports (SPEC 4.6).
#ifndef LIMB_SERVICE_H
#define LIMB_SERVICE_H

#include <stdint.h>

#include "limb_numbers.h"

typedef struct limb_heartbeat {
  uint8_t state;
  uint8_t load_percent;
  uint16_t flags;
  uint16_t session;
  uint8_t latch;
  uint8_t action;
  uint32_t fault;
} limb_heartbeat;

typedef struct limb_estop {
  uint8_t reason;
  uint8_t source;  // 0 host, 1 device input
} limb_estop;

typedef struct limb_fault {
  uint16_t request;  // acknowledged by an ACK that carries it
  uint16_t code;     // number of the fault bit
  uint8_t joint;
  uint8_t severity;  // 0 warning, 1 stop
  int32_t value;
} limb_fault;

typedef struct limb_arm {
  uint16_t request;
  uint16_t session;
  uint32_t caps_crc;
} limb_arm;

typedef struct limb_disarm {
  uint16_t request;
  uint16_t session;
} limb_disarm;

typedef struct limb_clear {
  uint16_t request;
  uint16_t session;
  uint8_t what;  // LIMB_CLEAR_*
} limb_clear;

typedef struct limb_ack {
  uint16_t request;
  uint8_t type;    // of the message answered
  uint8_t result;  // limb_result
  uint16_t detail;
  uint8_t state;
} limb_ack;

typedef struct limb_param {
  uint16_t request;
  uint16_t session;
  uint8_t op;
  uint8_t value_type;
  uint16_t id;  // for LIST: the index, from 0
  uint32_t value;
} limb_param;

typedef struct limb_param_value {
  uint16_t request;
  uint16_t id;
  uint8_t index;
  uint8_t count;
  uint8_t value_type;
  uint8_t flags;  // 1: read only
  uint32_t value;
  uint32_t minimum;
  uint32_t maximum;
  uint8_t name_length;
  uint8_t unit_length;
  char name[LIMB_MAX_NAME];
  char unit[LIMB_MAX_NAME];
} limb_param_value;

typedef struct limb_timesync {
  uint16_t request;
  uint64_t t1_us;  // host, when it sent
  uint64_t t2_us;  // device, when it received
  uint64_t t3_us;  // device, when it answered
} limb_timesync;

// Every byte a receiver sees ends in a frame or in exactly one of these (SPEC 2).
typedef struct limb_counters {
  uint32_t frames;
  uint32_t oversize;
  uint32_t cobs;
  uint32_t short_frame;
  uint32_t unknown_type;
  uint32_t crc;
  uint32_t bad_version;
  uint32_t bad_length;
  uint32_t bad_value;
  uint32_t seq_gap;
  uint32_t seq_repeat;
  uint32_t seq_old;
} limb_counters;

// What the device did with the COMMANDs that its receiver delivered.
typedef struct limb_command_counters {
  uint32_t applied;
  uint32_t stale;          // older than its time-to-live
  uint32_t older;          // answers an older frame than the last applied
  uint32_t repeated;       // answers the same frame without COAST
  uint32_t unknown_frame;  // answers a frame that was never sent or is forgotten
  uint32_t wrong_session;
  uint32_t wrong_count;
  uint32_t bad_ttl;
  uint32_t wrong_mode;  // RUN while not armed, OFF while running, COAST with nothing to coast on
} limb_command_counters;

typedef struct limb_stats {
  limb_counters link;
  limb_command_counters command;
  uint32_t unexpected;  // valid frames of a type that a device does not take
  uint32_t tx_dropped;
  uint32_t tick_gap_max_us;
} limb_stats;

typedef struct limb_log {
  uint8_t level;  // 0 error, 1 warning, 2 info, 3 debug
  uint8_t length;
  char text[LIMB_MAX_LOG_TEXT];
} limb_log;

typedef struct limb_boot {
  uint16_t request;
  uint16_t session;
  uint32_t magic;
} limb_boot;

typedef struct limb_tick {
  uint64_t n;
  uint64_t device_time_us;
} limb_tick;

typedef struct limb_tick_done {
  uint64_t n;
} limb_tick_done;

#endif
