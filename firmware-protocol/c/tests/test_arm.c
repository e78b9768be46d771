// SPEC 6.1: who may be armed.
#include "check.h"
#include "rig.h"

static rig r;

static void arm_needs_ten_good_commands_in_a_row(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_FEW_COMMANDS);
  rig_off(&r);
  rig_tick(&r, 18);
  CHECK_EQUAL(r.sensor.arm_commands, 8);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_FEW_COMMANDS);
  CHECK_EQUAL(r.ack.detail, 9);
  rig_tick(&r, 4);
  CHECK(r.sensor.flags & LIMB_FLAG_ARM_READY);
  CHECK_EQUAL(rig_arm(&r), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_OFF);
  CHECK_EQUAL(rig_arm(&r), LIMB_OK);  // a retry
}

static void arm_needs_commands_that_say_where_the_robot_is(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  rig_off(&r);
  rig_tick(&r, 40);
  r.sample.q[3] += 0.2f;  // the answer to this frame still carries the old position of joint 3
  rig_answer(&r);
  CHECK_EQUAL(rig_arm(&r), LIMB_OK);  // the same frame again: dropped, nothing new is known
  rig_init(&r);
  rig_to_disarmed(&r);
  rig_off(&r);
  rig_tick(&r, 39);
  rig_silence(&r);
  while (r.sensor_header.seq == r.fw.last_command_seq) rig_tick(&r, 1);
  rig_tick(&r, 2);
  r.sensor.joints[3].q = (int16_t)(r.sensor.joints[3].q + 500);  // more than 0.1 rad
  rig_answer(&r);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_NOT_MEASURED);
  CHECK_EQUAL(r.ack.detail, 3);
}

static void arm_needs_fresh_commands(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  rig_off(&r);
  rig_tick(&r, 40);
  rig_silence(&r);
  rig_tick(&r, 110);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_STALE);
  rig_tick(&r, 120);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_FEW_COMMANDS);
}

static void arm_needs_the_same_caps_voltage_and_temperature(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  rig_off(&r);
  rig_tick(&r, 40);
  r.caps.caps_crc ^= 1;
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_CAPS);
  r.caps.caps_crc ^= 1;
  r.sample.voltage_v = 13.9f;
  rig_tick(&r, 2);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_VOLTAGE);
  CHECK_EQUAL(r.ack.detail, 13900);
  CHECK(r.sensor.flags & LIMB_FLAG_VOLTAGE_LOW);
  r.sample.voltage_v = 16.0f;
  r.sample.temperature_c[6] = 70.5f;
  rig_tick(&r, 2);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_TEMPERATURE);
  CHECK_EQUAL(r.ack.detail, 6);
  r.sample.temperature_c[6] = 60.0f;
  rig_tick(&r, 2);
  CHECK_EQUAL(rig_arm(&r), LIMB_OK);
}

static void arm_is_refused_while_the_estop_input_is_pressed(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  rig_off(&r);
  rig_tick(&r, 40);
  r.sample.estop_input = true;
  rig_tick(&r, 2);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_ESTOP);
}

static void a_run_command_before_arm_starts_the_count_again(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  rig_off(&r);
  rig_tick(&r, 40);
  rig_run(&r);
  rig_tick(&r, 2);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_FEW_COMMANDS);
  CHECK_EQUAL(r.ack.detail, 0);
  CHECK(r.fw.command_counters.wrong_mode > 0);
  CHECK_EQUAL(r.output.motors_enabled, false);
}

static void a_new_session_starts_the_count_again(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  rig_off(&r);
  rig_tick(&r, 40);
  rig_silence(&r);
  r.session = 8;
  rig_hello(&r, 8, 1, 500, 0);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_FEW_COMMANDS);
}

static void armed_motors_stay_off_until_the_first_run_command(void) {
  rig_init(&r);
  rig_to_armed(&r);
  CHECK_STATE_AFTER(&r, 50, LIMB_STATE_ARMED);
  CHECK_EQUAL(r.output.motors_enabled, false);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 120, LIMB_STATE_LIMP);  // never powered: it does not begin to damp
  CHECK_EQUAL(r.output.motors_enabled, false);
}

static void a_gap_in_the_commands_starts_the_count_again(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  rig_off(&r);
  rig_tick(&r, 40);
  r.cyclic_seq = (uint16_t)(r.cyclic_seq + 11);
  rig_tick(&r, 2);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_FEW_COMMANDS);
  CHECK_EQUAL(r.ack.detail, 1);
}

void arm_tests(void) {
  RUN(arm_needs_ten_good_commands_in_a_row);
  RUN(arm_needs_commands_that_say_where_the_robot_is);
  RUN(arm_needs_fresh_commands);
  RUN(arm_needs_the_same_caps_voltage_and_temperature);
  RUN(arm_is_refused_while_the_estop_input_is_pressed);
  RUN(a_run_command_before_arm_starts_the_count_again);
  RUN(a_new_session_starts_the_count_again);
  RUN(armed_motors_stay_off_until_the_first_run_command);
  RUN(a_gap_in_the_commands_starts_the_count_again);
}
