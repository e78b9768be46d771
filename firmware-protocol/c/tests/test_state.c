// SPEC 6: every transition of the table.
#include <string.h>

#include "check.h"
#include "rig.h"

static rig r;

static void boot_goes_to_wait_hello_and_beats(void) {
  rig_init(&r);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_BOOT);
  rig_tick(&r, 1000);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_WAIT_HELLO);
  CHECK_EQUAL(r.sensors, 0);
  CHECK_EQUAL(r.heartbeats, 10);
  CHECK_EQUAL(r.output.motors_enabled, false);
}

static void an_unsafe_configuration_never_leaves_boot(void) {
  limb_firmware_config config;
  rig_config(&config);
  config.joints[3].tau_max = 0.0f;
  rig_init_with(&r, &config);
  rig_tick(&r, 5);
  rig_hello(&r, 7, 1, 500, 0);
  rig_tick(&r, 5);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_BOOT);
  CHECK_EQUAL(r.hello_acks, 0);
  CHECK_EQUAL(r.output.motors_enabled, false);
}

static void hello_is_answered_with_identity_and_caps(void) {
  rig_init(&r);
  rig_tick(&r, 1);
  rig_hello(&r, 7, 0xCAFE, 500, LIMB_HELLO_WANTS_LOCKSTEP);
  CHECK_EQUAL(r.hello_acks, 1);
  CHECK_EQUAL(r.hello_ack.result, LIMB_OK);
  CHECK_EQUAL(r.hello_ack.nonce, 0xCAFE);
  CHECK_EQUAL(r.hello_ack.state, LIMB_STATE_DISARMED);
  CHECK(memcmp(r.hello_ack.uuid, r.config.uuid, 16) == 0);
  CHECK_EQUAL(r.capses, 1);
  CHECK_EQUAL(r.caps.caps_crc, r.hello_ack.caps_crc);
  CHECK_EQUAL(r.caps.session_flags, LIMB_CAPS_LOCKSTEP);
  CHECK_EQUAL(r.caps.n_joints, RIG_JOINTS);
  CHECK_EQUAL(r.caps.joints[7].q_min, -1.5f * 4096);
  CHECK_EQUAL(r.caps.rate_hz, 500);
  rig_tick(&r, 100);
  CHECK_EQUAL(r.sensors, 50);
  CHECK_EQUAL(r.decoder.counters.seq_gap, 0);
  CHECK_EQUAL(r.sensor.state, LIMB_STATE_DISARMED);
  CHECK_EQUAL(r.sensor.imu.acc[2], 1256);  // 9.81 * 128
}

static void lockstep_is_granted_only_if_wanted_and_possible(void) {
  rig_init(&r);
  rig_tick(&r, 1);
  rig_hello(&r, 7, 1, 500, 0);
  CHECK_EQUAL(r.caps.session_flags, 0);
  limb_firmware_config config;
  rig_config(&config);
  config.grants_lockstep = false;
  rig_init_with(&r, &config);
  rig_tick(&r, 1);
  rig_hello(&r, 7, 1, 500, LIMB_HELLO_WANTS_LOCKSTEP);
  CHECK_EQUAL(r.caps.session_flags, 0);
}

static void the_granted_rate_divides_the_tick(void) {
  const uint16_t wanted[] = {500, 400, 1000, 5000, 3, 333, 334};
  const uint16_t granted[] = {500, 333, 1000, 1000, 50, 250, 333};
  for (size_t i = 0; i < 7; i++) {
    rig_init(&r);
    rig_tick(&r, 1);
    rig_hello(&r, 7, 1, wanted[i], 0);
    CHECK_EQUAL(r.caps.rate_hz, granted[i]);
  }
}

static void a_hello_of_another_session_while_moving_is_refused(void) {
  rig_init(&r);
  rig_to_running(&r);
  rig_hello(&r, 8, 99, 500, 0);
  CHECK_EQUAL(r.hello_ack.result, LIMB_REFUSED_BUSY);
  CHECK_EQUAL(r.hello_ack.session, 8);
  CHECK_EQUAL(r.fw.session, 7);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
  rig_hello(&r, 7, 1234, 500, 0);  // the same again: acknowledged, nothing changes
  CHECK_EQUAL(r.hello_ack.result, LIMB_OK);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_FOLLOW);
  rig_tick(&r, 100);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
}

static void a_hello_while_latched_succeeds_and_changes_nothing_that_moves(void) {
  rig_init(&r);
  rig_to_running(&r);
  rig_silence(&r);
  rig_tick(&r, 110);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DAMP);
  rig_hello(&r, 9, 99, 500, 0);
  CHECK_EQUAL(r.hello_ack.result, LIMB_OK);
  CHECK_EQUAL(r.hello_ack.state, LIMB_STATE_DAMP);
  CHECK_EQUAL(r.hello_ack.latch, LIMB_LATCH_COMMAND_EXPIRED);
  CHECK_EQUAL(r.fw.session, 9);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_DAMP);
}

static void a_hello_of_another_major_version_is_answered_and_ignored(void) {
  rig_init(&r);
  rig_tick(&r, 1);
  uint8_t raw[26] = {0x20, LIMB_HELLO, 1, 0, 0, 0, 0, 0, 'L', 'I', 'M', 'B', 5, 0, 0xF4, 1, 1, 2, 3, 4, 0, 0};
  const uint8_t zeros[4] = {0};
  const uint32_t crc = limb_crc32c_more(limb_crc32c(raw, 22), zeros, 4);
  for (size_t i = 0; i < 4; i++) raw[22 + i] = (uint8_t)(crc >> (8 * i));
  uint8_t stuffed[32] = {0};
  const size_t size = limb_cobs_encode(raw, 26, stuffed);
  stuffed[size] = 0;
  rig_give(&r, stuffed, size + 1);
  CHECK_EQUAL(r.hello_ack.result, LIMB_REFUSED_VERSION);
  CHECK_EQUAL(r.hello_ack.session, 5);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_WAIT_HELLO);
}

static void disarm_switches_off(void) {
  rig_init(&r);
  rig_to_running(&r);
  CHECK_EQUAL(rig_disarm(&r), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
  rig_tick(&r, 1);
  CHECK_EQUAL(r.output.motors_enabled, false);
  rig_tick(&r, 500);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
  CHECK_EQUAL(rig_disarm(&r), LIMB_OK);
}

static void damp_becomes_limp_and_clear_leads_to_disarmed(void) {
  rig_init(&r);
  rig_to_running(&r);
  rig_silence(&r);
  rig_tick(&r, 150);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DAMP);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_LATCHED);
  rig_tick(&r, 1960);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_LIMP);
  CHECK_EQUAL(r.output.motors_enabled, false);
  CHECK_EQUAL(rig_clear(&r, 0), LIMB_REFUSED_LATCHED);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
  CHECK_EQUAL(r.fw.latch, LIMB_LATCH_NONE);
}

static void clear_out_of_damp_disarms(void) {
  rig_init(&r);
  rig_to_running(&r);
  rig_silence(&r);
  rig_tick(&r, 150);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
}

static void disarm_out_of_damp_is_limp_and_still_latched(void) {
  rig_init(&r);
  rig_to_running(&r);
  rig_silence(&r);
  rig_tick(&r, 150);
  CHECK_EQUAL(rig_disarm(&r), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_LIMP);
  CHECK_EQUAL(r.fw.latch, LIMB_LATCH_COMMAND_EXPIRED);
}

static void resuming_commands_does_not_leave_a_latch(void) {
  rig_init(&r);
  rig_to_running(&r);
  rig_silence(&r);
  rig_tick(&r, 150);
  rig_run(&r);
  rig_tick(&r, 200);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DAMP);
}

static void clear_while_moving_is_refused(void) {
  rig_init(&r);
  rig_to_running(&r);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP | LIMB_CLEAR_ESTOP), LIMB_REFUSED_STATE);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
}

static void a_request_of_another_session_is_refused(void) {
  rig_init(&r);
  rig_to_running(&r);
  r.session = 8;
  CHECK_EQUAL(rig_disarm(&r), LIMB_REFUSED_SESSION);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_SESSION);
  CHECK_EQUAL(rig_clear(&r, 3), LIMB_REFUSED_SESSION);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
}

static void estop_is_taken_in_every_state_without_a_session(void) {
  rig_init(&r);
  rig_estop(&r);  // BOOT
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
  rig_tick(&r, 5);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.output.motors_enabled, false);
  rig_hello(&r, 7, 1, 500, 0);
  CHECK_EQUAL(r.hello_ack.state, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.hello_ack.latch, LIMB_LATCH_ESTOP_HOST);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_ESTOP);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_REFUSED_ESTOP);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_ESTOP), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
  rig_init(&r);
  rig_tick(&r, 1);
  rig_estop(&r);  // WAIT_HELLO
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.heartbeat.state, LIMB_STATE_ESTOP);
  rig_init(&r);
  rig_to_disarmed(&r);
  rig_estop(&r);
  rig_tick(&r, 5);
  CHECK_EQUAL(r.sensor.state, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.sensor.action, LIMB_ACTION_OFF);
}

static void estop_while_running_damps_latches_and_ends_limp(void) {
  rig_init(&r);
  rig_to_running(&r);
  rig_estop(&r);
  rig_estop(&r);
  rig_estop(&r);
  rig_tick(&r, 10);  // commands go on coming: they change nothing
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_DAMP);
  CHECK_EQUAL(r.output.motors_enabled, true);
  rig_tick(&r, 2000);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_LIMP);
  CHECK_EQUAL(r.output.motors_enabled, false);
}

static void estop_cuts_into_a_half_written_frame(void) {
  rig_init(&r);
  rig_to_running(&r);
  uint8_t bytes[64] = {0, 17, 'h', 'a', 'l', 'f', ' ', 'a', ' ', 'f', 'r', 'a', 'm', 'e'};
  const size_t count = limb_encode_estop(0, 0, bytes + 14, 50);
  rig_give(&r, bytes, 14 + count);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
}

static void the_estop_input_latches_until_released_and_cleared(void) {
  rig_init(&r);
  rig_to_running(&r);
  r.sample.estop_input = true;
  rig_tick(&r, 1);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.fw.latch, LIMB_LATCH_ESTOP_INPUT);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_ESTOP), LIMB_REFUSED_ESTOP);
  r.sample.estop_input = false;
  rig_tick(&r, 1);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_ESTOP), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
}

static void estop_never_powers_a_limp_robot(void) {
  rig_init(&r);
  rig_to_running(&r);
  rig_silence(&r);
  rig_tick(&r, 2200);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_LIMP);
  rig_estop(&r);
  rig_tick(&r, 2);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.output.motors_enabled, false);
}

static void a_fault_latches_until_its_cause_is_gone(void) {
  rig_init(&r);
  rig_to_running(&r);
  r.sample.driver_fault = LIMB_FAULT_DRIVER;
  rig_tick(&r, 1);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_DAMP);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_REFUSED_FAULT);
  CHECK_EQUAL(r.ack.detail, LIMB_FAULT_DRIVER);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_FAULT);
  r.sample.driver_fault = 0;
  rig_tick(&r, 1);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_FAULT);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_LATCHED);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
  CHECK_EQUAL(r.fw.fault, 0);
}

static void brown_out_and_heat_fault_after_the_debounce_time(void) {
  rig_init(&r);
  rig_to_running(&r);
  r.sample.voltage_v = 12.9f;
  rig_tick(&r, 99);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
  rig_tick(&r, 2);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_VOLTAGE_LOW);
  rig_init(&r);
  rig_to_running(&r);
  r.sample.temperature_c[5] = 81.0f;
  rig_tick(&r, 99);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
  CHECK(r.sensor.flags & LIMB_FLAG_TEMPERATURE_HIGH);
  CHECK_EQUAL(r.sensor.hottest_joint, 5);
  rig_tick(&r, 3);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_TEMPERATURE);
  CHECK_EQUAL(r.fault.code, 0);
  CHECK_EQUAL(r.fault.joint, 5);
  CHECK_EQUAL(r.fault.value, 81);
}

static void a_sample_that_is_no_number_is_a_fault_and_no_torque(void) {
  rig_init(&r);
  rig_to_running(&r);
  r.sample.dq[1] = -2.0f;
  const float zero = 0.0f * r.kp;
  r.sample.q[2] = zero / zero;
  r.sample.dq[2] = zero / zero;
  rig_tick(&r, 2);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_ENCODER);
  CHECK(r.output.tau[2] == 0.0f);
  CHECK(r.output.tau[1] == 1.0f);  // the others damp
  CHECK_EQUAL(r.sensor.joints[2].q, 0);
}

static void a_fault_is_reported_until_acknowledged(void) {
  rig_init(&r);
  rig_to_running(&r);
  r.sample.driver_fault = LIMB_FAULT_DRIVER;
  rig_tick(&r, 1000);
  CHECK_EQUAL(r.faults, 3);
  CHECK_EQUAL(r.fault.code, 4);
  r.sample.driver_fault |= LIMB_FAULT_IMU;
  rig_tick(&r, 1);
  CHECK_EQUAL(r.faults, 4);
  CHECK_EQUAL(r.fault.code, 5);
  limb_message m;
  memset(&m, 0, sizeof m);
  m.body.ack.request = r.fault.request;
  m.body.ack.type = LIMB_FAULT;
  rig_send(&r, LIMB_ACK, &m);
  rig_tick(&r, 1000);
  CHECK_EQUAL(r.faults, 4);
}

static void a_late_control_loop_is_a_fault_while_moving(void) {
  rig_init(&r);
  rig_to_running(&r);
  r.now_us += 25000;
  rig_tick(&r, 1);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_LOOP);
}

static void a_fault_behind_an_estop_comes_to_light_when_it_is_cleared(void) {
  rig_init(&r);
  rig_to_running(&r);
  rig_estop(&r);
  r.sample.driver_fault = LIMB_FAULT_DRIVER;
  rig_tick(&r, 1);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_ESTOP), LIMB_REFUSED_FAULT);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_FAULT);
}

void state_tests(void) {
  RUN(boot_goes_to_wait_hello_and_beats);
  RUN(an_unsafe_configuration_never_leaves_boot);
  RUN(hello_is_answered_with_identity_and_caps);
  RUN(lockstep_is_granted_only_if_wanted_and_possible);
  RUN(the_granted_rate_divides_the_tick);
  RUN(a_hello_of_another_session_while_moving_is_refused);
  RUN(a_hello_while_latched_succeeds_and_changes_nothing_that_moves);
  RUN(a_hello_of_another_major_version_is_answered_and_ignored);
  RUN(disarm_switches_off);
  RUN(damp_becomes_limp_and_clear_leads_to_disarmed);
  RUN(clear_out_of_damp_disarms);
  RUN(disarm_out_of_damp_is_limp_and_still_latched);
  RUN(resuming_commands_does_not_leave_a_latch);
  RUN(clear_while_moving_is_refused);
  RUN(a_request_of_another_session_is_refused);
  RUN(estop_is_taken_in_every_state_without_a_session);
  RUN(estop_while_running_damps_latches_and_ends_limp);
  RUN(estop_cuts_into_a_half_written_frame);
  RUN(the_estop_input_latches_until_released_and_cleared);
  RUN(estop_never_powers_a_limp_robot);
  RUN(a_fault_latches_until_its_cause_is_gone);
  RUN(brown_out_and_heat_fault_after_the_debounce_time);
  RUN(a_sample_that_is_no_number_is_a_fault_and_no_torque);
  RUN(a_fault_is_reported_until_acknowledged);
  RUN(a_late_control_loop_is_a_fault_while_moving);
  RUN(a_fault_behind_an_estop_comes_to_light_when_it_is_cleared);
}
