// Every message's fields in the order of the wire (SPEC 4), once for encoder and decoder. F(how, field) stands for one
// number, A(how, field) for an array of them; `how` is a function of reader.h and writer.h. Lists whose length another
// field tells follow in the code. Private to the codec: the tests keep a list of their own, so that a mistake here
// cannot confirm itself.
#ifndef LIMB_FIELDS_H
#define LIMB_FIELDS_H

// After the magic.
#define LIMB_FIELDS_HELLO(F) F(u16, session) F(u16, rate_hz) F(u32, nonce) F(u16, flags)

// After the magic.
#define LIMB_FIELDS_HELLO_ACK(F, A)                                                                                    \
  F(u16, session) F(u32, nonce) F(u8, result) F(u8, state) F(u8, latch) F(u8, reset_cause) A(u8, uuid)                 \
  F(u16, board) F(u8, firmware_major) F(u8, firmware_minor) F(u8, firmware_patch) F(u8, bootloader) A(u8, git)         \
  F(u32, uptime_ms) F(u32, caps_crc)

// Between caps_crc and the scales.
#define LIMB_FIELDS_CAPS(F)                                                                                            \
  F(u16, rate_hz) F(u16, session_flags) F(u8, kind) F(u8, n_joints) F(u8, n_feet) F(u8, on_link_loss)                  \
  F(u8, on_estop) F(u8, temperature_max_c) F(u16, sensors) F(u16, max_rate_hz) F(u16, max_decoded)                     \
  F(u16, ttl_min_ms) F(u16, ttl_max_ms) F(u16, limp_after_ms) F(u16, voltage_min_mv) F(u16, hold_error)                \
  F(u16, arm_delta)

#define LIMB_FIELDS_SCALES(F)                                                                                          \
  F(u16, q_per_rad) F(u16, dq_per_rad_s) F(u16, tau_per_nm) F(u16, kp_per_nm_rad) F(u16, kd_per_nm_s_rad)              \
  F(u16, gyro_per_rad_s) F(u16, acc_per_m_s2) F(u16, foot_per_n)

#define LIMB_FIELDS_CAPS_JOINT(F)                                                                                      \
  F(u8, kind) F(i16, q_min) F(i16, q_max) F(u16, dq_max) F(u16, tau_max) F(u16, kp_max) F(u16, kd_max)                 \
  F(u16, slew_max)

// What SENSOR_QUAD and SENSOR_ARM begin with.
#define LIMB_FIELDS_SENSOR(F)                                                                                          \
  F(u8, n_joints) F(u8, n_feet) F(u8, state) F(u8, action) F(u8, latch) F(u8, hottest_joint)                           \
  F(i8, temperature_max_c) F(u8, arm_commands) F(u16, flags) F(u16, last_cmd_seq) F(u16, cmd_age_100us)                \
  F(u16, cmd_lost) F(u16, session) F(u16, voltage_mv) F(i16, current_10ma) F(u32, fault) F(u32, clamped_joints)

#define LIMB_FIELDS_SENSOR_IMU(F, A) A(i16, quaternion) A(i16, gyro) A(i16, acc) F(u16, imu_seq)

#define LIMB_FIELDS_SENSOR_JOINT(F) F(i16, q) F(i16, dq) F(i16, tau) F(i16, applied)

#define LIMB_FIELDS_COMMAND(F)                                                                                         \
  F(u8, n_joints) F(u8, mode) F(u16, flags) F(u16, ttl_ms) F(u16, sensor_seq) F(u16, session)

#define LIMB_FIELDS_COMMAND_JOINT(F) F(i16, q) F(i16, dq) F(i16, tau) F(u16, kp) F(u16, kd)

#define LIMB_FIELDS_HEARTBEAT(F)                                                                                       \
  F(u8, state) F(u8, load_percent) F(u16, flags) F(u16, session) F(u8, latch) F(u8, action) F(u32, fault)

#define LIMB_FIELDS_ESTOP(F) F(u8, reason) F(u8, source)

#define LIMB_FIELDS_FAULT(F) F(u16, request) F(u16, code) F(u8, joint) F(u8, severity) F(i32, value)

#define LIMB_FIELDS_ARM(F) F(u16, request) F(u16, session) F(u32, caps_crc)

#define LIMB_FIELDS_DISARM(F) F(u16, request) F(u16, session)

#define LIMB_FIELDS_CLEAR(F) F(u16, request) F(u16, session) F(u8, what)

#define LIMB_FIELDS_ACK(F) F(u16, request) F(u8, type) F(u8, result) F(u16, detail) F(u8, state)

#define LIMB_FIELDS_PARAM(F)                                                                                           \
  F(u16, request) F(u16, session) F(u8, op) F(u8, value_type) F(u16, id) F(u32, value)

#define LIMB_FIELDS_PARAM_VALUE(F)                                                                                     \
  F(u16, request) F(u16, id) F(u8, index) F(u8, count) F(u8, value_type) F(u8, flags) F(u32, value)                    \
  F(u32, minimum) F(u32, maximum) F(u8, name_length) F(u8, unit_length)

#define LIMB_FIELDS_TIMESYNC(F) F(u16, request) F(u64, t1_us) F(u64, t2_us) F(u64, t3_us)

#define LIMB_FIELDS_STATS(F)                                                                                           \
  F(u32, link.frames) F(u32, link.oversize) F(u32, link.cobs) F(u32, link.short_frame) F(u32, link.unknown_type)       \
  F(u32, link.crc) F(u32, link.bad_version) F(u32, link.bad_length) F(u32, link.bad_value)                             \
  F(u32, link.seq_gap) F(u32, link.seq_repeat) F(u32, link.seq_old) F(u32, command.applied)                            \
  F(u32, command.stale) F(u32, command.older) F(u32, command.repeated) F(u32, command.unknown_frame)                   \
  F(u32, command.wrong_session) F(u32, command.wrong_count) F(u32, command.bad_ttl) F(u32, command.wrong_mode)         \
  F(u32, unexpected) F(u32, tx_dropped) F(u32, tick_gap_max_us)

#define LIMB_FIELDS_LOG(F) F(u8, level) F(u8, length)

// Before the magic.
#define LIMB_FIELDS_BOOT(F) F(u16, request) F(u16, session)

#define LIMB_FIELDS_TICK(F) F(u64, n) F(u64, device_time_us)

#define LIMB_FIELDS_TICK_DONE(F) F(u64, n)

#endif
