// SPEC 4.6: parameters, time, statistics, boot, log; and the transmit buffer.
#include <string.h>

#include "check.h"
#include "rig.h"

static rig r;

static void param(uint8_t op, uint16_t id, uint8_t type, uint32_t value) {
  limb_message m;
  memset(&m, 0, sizeof m);
  m.body.param.request = ++r.request;
  m.body.param.session = r.session;
  m.body.param.op = op;
  m.body.param.id = id;
  m.body.param.value_type = type;
  m.body.param.value = value;
  rig_send(&r, LIMB_PARAM, &m);
}

static void the_episode_can_be_announced(void) {
  rig_init_running(&r);
  param(LIMB_PARAM_SET, 1, LIMB_PARAM_TYPE_U32, 4000000000u);
  CHECK_EQUAL(r.param_values, 1);
  CHECK_EQUAL(r.param_value.value, 4000000000u);
  CHECK_EQUAL(r.param_value.request, r.request);
  CHECK_EQUAL(r.fw.episode, 4000000000u);
  CHECK_EQUAL(r.fw.episode_changed, true);
  CHECK_EQUAL(r.fw.state, LIMB_STATE_ARMED);
}

static void an_unknown_parameter_is_refused(void) {
  limb_firmware_config config;
  rig_config(&config);
  config.has_episode = false;
  rig_init_with(&r, &config);
  rig_to_disarmed(&r);
  param(LIMB_PARAM_SET, 1, LIMB_PARAM_TYPE_U32, 1);
  CHECK_EQUAL(r.acks, 1);
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_PARAM);
  CHECK_EQUAL(r.ack.request, r.request);
  CHECK_EQUAL(r.param_values, 0);
  param(LIMB_PARAM_GET, 999, 0, 0);
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_PARAM);
  param(LIMB_PARAM_LIST, 5, 0, 0);
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_PARAM);
  param(LIMB_PARAM_LIST, 65535, 0, 0);
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_PARAM);
}

static void every_parameter_describes_itself(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  for (uint16_t index = 0; index < 6; index++) {
    param(LIMB_PARAM_LIST, index, 0, 0);
    CHECK_EQUAL(r.param_values, index + 1);
    CHECK_EQUAL(r.param_value.index, index);
    CHECK_EQUAL(r.param_value.count, 6);
    CHECK(r.param_value.name_length > 3);
  }
  CHECK(memcmp(r.param_value.name, "handover_ms", 11) == 0);
  CHECK(memcmp(r.param_value.unit, "ms", 2) == 0);
}

static void a_parameter_is_checked_before_it_is_set(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  param(LIMB_PARAM_SET, 2, LIMB_PARAM_TYPE_U32, 100);
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_READ_ONLY);
  param(LIMB_PARAM_SET, 4, LIMB_PARAM_TYPE_U32, 1999);
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_VALUE);
  param(LIMB_PARAM_SET, 5, LIMB_PARAM_TYPE_U32, 1);
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_VALUE);
  param(LIMB_PARAM_SET, 5, LIMB_PARAM_TYPE_F32, 0x7FC00000u);  // not a number
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_VALUE);
  param(LIMB_PARAM_SET, 5, LIMB_PARAM_TYPE_F32, 0x3F000000u);
  CHECK(r.fw.config.hold_torque_ratio == 0.5f);
  r.session = 8;
  param(LIMB_PARAM_SET, 1, LIMB_PARAM_TYPE_U32, 1);
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_SESSION);
  param(LIMB_PARAM_GET, 1, 0, 0);
  CHECK_EQUAL(r.param_values, 2);
  r.session = 7;
  param(LIMB_PARAM_SAVE, 0, 0, 0);
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_UNSUPPORTED);
}

static void safety_parameters_are_fixed_while_armed(void) {
  rig_init_running(&r);
  param(LIMB_PARAM_SET, 3, LIMB_PARAM_TYPE_U32, 0);
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_STATE);
  CHECK_EQUAL(rig_disarm(&r), LIMB_OK);
  const uint32_t crc = r.caps.caps_crc;
  param(LIMB_PARAM_SET, 3, LIMB_PARAM_TYPE_U32, 500);
  CHECK_EQUAL(r.param_value.value, 500);
  CHECK_EQUAL(r.caps.limp_after_ms, 500);
  CHECK(r.caps.caps_crc != crc);
  CHECK_EQUAL(r.caps.caps_crc, r.fw.caps_crc);
}

static void time_is_answered_with_device_time(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  limb_message m;
  memset(&m, 0, sizeof m);
  m.body.timesync.request = 77;
  m.body.timesync.t1_us = 0x123456789ABCDEF0u;
  rig_send(&r, LIMB_TIMESYNC, &m);
  CHECK_EQUAL(r.timesync.request, 77);
  CHECK(r.timesync.t1_us == 0x123456789ABCDEF0u);
  CHECK(r.timesync.t2_us == r.now_us);
  CHECK(r.timesync.t3_us == r.now_us);
}

static void statistics_come_once_a_second(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  const uint8_t garbage[6] = {9, 1, 2, 0, 1, 0};
  rig_give(&r, garbage, sizeof garbage);
  rig_tick(&r, 1000);
  CHECK_EQUAL(r.stats.link.frames, 1);
  CHECK_EQUAL(r.stats.link.cobs, 1);
  CHECK_EQUAL(r.stats.link.short_frame, 1);
  CHECK_EQUAL(r.stats.tick_gap_max_us, 1000);
}

static void a_frame_that_is_not_for_a_device_is_counted(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  limb_message m;
  memset(&m, 0, sizeof m);
  rig_send(&r, LIMB_STATS, &m);
  CHECK_EQUAL(r.fw.unexpected, 1);
}

static void the_boot_loader_is_reached_only_while_disarmed(void) {
  rig_init_running(&r);
  limb_message m;
  memset(&m, 0, sizeof m);
  m.body.boot.session = 7;
  rig_send(&r, LIMB_BOOT, &m);
  CHECK_EQUAL(r.ack.result, LIMB_REFUSED_STATE);
  CHECK_EQUAL(rig_disarm(&r), LIMB_OK);
  rig_send(&r, LIMB_BOOT, &m);
  CHECK_EQUAL(r.ack.result, LIMB_OK);
  CHECK_EQUAL(r.fw.boot_requested, true);
}

static void a_log_line_is_cut(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  char text[200];
  memset(text, 'x', sizeof text);
  text[199] = 0;
  limb_firmware_log(&r.fw, 1, text);
  rig_tick(&r, 1);
  CHECK_EQUAL(r.logs, 1);
  CHECK_EQUAL(r.log.length, LIMB_MAX_LOG_TEXT);
}

static void a_full_transmit_buffer_drops_whole_frames(void) {
  rig_init(&r);
  rig_to_disarmed(&r);
  for (int i = 0; i < 200; i++) {  // nobody reads
    r.now_us += 1000;
    limb_firmware_tick(&r.fw, &r.sample, r.now_us, &r.output);
  }
  CHECK(r.fw.tx_dropped > 60);
  CHECK(r.fw.transmit_count <= LIMB_TRANSMIT_CAPACITY);
  const int before = r.sensors;
  rig_tick(&r, 4);
  CHECK(r.sensors > before + 20);
  CHECK_EQUAL(r.decoder.counters.cobs + r.decoder.counters.crc + r.decoder.counters.short_frame, 0);
  CHECK(r.decoder.counters.seq_gap >= r.fw.tx_dropped - 2);
}

void service_tests(void) {
  RUN(the_episode_can_be_announced);
  RUN(an_unknown_parameter_is_refused);
  RUN(every_parameter_describes_itself);
  RUN(a_parameter_is_checked_before_it_is_set);
  RUN(safety_parameters_are_fixed_while_armed);
  RUN(time_is_answered_with_device_time);
  RUN(statistics_come_once_a_second);
  RUN(a_frame_that_is_not_for_a_device_is_counted);
  RUN(the_boot_loader_is_reached_only_while_disarmed);
  RUN(a_log_line_is_cut);
  RUN(a_full_transmit_buffer_drops_whole_frames);
}
