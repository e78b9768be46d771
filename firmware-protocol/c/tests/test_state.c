// SPEC 6: every transition of the table.
#include <string.h>

#include "check.h"
#include "rig.h"

static rig r;

static void boot_goes_to_wait_hello_and_beats(void) {
  rig_init(&r);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_BOOT);
  CHECK_STATE_AFTER(&r, 1000, LIMB_STATE_WAIT_HELLO);
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
  CHECK_STATE_AFTER(&r, 5, LIMB_STATE_BOOT);
  CHECK_EQUAL(r.hello_acks, 0);
  CHECK_EQUAL(r.output.motors_enabled, false);
}

static void an_inward_speed_above_the_slew_and_an_unreachable_temperature_are_unsafe(void) {
  limb_firmware_config config;
  rig_config(&config);
  CHECK(limb_firmware_init(&r.fw, &config));
  config.joints[2].inward_max = 0.0f;
  CHECK(!limb_firmware_init(&r.fw, &config));
  config.joints[2].inward_max = 20.5f;
  CHECK(!limb_firmware_init(&r.fw, &config));
  rig_config(&config);
  config.temperature_max_c = 151.0f;
  CHECK(!limb_firmware_init(&r.fw, &config));
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
  rig_init_running(&r);
  rig_hello(&r, 8, 99, 500, 0);
  CHECK_EQUAL(r.hello_ack.result, LIMB_REFUSED_BUSY);
  CHECK_EQUAL(r.hello_ack.session, 8);
  CHECK_EQUAL(r.fw.session, 7);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
  rig_hello(&r, 7, 1234, 500, 0);  // the same again: acknowledged, nothing changes
  CHECK_EQUAL(r.hello_ack.result, LIMB_OK);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_FOLLOW);
  CHECK_STATE_AFTER(&r, 100, LIMB_STATE_ARMED);
}

static void a_hello_while_latched_succeeds_and_changes_nothing_that_moves(void) {
  rig_init_running(&r);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 110, LIMB_STATE_DAMP);
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
  rig_init_running(&r);
  CHECK_EQUAL(rig_disarm(&r), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
  rig_tick(&r, 1);
  CHECK_EQUAL(r.output.motors_enabled, false);
  CHECK_STATE_AFTER(&r, 500, LIMB_STATE_DISARMED);
  CHECK_EQUAL(rig_disarm(&r), LIMB_OK);
}

static void damp_becomes_limp_and_clear_leads_to_disarmed(void) {
  rig_init_running(&r);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 150, LIMB_STATE_DAMP);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_LATCHED);
  CHECK_STATE_AFTER(&r, 1960, LIMB_STATE_LIMP);
  CHECK_EQUAL(r.output.motors_enabled, false);
  CHECK_EQUAL(rig_clear(&r, 0), LIMB_REFUSED_LATCHED);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
  CHECK_EQUAL(r.fw.latch, LIMB_LATCH_NONE);
}

static void clear_out_of_damp_disarms(void) {
  rig_init_running(&r);
  rig_silence(&r);
  rig_tick(&r, 150);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
}

static void disarm_out_of_damp_is_limp_and_still_latched(void) {
  rig_init_running(&r);
  rig_silence(&r);
  rig_tick(&r, 150);
  CHECK_EQUAL(rig_disarm(&r), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_LIMP);
  CHECK_EQUAL(r.fw.latch, LIMB_LATCH_COMMAND_EXPIRED);
}

static void resuming_commands_does_not_leave_a_latch(void) {
  rig_init_running(&r);
  rig_silence(&r);
  rig_tick(&r, 150);
  rig_run(&r);
  CHECK_STATE_AFTER(&r, 200, LIMB_STATE_DAMP);
}

static void clear_while_moving_is_refused(void) {
  rig_init_running(&r);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP | LIMB_CLEAR_ESTOP), LIMB_REFUSED_STATE);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
}

static void a_request_of_another_session_is_refused(void) {
  rig_init_running(&r);
  r.session = 8;
  CHECK_EQUAL(rig_disarm(&r), LIMB_REFUSED_SESSION);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_SESSION);
  CHECK_EQUAL(rig_clear(&r, 3), LIMB_REFUSED_SESSION);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
}

void state_tests(void) {
  RUN(boot_goes_to_wait_hello_and_beats);
  RUN(an_unsafe_configuration_never_leaves_boot);
  RUN(an_inward_speed_above_the_slew_and_an_unreachable_temperature_are_unsafe);
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
}
