// A host and a robot that stands still, around one firmware. Time is moved by hand, one millisecond a tick.
#ifndef LIMB_TEST_RIG_H
#define LIMB_TEST_RIG_H

#include "check.h"
#include "limb_firmware.h"

#define RIG_JOINTS 8
#define RIG_TTL_MS 100

typedef struct rig {
  limb_firmware_config config;
  limb_firmware fw;
  limb_firmware_sample sample;
  limb_firmware_output output;
  uint64_t now_us;
  limb_decoder decoder;  // the host's
  limb_message received;
  // the last of each that came
  limb_sensor sensor;
  limb_header sensor_header;
  limb_hello_ack hello_ack;
  limb_caps caps;
  limb_ack ack;
  limb_param_value param_value;
  limb_timesync timesync;
  limb_stats stats;
  limb_fault fault;
  limb_heartbeat heartbeat;
  limb_log log;
  int sensors, hello_acks, capses, acks, param_values, faults, heartbeats, logs;
  // what the host answers each SENSOR with
  bool answering;
  limb_command command;
  float target[RIG_JOINTS];
  float kp, kd, feed_forward, dq;
  uint16_t session;
  uint16_t cyclic_seq, service_seq, request;
} rig;

// A quadruped with eight joints, all sensors, defaults of the specification; not yet greeted.
void rig_config(limb_firmware_config *config);
void rig_init(rig *r);
void rig_init_with(rig *r, const limb_firmware_config *config);

void rig_tick(rig *r, int ticks);
// Ticks, then checks the firmware's state.
#define CHECK_STATE_AFTER(r, ticks, expected)    \
  do {                                           \
    rig_tick(r, ticks);                          \
    CHECK_EQUAL((r)->fw.state, expected);        \
  } while (0)
void rig_next_frame(rig *r);  // ticks until a new SENSOR has come
void rig_give(rig *r, const uint8_t *bytes, size_t count);
void rig_send(rig *r, limb_type type, const limb_message *body);
void rig_hello(rig *r, uint16_t session, uint32_t nonce, uint16_t rate_hz, uint16_t flags);
// Answers the last SENSOR once, with what `command` and the targets say.
void rig_answer(rig *r);
limb_result rig_arm(rig *r);
limb_result rig_disarm(rig *r);
limb_result rig_clear(rig *r, uint8_t what);
void rig_estop(rig *r);
void rig_off(rig *r);  // from now on: mode OFF, q = measured
void rig_run(rig *r);  // from now on: mode RUN at the present targets
void rig_silence(rig *r);

// Shortcuts through the states.
void rig_to_disarmed(rig *r);
void rig_to_armed(rig *r);    // armed, no RUN command yet
void rig_to_running(rig *r);  // following measured q
void rig_init_running(rig *r);  // rig_init and rig_to_running

#endif
