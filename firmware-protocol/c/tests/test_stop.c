// SPEC 6, 8.1: e-stop and faults.
#include <string.h>

#include "check.h"
#include "rig.h"

static rig r;

static void estop_is_taken_in_every_state_without_a_session(void) {
  rig_init(&r);
  rig_estop(&r);  // BOOT
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
  CHECK_STATE_AFTER(&r, 5, LIMB_STATE_ESTOP);
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
  rig_init_running(&r);
  rig_estop(&r);
  rig_estop(&r);
  rig_estop(&r);
  rig_tick(&r, 10);  // commands go on coming: they change nothing
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_DAMP);
  CHECK_EQUAL(r.output.motors_enabled, true);
  CHECK_STATE_AFTER(&r, 2000, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_LIMP);
  CHECK_EQUAL(r.output.motors_enabled, false);
}

static void estop_cuts_into_a_half_written_frame(void) {
  rig_init_running(&r);
  uint8_t bytes[64] = {0, 17, 'h', 'a', 'l', 'f', ' ', 'a', ' ', 'f', 'r', 'a', 'm', 'e'};
  const size_t count = limb_encode_estop(0, 0, bytes + 14, 50);
  rig_give(&r, bytes, 14 + count);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ESTOP);
}

static void the_estop_input_latches_until_released_and_cleared(void) {
  rig_init_running(&r);
  r.sample.estop_input = true;
  CHECK_STATE_AFTER(&r, 1, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.fw.latch, LIMB_LATCH_ESTOP_INPUT);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_ESTOP), LIMB_REFUSED_ESTOP);
  r.sample.estop_input = false;
  CHECK_STATE_AFTER(&r, 1, LIMB_STATE_ESTOP);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_ESTOP), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
}

static void estop_never_powers_a_limp_robot(void) {
  rig_init_running(&r);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 2200, LIMB_STATE_LIMP);
  rig_estop(&r);
  CHECK_STATE_AFTER(&r, 2, LIMB_STATE_ESTOP);
  CHECK_EQUAL(r.output.motors_enabled, false);
}

static void a_fault_latches_until_its_cause_is_gone(void) {
  rig_init_running(&r);
  r.sample.driver_fault = LIMB_FAULT_DRIVER;
  CHECK_STATE_AFTER(&r, 1, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_DAMP);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_REFUSED_FAULT);
  CHECK_EQUAL(r.ack.detail, LIMB_FAULT_DRIVER);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_FAULT);
  r.sample.driver_fault = 0;
  CHECK_STATE_AFTER(&r, 1, LIMB_STATE_FAULT);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_LATCHED);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_OK);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DISARMED);
  CHECK_EQUAL(r.fw.fault, 0);
}

static void brown_out_and_heat_fault_after_the_debounce_time(void) {
  rig_init_running(&r);
  r.sample.voltage_v = 12.9f;
  CHECK_STATE_AFTER(&r, 99, LIMB_STATE_ARMED);
  CHECK_STATE_AFTER(&r, 2, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_VOLTAGE_LOW);
  rig_init_running(&r);
  r.sample.temperature_c[5] = 81.0f;
  CHECK_STATE_AFTER(&r, 99, LIMB_STATE_ARMED);
  CHECK(r.sensor.flags & LIMB_FLAG_TEMPERATURE_HIGH);
  CHECK_EQUAL(r.sensor.hottest_joint, 5);
  rig_tick(&r, 3);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_TEMPERATURE);
  CHECK_EQUAL(r.fault.code, 0);
  CHECK_EQUAL(r.fault.joint, 5);
  CHECK_EQUAL(r.fault.value, 81);
}

static void a_temperature_that_becomes_implausible_is_a_fault_after_the_debounce_time(void) {
  const float zero = 0.0f * r.kp;
  const float implausible[] = {zero / zero, 1.0f / zero, -1.0f / zero, -128.0f, -40.5f, 150.5f};
  for (size_t i = 0; i < 6; i++) {
    rig_init_running(&r);
    r.sample.temperature_c[3] = implausible[i];
    CHECK_STATE_AFTER(&r, 99, LIMB_STATE_ARMED);
    rig_tick(&r, 3);
    CHECK_EQUAL(r.fw.state, LIMB_STATE_FAULT);
    CHECK_EQUAL(r.fw.fault, LIMB_FAULT_TEMPERATURE_SENSOR);
    CHECK_EQUAL(r.fault.code, 7);
    CHECK_EQUAL(r.fault.joint, 3);
    CHECK_EQUAL(r.sensor.temperature_max_c, 30);
    CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_REFUSED_FAULT);
    r.sample.temperature_c[3] = 30.0f;
    rig_tick(&r, 1);
    CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_STOP), LIMB_OK);
  }
  rig_init_running(&r);
  r.sample.temperature_c[3] = zero / zero;
  CHECK_STATE_AFTER(&r, 90, LIMB_STATE_ARMED);
  r.sample.temperature_c[3] = 30.0f;  // a sample or two may be lost
  CHECK_STATE_AFTER(&r, 200, LIMB_STATE_ARMED);
}

// Each of two joints is bad for a while again and again; neither for the debounce time.
static void joints_that_take_turns_are_no_fault(void) {
  const float bad[] = {90.0f, -128.0f};
  for (size_t i = 0; i < 2; i++) {
    rig_init_running(&r);
    for (int turn = 0; turn < 8; turn++) {
      const size_t joint = turn % 2 == 0 ? 2 : 6;
      r.sample.temperature_c[joint] = bad[i];
      rig_tick(&r, 60);
      r.sample.temperature_c[joint] = 30.0f;
    }
    CHECK_EQUAL(r.fw.fault, 0);
  }
}

// A hot motor on a line that fails again and again is as hot as one on a good line.
static void a_hot_joint_whose_readings_fail_is_a_fault(void) {
  const float bad[] = {90.0f, -128.0f};
  for (size_t every = 1; every < 60; every += 7) {
    rig_init_running(&r);
    for (size_t tick = 0; tick < 99; tick++) {
      r.sample.temperature_c[4] = bad[tick % (every + 1) == every];
      CHECK_STATE_AFTER(&r, 1, LIMB_STATE_ARMED);
    }
    r.sample.temperature_c[4] = 90.0f;
    CHECK_STATE_AFTER(&r, 2, LIMB_STATE_FAULT);
    CHECK_EQUAL(r.fw.fault, LIMB_FAULT_TEMPERATURE);
  }
}

static void a_voltage_that_is_no_number_is_a_low_one(void) {
  rig_init_running(&r);
  const float zero = 0.0f * r.kp;
  r.sample.voltage_v = zero / zero;
  CHECK_STATE_AFTER(&r, 95, LIMB_STATE_ARMED);
  CHECK_STATE_AFTER(&r, 10, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_VOLTAGE_LOW);
}

static void a_fault_names_the_joint_that_caused_it(void) {
  rig_init_running(&r);
  r.sample.temperature_c[1] = 85.0f;
  rig_tick(&r, 90);
  r.sample.temperature_c[5] = 95.0f;  // hotter and behind it, but not for long
  r.sample.temperature_c[6] = -128.0f;
  rig_tick(&r, 15);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_TEMPERATURE);
  CHECK_EQUAL(r.fault.code, 0);
  CHECK_EQUAL(r.fault.joint, 1);
  CHECK_EQUAL(r.fault.value, 85);
  rig_tick(&r, 90);
  CHECK_EQUAL(r.fault.code, 7);
  CHECK_EQUAL(r.fault.joint, 6);
  CHECK_EQUAL(r.fault.value, -128);

  rig_init_running(&r);
  r.sample.temperature_c[3] = -128.0f;
  r.sample.voltage_v = 12.0f;  // both at the same tick: the lowest bit, and no joint of the other
  rig_tick(&r, 105);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_VOLTAGE_LOW | LIMB_FAULT_TEMPERATURE_SENSOR);
  CHECK_EQUAL(r.fault.code, 1);
  CHECK_EQUAL(r.fault.joint, LIMB_NO_JOINT);
  CHECK_EQUAL(r.fault.value, 12000);
}

static void a_joint_without_temperature_sensor_says_so_from_the_start(void) {
  rig_init(&r);
  r.sample.temperature_c[6] = LIMB_NO_TEMPERATURE;
  rig_to_running(&r);
  CHECK_STATE_AFTER(&r, 300, LIMB_STATE_ARMED);
  CHECK_EQUAL(r.sensor.temperature_max_c, 30);
  rig_init(&r);
  r.sample.temperature_c[6] = 0.0f / (0.0f * r.kp);  // not the agreed value: a broken sensor
  rig_tick(&r, 1);
  rig_hello(&r, 7, 1, 500, 0);
  CHECK_STATE_AFTER(&r, 102, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_TEMPERATURE_SENSOR);
}

static void temperature_in_caps_and_in_no_joint_cannot_be_armed(void) {
  rig_init(&r);
  for (size_t j = 0; j < RIG_JOINTS; j++) r.sample.temperature_c[j] = LIMB_NO_TEMPERATURE;
  rig_to_disarmed(&r);
  rig_off(&r);
  rig_tick(&r, 100);
  CHECK_EQUAL(r.sensor.temperature_max_c, -128);
  CHECK_EQUAL(rig_arm(&r), LIMB_REFUSED_TEMPERATURE);
  CHECK_EQUAL(r.ack.detail, LIMB_NO_JOINT);
  limb_firmware_config config;
  rig_config(&config);
  config.sensors = (uint16_t)(config.sensors & ~LIMB_SENSOR_HAS_TEMPERATURE);
  rig_init_with(&r, &config);  // the board has none: nothing is asked of it
  for (size_t j = 0; j < RIG_JOINTS; j++) r.sample.temperature_c[j] = 0.0f / (0.0f * r.kp);
  rig_to_running(&r);
  CHECK_STATE_AFTER(&r, 300, LIMB_STATE_ARMED);
}

static void a_broken_temperature_sensor_keeps_a_hold(void) {
  limb_firmware_config config;
  rig_config(&config);
  config.on_link_loss = LIMB_STOP_HOLD;
  rig_init_with(&r, &config);
  rig_to_running(&r);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 150, LIMB_STATE_HOLD);
  r.sample.temperature_c[1] = -128.0f;
  CHECK_STATE_AFTER(&r, 102, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_HOLD);  // nobody knows that it is hot: it is not dropped
  CHECK_STATE_AFTER(&r, 5000, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_HOLD);
}

static void a_sample_that_is_no_number_is_a_fault_and_no_torque(void) {
  rig_init_running(&r);
  r.sample.dq[1] = -2.0f;
  const float zero = 0.0f * r.kp;
  r.sample.q[2] = zero / zero;
  r.sample.dq[2] = zero / zero;
  CHECK_STATE_AFTER(&r, 2, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_ENCODER);
  CHECK(r.output.tau[2] == 0.0f);
  CHECK(r.output.tau[1] == 1.0f);  // the others damp
  CHECK_EQUAL(r.sensor.joints[2].q, 0);
}

static void a_fault_is_reported_until_acknowledged(void) {
  rig_init_running(&r);
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
  rig_init_running(&r);
  r.now_us += 25000;
  CHECK_STATE_AFTER(&r, 1, LIMB_STATE_FAULT);
  CHECK_EQUAL(r.fw.fault, LIMB_FAULT_LOOP);
}

static void a_fault_behind_an_estop_comes_to_light_when_it_is_cleared(void) {
  rig_init_running(&r);
  rig_estop(&r);
  r.sample.driver_fault = LIMB_FAULT_DRIVER;
  CHECK_STATE_AFTER(&r, 1, LIMB_STATE_ESTOP);
  CHECK_EQUAL(rig_clear(&r, LIMB_CLEAR_ESTOP), LIMB_REFUSED_FAULT);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_FAULT);
}

void stop_tests(void) {
  RUN(estop_is_taken_in_every_state_without_a_session);
  RUN(estop_while_running_damps_latches_and_ends_limp);
  RUN(estop_cuts_into_a_half_written_frame);
  RUN(the_estop_input_latches_until_released_and_cleared);
  RUN(estop_never_powers_a_limp_robot);
  RUN(a_fault_latches_until_its_cause_is_gone);
  RUN(brown_out_and_heat_fault_after_the_debounce_time);
  RUN(a_temperature_that_becomes_implausible_is_a_fault_after_the_debounce_time);
  RUN(joints_that_take_turns_are_no_fault);
  RUN(a_hot_joint_whose_readings_fail_is_a_fault);
  RUN(a_voltage_that_is_no_number_is_a_low_one);
  RUN(a_fault_names_the_joint_that_caused_it);
  RUN(a_joint_without_temperature_sensor_says_so_from_the_start);
  RUN(temperature_in_caps_and_in_no_joint_cannot_be_armed);
  RUN(a_broken_temperature_sensor_keeps_a_hold);
  RUN(a_sample_that_is_no_number_is_a_fault_and_no_torque);
  RUN(a_fault_is_reported_until_acknowledged);
  RUN(a_late_control_loop_is_a_fault_while_moving);
  RUN(a_fault_behind_an_estop_comes_to_light_when_it_is_cleared);
}
