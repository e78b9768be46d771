// SPEC 8: joint control and the limits of the device.
#include "check.h"
#include "rig.h"

static rig r;

static bool near(float a, float b) { return a - b < 0.01f && b - a < 0.01f; }

static void torque_is_pd_plus_feed_forward(void) {
  rig_init_running(&r);
  for (size_t j = 0; j < RIG_JOINTS; j++) r.target[j] = r.sample.q[j] + 0.02f;
  r.sample.dq[0] = 0.4f;
  r.dq = 1.0f;
  r.feed_forward = -0.25f;
  rig_tick(&r, 10);
  CHECK(near(r.output.tau[0], 20.0f * 0.02f + 0.5f * (1.0f - 0.4f) - 0.25f));
  CHECK_EQUAL(r.sensor.clamped_joints, 0);
}

static void the_target_moves_no_faster_than_the_slew_limit(void) {
  rig_init_running(&r);
  const float start = r.fw.joints[2].applied;
  r.target[2] = 1.2f;
  while (r.fw.joints[2].target < 1.1f) rig_tick(&r, 1);  // until the command has arrived
  rig_tick(&r, 1);
  const float first = r.fw.joints[2].applied;
  CHECK(near(first, start + 0.02f));
  rig_tick(&r, 10);
  CHECK(near(r.fw.joints[2].applied, first + 0.2f));
  CHECK(r.sensor.flags & LIMB_FLAG_SLEW_CLAMPED);
  CHECK(r.sensor.clamped_joints & 1u << 2);
  while (!r.output.cyclic) rig_tick(&r, 1);
  CHECK(near(limb_from_i16(r.sensor.joints[2].applied, 4096), r.fw.joints[2].applied));
  rig_tick(&r, 100);
  CHECK(near(r.fw.joints[2].applied, 1.2f));
  CHECK(!(r.sensor.flags & LIMB_FLAG_SLEW_CLAMPED));
  r.target[2] = r.sample.q[2];
  rig_tick(&r, 200);
  CHECK_EQUAL(r.sensor.clamped_joints, 0);
}

// Joint 1 lies 0.1 rad beyond its range and the host wants it at the far end.
static void start_outside(float q, float target) {
  rig_init(&r);
  r.sample.q[1] = q;
  rig_to_running(&r);
  r.target[1] = target;
  rig_tick(&r, 8);
}

static void a_joint_outside_its_range_moves_inward_at_its_own_slow_speed(void) {
  for (int side = -1; side <= 1; side += 2) {
    const float sign = (float)side;
    start_outside(1.6f * sign, -1.0f * sign);
    const float before = r.fw.joints[1].applied * sign;
    CHECK(before > 1.57f && before <= 1.6f);
    rig_tick(&r, 50);
    CHECK(near(r.fw.joints[1].applied * sign, before - 0.05f));  // 20 rad/s would have reached the target
    r.target[1] = 3.0f * sign;  // the host changes its mind: in range at most, and inward all the same
    rig_tick(&r, 50);
    CHECK(r.fw.joints[1].applied * sign <= before - 0.05f);
    r.target[1] = -1.0f * sign;
    r.sample.q[1] = 1.4f * sign;  // back inside: the joint's own slew again, once the target is inside too
    rig_tick(&r, 10);
    rig_tick(&r, 250);
    CHECK(near(r.fw.joints[1].applied * sign, -1.0f));
  }
}

static void a_joint_pushed_out_of_its_range_is_not_driven_further(void) {
  rig_init_running(&r);
  r.target[1] = 1.4f;
  rig_tick(&r, 200);
  r.sample.q[1] = 1.6f;
  r.target[1] = 1.5f;
  r.dq = 5.0f;
  rig_tick(&r, 20);
  CHECK(near(r.fw.joints[1].applied, 1.4f));
  CHECK(near(r.output.tau[1], -20.0f * 0.2f > -3.5f ? -20.0f * 0.2f : -3.5f));  // dq outward counts as zero
  r.kp = 0.0f;
  rig_tick(&r, 20);
  CHECK(near(r.output.tau[1], 0.0f));
  r.dq = -5.0f;
  rig_tick(&r, 20);
  CHECK(near(r.output.tau[1], -0.5f));  // kd times the inward speed, not times 5
  CHECK(near(r.output.tau[0], -2.5f));
}

static void what_is_refused_outside_the_range_is_told(void) {
  rig_init_running(&r);
  r.target[1] = 1.4f;
  rig_tick(&r, 200);
  r.sample.q[1] = 1.6f;
  r.kp = 1.0f;
  rig_tick(&r, 10);
  CHECK_EQUAL(r.sensor.clamped_joints, 0);
  r.target[1] = 1.5f;  // outward of where it is: refused
  rig_tick(&r, 10);
  CHECK(r.sensor.flags & LIMB_FLAG_SLEW_CLAMPED);
  CHECK(!(r.sensor.flags & LIMB_FLAG_VELOCITY_CLAMPED));
  CHECK_EQUAL(r.sensor.clamped_joints, 1u << 1);
  r.target[1] = 1.4f;
  r.dq = 0.5f;
  rig_tick(&r, 10);
  CHECK(r.sensor.flags & LIMB_FLAG_VELOCITY_CLAMPED);
  CHECK_EQUAL(r.sensor.clamped_joints, 1u << 1);
  r.dq = -0.5f;  // inward, and not too fast
  rig_tick(&r, 10);
  CHECK_EQUAL(r.sensor.clamped_joints, 0);
}

static void feed_forward_does_not_push_a_joint_further_out(void) {
  for (int side = -1; side <= 1; side += 2) {
    const float sign = (float)side;
    start_outside(1.6f * sign, 1.5f * sign);
    r.kp = 0.0f;
    r.kd = 0.0f;
    r.feed_forward = 2.0f * sign;
    rig_tick(&r, 10);
    CHECK(near(r.output.tau[1], 0.0f));
    CHECK(near(r.output.tau[0], 2.0f * sign));
    CHECK(r.sensor.flags & LIMB_FLAG_TORQUE_CLAMPED);
    CHECK(r.sensor.clamped_joints & 1u << 1);
    CHECK(!(r.sensor.clamped_joints & 1u));
    r.sample.q[1] = 1.515f * sign;  // half of a hundredth of the range
    rig_tick(&r, 1);
    CHECK(near(r.output.tau[1], sign));
    r.sample.q[1] = 1.5f * sign;
    rig_tick(&r, 1);
    CHECK(near(r.output.tau[1], 2.0f * sign));
    r.sample.q[1] = 1.6f * sign;
    r.feed_forward = -2.0f * sign;  // inward: what carries a weight that pulls outward
    rig_tick(&r, 10);
    CHECK(near(r.output.tau[1], -2.0f * sign));
  }
}

static void positions_gains_velocity_and_torque_are_clamped_and_told(void) {
  rig_init_running(&r);
  r.target[1] = 3.0f;
  rig_tick(&r, 200);
  CHECK(near(r.fw.joints[1].applied, 1.5f));
  CHECK(r.sensor.flags & LIMB_FLAG_POSITION_CLAMPED);
  CHECK(r.sensor.flags & LIMB_FLAG_TORQUE_CLAMPED);
  CHECK_EQUAL(r.sensor.clamped_joints, 1u << 1);
  CHECK(r.output.tau[1] == 3.5f);
  r.kp = 500.0f;
  r.dq = 50.0f;
  rig_tick(&r, 4);
  CHECK(r.sensor.flags & LIMB_FLAG_GAIN_CLAMPED);
  CHECK(r.sensor.flags & LIMB_FLAG_VELOCITY_CLAMPED);
  CHECK(r.fw.joints[0].kp == 60.0f);
  CHECK(r.fw.joints[0].dq == 20.0f);
}

static void no_torque_accelerates_beyond_the_fastest(void) {
  rig_init_running(&r);
  r.feed_forward = 3.0f;
  r.kd = 0.0f;
  r.sample.dq[0] = 21.0f;
  r.sample.dq[1] = -21.0f;
  rig_tick(&r, 4);
  CHECK(r.output.tau[0] == 0.0f);
  CHECK(r.output.tau[1] > 2.9f);  // braking is free
  r.feed_forward = -3.0f;
  rig_tick(&r, 4);
  CHECK(r.output.tau[0] < -2.9f);
  CHECK(r.output.tau[1] == 0.0f);
}

static void following_starts_at_measured(void) {
  rig_init(&r);
  rig_to_armed(&r);
  for (size_t j = 0; j < RIG_JOINTS; j++) r.sample.q[j] += 0.3f;  // moved by hand after ARM
  rig_silence(&r);
  rig_tick(&r, 4);
  for (size_t j = 0; j < RIG_JOINTS; j++) r.target[j] = r.sample.q[j];
  rig_run(&r);
  rig_tick(&r, 3);
  CHECK_EQUAL(r.fw.action, LIMB_ACTION_FOLLOW);
  CHECK(near(r.output.tau[0], 0.0f));
}

static void damping_brakes_and_only_brakes(void) {
  rig_init_running(&r);
  rig_silence(&r);
  rig_tick(&r, 110);
  r.sample.dq[0] = 2.0f;
  r.sample.dq[1] = -30.0f;
  rig_tick(&r, 1);
  CHECK(near(r.output.tau[0], -1.0f));
  CHECK(near(r.output.tau[1], 3.5f));
  CHECK(near(r.output.tau[2], 0.0f));
}

static void fixed_point_rounds_and_saturates(void) {
  CHECK_EQUAL(limb_to_i16(1.0f, 4096), 4096);
  CHECK_EQUAL(limb_to_i16(100.0f, 4096), INT16_MAX);
  CHECK_EQUAL(limb_to_i16(-100.0f, 4096), INT16_MIN);
  CHECK_EQUAL(limb_to_i16(2.5f, 1), 3);
  CHECK_EQUAL(limb_to_i16(-2.5f, 1), -3);
  CHECK_EQUAL(limb_to_i16(0.49999997f, 1), 0);
  CHECK_EQUAL(limb_to_u16(-1.0f, 64), 0);
  CHECK_EQUAL(limb_to_u16(2000.0f, 64), UINT16_MAX);
  const float zero = 0.0f * r.kp;
  CHECK_EQUAL(limb_to_i16(zero / zero, 64), 0);
  CHECK_EQUAL(limb_to_u16(zero / zero, 64), 0);
  CHECK_EQUAL(limb_to_i16(1.0f / zero, 64), INT16_MAX);
}

void motor_tests(void) {
  RUN(torque_is_pd_plus_feed_forward);
  RUN(the_target_moves_no_faster_than_the_slew_limit);
  RUN(a_joint_outside_its_range_moves_inward_at_its_own_slow_speed);
  RUN(a_joint_pushed_out_of_its_range_is_not_driven_further);
  RUN(what_is_refused_outside_the_range_is_told);
  RUN(feed_forward_does_not_push_a_joint_further_out);
  RUN(positions_gains_velocity_and_torque_are_clamped_and_told);
  RUN(no_torque_accelerates_beyond_the_fastest);
  RUN(following_starts_at_measured);
  RUN(damping_brakes_and_only_brakes);
  RUN(fixed_point_rounds_and_saturates);
}
