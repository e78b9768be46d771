// SPEC 8: HOLD, its clearing, handover and fade; SPEC 6.2: stops only rise.
#include <string.h>

#include "check.h"
#include "rig.h"

static rig r;

static void init_arm_robot(uint8_t stop) {
  limb_firmware_config config;
  rig_config(&config);
  config.kind = LIMB_KIND_ARM;
  config.n_feet = 0;
  config.sensors |= LIMB_SENSOR_HAS_GRIPPER;
  config.on_link_loss = stop;
  config.on_estop = stop;
  rig_init_with(&r, &config);
  r.sample.gripper_width_m = 0.05f;
  r.sample.gripper_force_n = -3.0f;
}

// Running with a target 0.1 rad from measured and 0.5 Nm of feed-forward, then silence.
static void to_hold(void) {
  init_arm_robot(LIMB_STOP_HOLD);
  rig_to_running(&r);
  for (size_t j = 0; j < RIG_JOINTS; j++) r.target[j] = r.sample.q[j] + 0.1f;
  r.feed_forward = 0.5f;
  rig_tick(&r, 20);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 110, LIMB_STATE_HOLD);
}

static bool near(float a, float b) { return a - b < 0.02f && b - a < 0.02f; }

static void hold_keeps_target_and_feed_forward_under_a_cap(void) {
  to_hold();
  CHECK_EQUAL(r.sensor.n_feet, 1);
  CHECK_EQUAL(r.sensor.gripper_width, 5000);
  CHECK_EQUAL(r.sensor.gripper_force, -192);
  CHECK(r.output.motors_enabled);
  CHECK(near(r.output.tau[0], 2.1f));  // 20 * 0.1 + 0.5 = 2.5, capped at 0.6 * 3.5
  for (size_t j = 0; j < RIG_JOINTS; j++) r.sample.q[j] += 0.05f;
  rig_tick(&r, 1);
  CHECK(near(r.output.tau[0], 1.5f));  // 20 * 0.05 + 0.5
  CHECK_STATE_AFTER(&r, 60000, LIMB_STATE_HOLD);  // for ever
  CHECK(near(r.output.tau[0], 1.5f));
}

static void hold_stays_within_its_error_of_measured(void) {
  limb_firmware_config config;
  rig_config(&config);
  config.on_link_loss = LIMB_STOP_HOLD;
  config.hold_torque_ratio = 1.0f;
  rig_init_with(&r, &config);
  rig_to_running(&r);
  for (size_t j = 0; j < RIG_JOINTS; j++) r.target[j] = r.sample.q[j] + 0.6f;
  r.kp = 5.0f;
  r.kd = 0.1f;
  rig_tick(&r, 50);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 110, LIMB_STATE_HOLD);
  CHECK(near(r.output.tau[0], 5.0f * 0.15f));
  r.sample.q[0] -= 1.0f;  // pushed away: it pushes back no harder
  rig_tick(&r, 2);
  CHECK(near(r.output.tau[0], 5.0f * 0.15f));
  CHECK(near(limb_from_i16(r.sensor.joints[0].applied, 4096), r.sample.q[0] + 0.15f));
}

static void hold_damps_at_least_as_much_as_damping(void) {
  hold_stays_within_its_error_of_measured();
  r.sample.dq[0] = 0.5f;
  rig_tick(&r, 1);
  CHECK(near(r.output.tau[0], 5.0f * 0.15f - 0.5f * 0.5f));  // not the 0.1 of the last command
}

static void hold_remembers_the_feed_forward_of_before_the_coast(void) {
  init_arm_robot(LIMB_STOP_HOLD);
  rig_to_running(&r);
  r.feed_forward = 0.5f;
  rig_tick(&r, 20);
  r.feed_forward = 0.0f;
  r.command.flags = LIMB_COMMAND_COAST;
  CHECK_STATE_AFTER(&r, 110, LIMB_STATE_HOLD);
  CHECK(near(r.output.tau[0], 0.5f));
}

// Joint 1 at `q`, range up to 1.5, held with the feed-forward given; no stiffness.
static void to_hold_at(float q, float feed_forward) {
  init_arm_robot(LIMB_STOP_HOLD);
  r.sample.q[1] = q;
  rig_to_running(&r);
  r.kp = 0.0f;
  r.feed_forward = feed_forward;
  rig_tick(&r, 20);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 110, LIMB_STATE_HOLD);
}

static void hold_outside_the_range_keeps_what_was_applied(void) {
  to_hold_at(1.6f, 1.5f);
  CHECK(near(r.output.tau[1], 0.0f));  // the stop begins no push that FOLLOW refused
  CHECK(near(r.output.tau[0], 1.5f));
  to_hold_at(1.6f, -1.5f);
  CHECK(near(r.output.tau[1], -1.5f));  // inward: it may carry the arm
  to_hold_at(1.4f, 1.5f);
  r.sample.q[1] = 1.6f;  // pushed out by hand while it holds: not dropped
  rig_tick(&r, 5);
  CHECK(near(r.output.tau[1], 1.5f));
}

static void clear_keeps_holding_and_arm_takes_over_without_a_bump(void) {
  to_hold();
  rig_off(&r);
  rig_tick(&r, 40);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_LATCHED);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_HOLD);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_FEW_COMMANDS);  // only commands after CLEAR count
  rig_tick(&r, 40);
  CHECK(r.sensor.flags & LIMB_FLAG_CLEARED);
  CHECK_EQUAL(rig_arm(&r), LIMB_OK);
  rig_tick(&r, 10);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_HOLD);  // still, until the first RUN
  const float before = r.output.tau[0];
  CHECK(near(before, 2.1f));
  for (size_t j = 0; j < RIG_JOINTS; j++) r.target[j] = r.sample.q[j];
  r.kp = 10.0f;
  r.feed_forward = 0.0f;
  r.dq = 2.0f;
  rig_run(&r);
  float last = 2.5f;  // without the cap of HOLD
  for (int i = 0; i < 300; i++) {
    rig_tick(&r, 1);
    if (r.fw.action != LIMB_ACTION_FOLLOW) continue;
    const float step = last - r.output.tau[0];
    CHECK(step < 0.45f && step > -0.1f);  // slew 0.02 rad a tick at kp 20, not a jump of 2.5
    last = r.output.tau[0];
  }
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_FOLLOW);
  CHECK(near(r.output.tau[0], 1.0f));  // kd * 2 rad/s
}

static void disarm_releases_a_hold(void) {
  to_hold();
  CHECK_EQUAL(rig_disarm(&r), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_LIMP);
  to_hold();
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_OK);
  CHECK_EQUAL(rig_disarm(&r), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
  rig_tick(&r, 1);
  CHECK_EQUAL(r.output.motors_enabled, false);
}

static void heat_fades_a_hold_over_two_seconds(void) {
  to_hold();
  for (size_t j = 0; j < RIG_JOINTS; j++) r.sample.q[j] += 0.05f;
  r.sample.temperature_c[0] = 90.0f;
  CHECK_STATE_AFTER(&r, 101, LIMB_STATE_HOLD);
  CHECK_EQUAL(r.fw.latch, LIMB_LATCH_FAULT);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_REFUSED_FAULT);
  rig_tick(&r, 1000);
  CHECK(near(r.output.tau[0], 0.75f));
  r.sample.temperature_c[0] = 40.0f;
  rig_tick(&r, 10);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_REFUSED_STATE);
  CHECK_STATE_AFTER(&r, 1000, LIMB_STATE_LIMP);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_TEMPERATURE);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_OK);
  CHECK_EQUAL(r.fw.fault, 0);
}

static void an_estop_that_holds_clears_into_a_hold(void) {
  init_arm_robot(LIMB_STOP_HOLD);
  rig_to_running(&r);
  rig_estop(&r);
  CHECK_STATE_AFTER(&r, 2, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_HOLD);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_ESTOP), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_HOLD);
  CHECK_EQUAL(r.fw.cleared, true);
}

static void stops_only_rise(void) {
  limb_firmware_config config;
  rig_config(&config);
  config.on_link_loss = LIMB_STOP_DAMP;
  config.on_estop = LIMB_STOP_HOLD;
  rig_init_with(&r, &config);
  rig_to_running(&r);
  rig_silence(&r);
  rig_tick(&r, 110);
  rig_estop(&r);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_DAMP);  // not back to HOLD
  config.on_link_loss = LIMB_STOP_HOLD;
  config.on_estop = LIMB_STOP_DAMP;
  rig_init_with(&r, &config);
  rig_to_running(&r);
  rig_silence(&r);
  rig_tick(&r, 110);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_HOLD);
  rig_estop(&r);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_DAMP);
}

static void a_limp_stop_is_limp(void) {
  init_arm_robot(LIMB_STOP_LIMP);
  rig_to_running(&r);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 110, LIMB_STATE_LIMP);
  CHECK_EQUAL(r.output.motors_enabled, false);
}

static void a_handover_that_expires_holds_again(void) {
  to_hold();
  rig_off(&r);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_OK);
  rig_tick(&r, 40);
  CHECK_EQUAL(rig_arm(&r), LIMB_OK);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 110, LIMB_STATE_HOLD);
  CHECK_EQUAL(r.fw.cleared, false);
  CHECK(near(r.output.tau[0], 2.1f));
}

void hold_tests(void) {
  RUN(hold_keeps_target_and_feed_forward_under_a_cap);
  RUN(hold_stays_within_its_error_of_measured);
  RUN(hold_damps_at_least_as_much_as_damping);
  RUN(hold_remembers_the_feed_forward_of_before_the_coast);
  RUN(hold_outside_the_range_keeps_what_was_applied);
  RUN(clear_keeps_holding_and_arm_takes_over_without_a_bump);
  RUN(disarm_releases_a_hold);
  RUN(heat_fades_a_hold_over_two_seconds);
  RUN(an_estop_that_holds_clears_into_a_hold);
  RUN(stops_only_rise);
  RUN(a_limp_stop_is_limp);
  RUN(a_handover_that_expires_holds_again);
}
