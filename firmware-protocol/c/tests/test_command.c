// SPEC 7: commands and their time to live.
#include <string.h>

#include "check.h"
#include "rig.h"

static rig r;

static void age_counts_from_sampling_not_from_arrival(void) {
  rig_init_running(&r);
  rig_silence(&r);
  // A frame is sampled; its answer arrives 40 ms later, just alive: 50 ms after sampling it coasts all the same.
  rig_next_frame(&r);
  const uint64_t sampled_us = r.now_us;
  const uint32_t applied = r.fw.command_counters.applied;
  const limb_header header = r.sensor_header;
  rig_tick(&r, 40);
  r.sensor_header = header;
  rig_answer(&r);
  CHECK_EQUAL(r.fw.command_counters.applied, applied + 1);
  CHECK_EQUAL(r.fw.command_time_us, sampled_us);
  CHECK_STATE_AFTER(&r, 9, LIMB_STATE_ARMED);
  CHECK_STATE_AFTER(&r, 1, LIMB_STATE_COAST);
  CHECK_STATE_AFTER(&r, 49, LIMB_STATE_COAST);
  CHECK_STATE_AFTER(&r, 1, LIMB_STATE_DAMP);
}

static void coast_begins_at_half_the_time_to_live_and_a_command_ends_it(void) {
  rig_init_running(&r);
  r.feed_forward = 1.0f;
  r.dq = 1.0f;
  for (size_t j = 0; j < RIG_JOINTS; j++) r.target[j] = r.sample.q[j];
  rig_tick(&r, 5);
  CHECK(r.output.tau[0] == 1.0f + r.kd);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 60, LIMB_STATE_COAST);
  CHECK(r.sensor.flags & LIMB_FLAG_COAST);
  CHECK(r.output.tau[0] > -0.01f && r.output.tau[0] < 0.01f);  // neither feed-forward nor velocity
  rig_answer(&r);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
  rig_tick(&r, 1);
  CHECK(r.output.tau[0] > 1.4f);
}

static void the_target_goes_on_while_coasting(void) {
  rig_init_running(&r);
  r.kp = 1.0f;
  r.target[0] = r.sample.q[0] + 1.4f;  // 70 ms at 20 rad/s
  rig_tick(&r, 2);
  rig_silence(&r);
  CHECK_STATE_AFTER(&r, 80, LIMB_STATE_COAST);
  CHECK(r.fw.joints[0].applied == r.fw.joints[0].target);
  CHECK(r.output.tau[0] > 1.35f);
}

static void a_command_older_than_its_time_to_live_is_stale(void) {
  rig_init_running(&r);
  rig_tick(&r, 4);
  rig_silence(&r);
  rig_tick(&r, 2);
  const limb_header header = r.sensor_header;
  rig_tick(&r, 40);
  r.sensor_header = header;
  r.command.ttl_ms = 30;
  rig_answer(&r);
  CHECK_EQUAL(r.fw.command_counters.stale, 1);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
}

static void older_repeated_and_unknown_frames_are_dropped_by_name(void) {
  rig_init_running(&r);
  rig_tick(&r, 800);  // more frames than are remembered
  rig_silence(&r);
  const limb_header header = r.sensor_header;
  const limb_command_counters before = r.fw.command_counters;
  const uint16_t lost = r.fw.command_lost;
  rig_answer(&r);
  CHECK_EQUAL(r.fw.command_counters.repeated, before.repeated + 1);
  r.sensor_header.seq = (uint16_t)(header.seq - 1);
  rig_answer(&r);
  CHECK_EQUAL(r.fw.command_counters.older, before.older + 1);
  r.sensor_header.seq = (uint16_t)(header.seq + 1);
  rig_answer(&r);
  CHECK_EQUAL(r.fw.command_counters.unknown_frame, before.unknown_frame + 1);
  r.sensor_header.seq = (uint16_t)(header.seq - 300);
  rig_answer(&r);
  CHECK_EQUAL(r.fw.command_counters.unknown_frame, before.unknown_frame + 2);
  CHECK_EQUAL(r.fw.command_counters.applied, before.applied);
  CHECK_EQUAL((uint16_t)(r.fw.command_lost - lost), 4);
}

static void wrong_session_count_ttl_and_mode_are_dropped_by_name(void) {
  rig_init_running(&r);
  rig_silence(&r);
  rig_tick(&r, 2);
  r.session = 8;
  rig_answer(&r);
  CHECK_EQUAL(r.fw.command_counters.wrong_session, 1);
  r.session = 7;
  r.config.n_joints = 7;
  rig_answer(&r);
  CHECK_EQUAL(r.fw.command_counters.wrong_count, 1);
  r.config.n_joints = RIG_JOINTS;
  r.command.ttl_ms = 5;
  rig_answer(&r);
  CHECK_EQUAL(r.fw.command_counters.bad_ttl, 1);
  r.command.ttl_ms = 0;
  r.command.mode = LIMB_MODE_OFF;
  const uint32_t before = r.fw.command_counters.wrong_mode;
  rig_answer(&r);
  CHECK_EQUAL(r.fw.command_counters.wrong_mode, before + 1);
  r.command.mode = LIMB_MODE_RUN;
  rig_answer(&r);  // the frame was not used up by the refusals
  CHECK_EQUAL(r.fw.command_counters.wrong_mode, before + 1);
  CHECK_EQUAL(r.fw.last_command_seq, (uint16_t)(r.cyclic_seq - 1));
}

static void time_to_live_is_cut_at_200_ms(void) {
  rig_init_running(&r);
  r.command.ttl_ms = 60000;
  rig_tick(&r, 4);
  rig_silence(&r);
  while (!r.output.cyclic) rig_tick(&r, 1);
  rig_answer(&r);
  CHECK_STATE_AFTER(&r, 199, LIMB_STATE_COAST);
  CHECK_STATE_AFTER(&r, 1, LIMB_STATE_DAMP);
}

static void an_old_frame_is_stale_whatever_the_host_asks(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  const limb_header header = r.sensor_header;
  rig_tick(&r, 210);
  r.sensor_header = header;
  r.command.ttl_ms = 60000;
  rig_answer(&r);
  CHECK_EQUAL(r.fw.command_counters.stale, 1);
}

static void a_coast_command_does_not_extend_the_time_to_live(void) {
  rig_init_running(&r);
  r.feed_forward = 1.0f;
  rig_tick(&r, 4);
  while (!r.output.cyclic) rig_tick(&r, 1);
  rig_silence(&r);
  const uint32_t applied = r.fw.command_counters.applied;
  r.command.flags = LIMB_COMMAND_COAST;
  r.answering = true;
  rig_answer(&r);  // the same frame again: allowed with the flag
  CHECK_EQUAL(r.fw.command_counters.applied, applied + 1);
  rig_tick(&r, 1);
  CHECK(r.output.tau[0] < 0.01f);  // its feed-forward does not count
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
  CHECK_STATE_AFTER(&r, 48, LIMB_STATE_ARMED);
  CHECK_STATE_AFTER(&r, 1, LIMB_STATE_COAST);
  CHECK_STATE_AFTER(&r, 49, LIMB_STATE_COAST);
  CHECK_STATE_AFTER(&r, 1, LIMB_STATE_DAMP);
}

static void only_commands_feed_the_watchdog(void) {
  rig_init_running(&r);
  rig_silence(&r);
  limb_message m;
  memset(&m, 0, sizeof m);
  for (int i = 0; i < 110; i++) {
    rig_tick(&r, 1);
    rig_send(&r, LIMB_HEARTBEAT, &m);
    const uint8_t garbage[4] = {0x03, 0x20, 0x11, 0x00};
    rig_give(&r, garbage, sizeof garbage);
  }
  CHECK_EQUAL(r.fw.state, LIMB_STATE_DAMP);
}

static void lost_commands_are_counted_from_the_gaps(void) {
  rig_init_running(&r);
  const uint16_t lost = r.fw.command_lost;
  r.cyclic_seq = (uint16_t)(r.cyclic_seq + 5);
  rig_tick(&r, 4);
  CHECK_EQUAL((uint16_t)(r.sensor.cmd_lost - lost), 5);
  CHECK_EQUAL(r.fw.decoder.counters.seq_gap, 5);
  CHECK_EQUAL(r.sensor.cmd_age_100us, 20);
}

static void a_duplicate_or_late_frame_is_not_applied_twice(void) {
  rig_init_running(&r);
  const uint32_t applied = r.fw.command_counters.applied;
  r.cyclic_seq--;
  rig_answer(&r);
  r.cyclic_seq = (uint16_t)(r.cyclic_seq - 3);
  rig_answer(&r);
  CHECK_EQUAL(r.fw.decoder.counters.seq_repeat, 1);
  CHECK_EQUAL(r.fw.decoder.counters.seq_old, 1);
  CHECK_EQUAL(r.fw.command_counters.applied, applied);
}

void command_tests(void) {
  RUN(age_counts_from_sampling_not_from_arrival);
  RUN(coast_begins_at_half_the_time_to_live_and_a_command_ends_it);
  RUN(the_target_goes_on_while_coasting);
  RUN(a_command_older_than_its_time_to_live_is_stale);
  RUN(older_repeated_and_unknown_frames_are_dropped_by_name);
  RUN(wrong_session_count_ttl_and_mode_are_dropped_by_name);
  RUN(time_to_live_is_cut_at_200_ms);
  RUN(an_old_frame_is_stale_whatever_the_host_asks);
  RUN(a_coast_command_does_not_extend_the_time_to_live);
  RUN(only_commands_feed_the_watchdog);
  RUN(lost_commands_are_counted_from_the_gaps);
  RUN(a_duplicate_or_late_frame_is_not_applied_twice);
}
