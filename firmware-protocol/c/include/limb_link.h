// limb-link 1.0: the wire between a robot's microcontroller and its computer. The law is ../../SPEC.md.
//
// Everything here works on caller-owned fixed memory, allocates nothing and needs nothing of libc but <string.h>.
// Structures hold the wire's own integers; scales are declared by the device in CAPS.
#ifndef LIMB_LINK_H
#define LIMB_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Limits (SPEC 2, 3).
#define LIMB_VERSION_MAJOR 1
#define LIMB_VERSION_MINOR 0
#define LIMB_MAX_DECODED 512  // header + payload + CRC
#define LIMB_MAX_STUFFED 515  // the same after COBS, between delimiters
#define LIMB_MAX_ENCODED 517  // with both delimiters
#define LIMB_MAX_JOINTS 24
#define LIMB_MAX_FEET 8
#define LIMB_MAX_LOG_TEXT 120
#define LIMB_MAX_NAME 32
#define LIMB_MAGIC 0x424D494Cu  // "LIMB"
#define LIMB_BOOT_MAGIC 0x544F4F42u  // "BOOT"
#define LIMB_NO_JOINT 255

typedef enum limb_type {
  LIMB_HELLO = 0x01,
  LIMB_HELLO_ACK = 0x02,
  LIMB_CAPS = 0x03,
  LIMB_SENSOR_QUAD = 0x10,
  LIMB_SENSOR_ARM = 0x11,
  LIMB_COMMAND = 0x20,
  LIMB_HEARTBEAT = 0x30,
  LIMB_ESTOP = 0x31,
  LIMB_FAULT = 0x32,
  LIMB_ARM = 0x33,
  LIMB_DISARM = 0x34,
  LIMB_CLEAR = 0x35,
  LIMB_ACK = 0x36,
  LIMB_PARAM = 0x40,
  LIMB_PARAM_VALUE = 0x41,
  LIMB_TIMESYNC = 0x50,
  LIMB_STATS = 0x60,
  LIMB_LOG = 0x61,
  LIMB_BOOT = 0x62,
  LIMB_TICK = 0x70,
  LIMB_TICK_DONE = 0x71
} limb_type;

// Device states (SPEC 6). The numbers go over the wire.
typedef enum limb_state {
  LIMB_STATE_BOOT = 0,
  LIMB_STATE_WAIT_HELLO = 1,
  LIMB_STATE_DISARMED = 2,
  LIMB_STATE_ARMED = 3,
  LIMB_STATE_COAST = 4,
  LIMB_STATE_DAMP = 5,
  LIMB_STATE_HOLD = 6,
  LIMB_STATE_LIMP = 7,
  LIMB_STATE_FAULT = 8,
  LIMB_STATE_ESTOP = 9
} limb_state;

// What the motors do, in rising severity; a stop can only go up.
typedef enum limb_action {
  LIMB_ACTION_OFF = 0,
  LIMB_ACTION_FOLLOW = 1,
  LIMB_ACTION_COAST = 2,
  LIMB_ACTION_HOLD = 3,
  LIMB_ACTION_DAMP = 4,
  LIMB_ACTION_LIMP = 5
} limb_action;

// A stop action as CAPS declares it.
typedef enum limb_stop { LIMB_STOP_LIMP = 0, LIMB_STOP_DAMP = 1, LIMB_STOP_HOLD = 2 } limb_stop;

// Why the device is latched.
typedef enum limb_latch {
  LIMB_LATCH_NONE = 0,
  LIMB_LATCH_COMMAND_EXPIRED = 1,
  LIMB_LATCH_ESTOP_HOST = 2,
  LIMB_LATCH_ESTOP_INPUT = 3,
  LIMB_LATCH_FAULT = 4
} limb_latch;

// Results of HELLO, ARM, DISARM, CLEAR, PARAM, BOOT.
typedef enum limb_result {
  LIMB_OK = 0,
  LIMB_REFUSED_SESSION = 1,       // not the session of the last accepted HELLO
  LIMB_REFUSED_STATE = 2,         // not possible in this state
  LIMB_REFUSED_LATCHED = 3,       // a stop is latched: CLEAR first
  LIMB_REFUSED_FAULT = 4,         // the cause of the fault is still there (detail: low 16 fault bits)
  LIMB_REFUSED_ESTOP = 5,         // e-stop latched, or its input still pressed
  LIMB_REFUSED_FEW_COMMANDS = 6,  // fewer than 10 good mode-OFF commands in a row (detail: how many)
  LIMB_REFUSED_NOT_MEASURED = 7,  // the last mode-OFF command was further than delta from measured (detail: joint)
  LIMB_REFUSED_STALE = 8,         // the last mode-OFF command is older than its time-to-live
  LIMB_REFUSED_CAPS = 9,          // caps_crc differs
  LIMB_REFUSED_VOLTAGE = 10,      // detail: millivolts
  LIMB_REFUSED_TEMPERATURE = 11,  // detail: joint
  LIMB_REFUSED_BUSY = 12,         // HELLO of another session while ARMED or COAST
  LIMB_REFUSED_VERSION = 13,      // another major version
  LIMB_REFUSED_PARAM = 14,        // unknown parameter id
  LIMB_REFUSED_VALUE = 15,        // value out of range or of the wrong type
  LIMB_REFUSED_READ_ONLY = 16,
  LIMB_REFUSED_UNSUPPORTED = 17
} limb_result;

// SENSOR and HEARTBEAT flags.
#define LIMB_FLAG_COAST 0x0001u
#define LIMB_FLAG_POSITION_CLAMPED 0x0002u
#define LIMB_FLAG_VELOCITY_CLAMPED 0x0004u
#define LIMB_FLAG_SLEW_CLAMPED 0x0008u
#define LIMB_FLAG_TORQUE_CLAMPED 0x0010u
#define LIMB_FLAG_GAIN_CLAMPED 0x0020u
#define LIMB_FLAG_BUTTON 0x0040u
#define LIMB_FLAG_CLEARED 0x0080u    // HOLD has been cleared: ARM and DISARM are possible
#define LIMB_FLAG_ARM_READY 0x0100u  // at least 10 good mode-OFF commands in a row
#define LIMB_FLAG_IMU_STALE 0x0200u
#define LIMB_FLAG_VOLTAGE_LOW 0x0400u
#define LIMB_FLAG_TEMPERATURE_HIGH 0x0800u
#define LIMB_FLAG_MOTORS_ENABLED 0x1000u
#define LIMB_FLAG_ESTOP_INPUT 0x2000u

// Fault bits.
#define LIMB_FAULT_TEMPERATURE 0x00000001u
#define LIMB_FAULT_VOLTAGE_LOW 0x00000002u
#define LIMB_FAULT_VOLTAGE_HIGH 0x00000004u
#define LIMB_FAULT_ENCODER 0x00000008u
#define LIMB_FAULT_DRIVER 0x00000010u
#define LIMB_FAULT_IMU 0x00000020u
#define LIMB_FAULT_LOOP 0x00000040u

// CAPS sensors and session flags.
#define LIMB_SENSOR_HAS_IMU 0x0001u
#define LIMB_SENSOR_HAS_FEET 0x0002u
#define LIMB_SENSOR_HAS_GRIPPER 0x0004u
#define LIMB_SENSOR_HAS_VOLTAGE 0x0008u
#define LIMB_SENSOR_HAS_CURRENT 0x0010u
#define LIMB_SENSOR_HAS_TEMPERATURE 0x0020u
#define LIMB_SENSOR_HAS_BUTTON 0x0040u
#define LIMB_SENSOR_HAS_ESTOP_INPUT 0x0080u
#define LIMB_SENSOR_HAS_TORQUE 0x0100u
#define LIMB_CAPS_LOCKSTEP 0x0001u  // session_flags: the barrier is granted

#define LIMB_HELLO_WANTS_LOCKSTEP 0x0001u

#define LIMB_MODE_OFF 0
#define LIMB_MODE_RUN 1
#define LIMB_COMMAND_COAST 0x0001u

#define LIMB_KIND_QUADRUPED 0
#define LIMB_KIND_ARM 1

#define LIMB_CLEAR_STOP 0x01u   // DAMP, HOLD, LIMP, FAULT
#define LIMB_CLEAR_ESTOP 0x02u  // ESTOP

#define LIMB_PARAM_GET 0
#define LIMB_PARAM_SET 1
#define LIMB_PARAM_LIST 2
#define LIMB_PARAM_SAVE 3
#define LIMB_PARAM_TYPE_U32 0
#define LIMB_PARAM_TYPE_I32 1
#define LIMB_PARAM_TYPE_F32 2

// Default scales, counts per unit (SPEC 4.3). 4096 per radian: +-8 rad, so two turns of nothing overflow.
#define LIMB_DEFAULT_Q_PER_RAD 4096
#define LIMB_DEFAULT_DQ_PER_RAD_S 512
#define LIMB_DEFAULT_TAU_PER_NM 256
#define LIMB_DEFAULT_KP_PER_NM_RAD 64
#define LIMB_DEFAULT_KD_PER_NM_S_RAD 1024
#define LIMB_DEFAULT_GYRO_PER_RAD_S 512
#define LIMB_DEFAULT_ACC_PER_M_S2 128
#define LIMB_DEFAULT_FOOT_PER_N 16
#define LIMB_QUATERNION_ONE 32767
#define LIMB_GRIPPER_WIDTH_PER_M 100000
#define LIMB_GRIPPER_FORCE_PER_N 64

typedef struct limb_header {
  uint8_t version;  // major << 4 | minor
  uint8_t type;
  uint16_t seq;   // per direction and class
  uint32_t t_us;  // sender's clock, low 32 bits; for SENSOR the sampling instant
} limb_header;

typedef struct limb_hello {
  uint32_t magic;
  uint16_t session;  // never 0
  uint16_t rate_hz;  // wanted
  uint32_t nonce;
  uint16_t flags;  // LIMB_HELLO_*
} limb_hello;

typedef struct limb_hello_ack {
  uint32_t magic;
  uint16_t session;
  uint32_t nonce;
  uint8_t result;  // limb_result
  uint8_t state;   // limb_state
  uint8_t latch;   // limb_latch
  uint8_t reset_cause;
  uint8_t uuid[16];
  uint16_t board;
  uint8_t firmware_major;
  uint8_t firmware_minor;
  uint8_t firmware_patch;
  uint8_t bootloader;
  uint8_t git[8];  // first 8 bytes of the commit hash
  uint32_t uptime_ms;
  uint32_t caps_crc;
} limb_hello_ack;

typedef struct limb_scales {
  uint16_t q_per_rad;
  uint16_t dq_per_rad_s;
  uint16_t tau_per_nm;
  uint16_t kp_per_nm_rad;
  uint16_t kd_per_nm_s_rad;
  uint16_t gyro_per_rad_s;
  uint16_t acc_per_m_s2;
  uint16_t foot_per_n;
} limb_scales;

typedef struct limb_caps_joint {
  uint8_t kind;  // 0 revolute, 1 prismatic (metres and newtons in place of radians and newton metres), 2 gripper
  int16_t q_min;
  int16_t q_max;
  uint16_t dq_max;
  uint16_t tau_max;
  uint16_t kp_max;
  uint16_t kd_max;
  uint16_t slew_max;  // in dq counts
} limb_caps_joint;

typedef struct limb_caps {
  uint32_t caps_crc;       // CRC-32C of the payload from byte 8 to its end
  uint16_t rate_hz;        // granted
  uint16_t session_flags;  // LIMB_CAPS_*
  uint8_t kind;            // LIMB_KIND_*
  uint8_t n_joints;
  uint8_t n_feet;
  uint8_t on_link_loss;  // limb_stop
  uint8_t on_estop;      // limb_stop
  uint8_t temperature_max_c;
  uint16_t sensors;  // LIMB_SENSOR_HAS_*
  uint16_t max_rate_hz;
  uint16_t max_decoded;
  uint16_t ttl_min_ms;
  uint16_t ttl_max_ms;
  uint16_t limp_after_ms;
  uint16_t voltage_min_mv;
  uint16_t hold_error;  // q counts
  uint16_t arm_delta;   // q counts
  limb_scales scales;
  limb_caps_joint joints[LIMB_MAX_JOINTS];
} limb_caps;

typedef struct limb_sensor_joint {
  int16_t q;
  int16_t dq;
  int16_t tau;
  int16_t applied;  // position target as the device used it, after its own limits and slew, q counts
} limb_sensor_joint;

typedef struct limb_sensor_imu {
  int16_t quaternion[4];  // w x y z, 32767 = 1
  int16_t gyro[3];
  int16_t acc[3];  // specific force
  uint16_t imu_seq;
} limb_sensor_imu;

// SENSOR_QUAD and SENSOR_ARM; `imu` and `feet` only in the first, the gripper only in the second.
typedef struct limb_sensor {
  uint8_t n_joints;
  uint8_t n_feet;  // in SENSOR_ARM: 1 if there is a gripper, else 0
  uint8_t state;   // limb_state
  uint8_t action;  // limb_action
  uint8_t latch;   // limb_latch
  uint8_t hottest_joint;
  int8_t temperature_max_c;
  uint8_t arm_commands;  // good mode-OFF commands in a row, saturates at 255
  uint16_t flags;        // LIMB_FLAG_*
  uint16_t last_cmd_seq;
  uint16_t cmd_age_100us;  // 65535: none, or older
  uint16_t cmd_lost;
  uint16_t session;
  uint16_t voltage_mv;
  int16_t current_10ma;
  uint32_t fault;           // LIMB_FAULT_*
  uint32_t clamped_joints;  // bit j: the device changed what joint j was asked
  limb_sensor_imu imu;
  limb_sensor_joint joints[LIMB_MAX_JOINTS];
  uint16_t feet[LIMB_MAX_FEET];
  uint16_t gripper_width;
  int16_t gripper_force;
} limb_sensor;

typedef struct limb_command_joint {
  int16_t q;
  int16_t dq;
  int16_t tau;
  uint16_t kp;
  uint16_t kd;
} limb_command_joint;

typedef struct limb_command {
  uint8_t n_joints;
  uint8_t mode;
  uint16_t flags;
  uint16_t ttl_ms;
  uint16_t sensor_seq;
  uint16_t session;
  limb_command_joint joints[LIMB_MAX_JOINTS];
} limb_command;

typedef struct limb_heartbeat {
  uint8_t state;
  uint8_t load_percent;
  uint16_t flags;
  uint16_t session;
  uint8_t latch;
  uint8_t action;
  uint32_t fault;
} limb_heartbeat;

typedef struct limb_estop {
  uint8_t reason;
  uint8_t source;  // 0 host, 1 device input
} limb_estop;

typedef struct limb_fault {
  uint16_t request;  // acknowledged by an ACK that carries it
  uint16_t code;     // number of the fault bit
  uint8_t joint;
  uint8_t severity;  // 0 warning, 1 stop
  int32_t value;
} limb_fault;

typedef struct limb_arm {
  uint16_t request;
  uint16_t session;
  uint32_t caps_crc;
} limb_arm;

typedef struct limb_disarm {
  uint16_t request;
  uint16_t session;
} limb_disarm;

typedef struct limb_clear {
  uint16_t request;
  uint16_t session;
  uint8_t what;  // LIMB_CLEAR_*
} limb_clear;

typedef struct limb_ack {
  uint16_t request;
  uint8_t type;    // of the message answered
  uint8_t result;  // limb_result
  uint16_t detail;
  uint8_t state;
} limb_ack;

typedef struct limb_param {
  uint16_t request;
  uint16_t session;
  uint8_t op;
  uint8_t value_type;
  uint16_t id;  // for LIST: the index, from 0
  uint32_t value;
} limb_param;

typedef struct limb_param_value {
  uint16_t request;
  uint16_t id;
  uint8_t index;
  uint8_t count;
  uint8_t value_type;
  uint8_t flags;  // 1: read only
  uint32_t value;
  uint32_t minimum;
  uint32_t maximum;
  uint8_t name_length;
  uint8_t unit_length;
  char name[LIMB_MAX_NAME];
  char unit[LIMB_MAX_NAME];
} limb_param_value;

typedef struct limb_timesync {
  uint16_t request;
  uint64_t t1_us;  // host, when it sent
  uint64_t t2_us;  // device, when it received
  uint64_t t3_us;  // device, when it answered
} limb_timesync;

// Every byte a receiver sees ends in a frame or in exactly one of these (SPEC 3).
typedef struct limb_counters {
  uint32_t frames;
  uint32_t oversize;
  uint32_t cobs;
  uint32_t short_frame;
  uint32_t unknown_type;
  uint32_t crc;
  uint32_t bad_version;
  uint32_t bad_length;
  uint32_t bad_value;
  uint32_t seq_gap;
  uint32_t seq_repeat;
  uint32_t seq_old;
} limb_counters;

// What the device did with the COMMANDs that its receiver delivered.
typedef struct limb_command_counters {
  uint32_t applied;
  uint32_t stale;          // older than its time-to-live
  uint32_t older;          // answers an older frame than the last applied
  uint32_t repeated;       // answers the same frame without COAST
  uint32_t unknown_frame;  // answers a frame that was never sent or is forgotten
  uint32_t wrong_session;
  uint32_t wrong_count;
  uint32_t bad_ttl;
  uint32_t wrong_mode;  // RUN while not armed, OFF while running, COAST with nothing to coast on
} limb_command_counters;

typedef struct limb_stats {
  limb_counters link;
  limb_command_counters command;
  uint32_t unexpected;  // valid frames of a type that a device does not take
  uint32_t tx_dropped;
  uint32_t tick_gap_max_us;
} limb_stats;

typedef struct limb_log {
  uint8_t level;  // 0 error, 1 warning, 2 info, 3 debug
  uint8_t length;
  char text[LIMB_MAX_LOG_TEXT];
} limb_log;

typedef struct limb_boot {
  uint16_t request;
  uint16_t session;
  uint32_t magic;
} limb_boot;

typedef struct limb_tick {
  uint64_t n;
  uint64_t device_time_us;
} limb_tick;

typedef struct limb_tick_done {
  uint64_t n;
} limb_tick_done;

// One decoded message; `header.type` says which member is alive.
typedef struct limb_message {
  limb_header header;
  union {
    limb_hello hello;
    limb_hello_ack hello_ack;
    limb_caps caps;
    limb_sensor sensor;
    limb_command command;
    limb_heartbeat heartbeat;
    limb_estop estop;
    limb_fault fault;
    limb_arm arm;
    limb_disarm disarm;
    limb_clear clear;
    limb_ack ack;
    limb_param param;
    limb_param_value param_value;
    limb_timesync timesync;
    limb_stats stats;
    limb_log log;
    limb_boot boot;
    limb_tick tick;
    limb_tick_done tick_done;
  } body;
} limb_message;

typedef struct limb_decoder {
  uint8_t buffer[LIMB_MAX_STUFFED];
  uint16_t length;
  bool discarding;
  bool seen[2];           // class: 0 service, 1 cyclic
  uint16_t last_seq[2];
  limb_counters counters;
} limb_decoder;

// CRC-32C (Castagnoli, reflected, init and final xor all ones); "123456789" gives 0xE3069283.
uint32_t limb_crc32c(const uint8_t *bytes, size_t count);
// The same in pieces: begin with 0, feed the last result.
uint32_t limb_crc32c_more(uint32_t crc, const uint8_t *bytes, size_t count);

// COBS without delimiters. `out` needs count + count / 254 + 1 bytes. Returns the bytes written.
size_t limb_cobs_encode(const uint8_t *bytes, size_t count, uint8_t *out);
// Returns the decoded size (`out` needs count - 1 bytes), or SIZE_MAX if malformed. `out` may be `bytes`.
size_t limb_cobs_decode(const uint8_t *bytes, size_t count, uint8_t *out);

// Whether the type is of 1.0, and its schema hash (0 for HELLO, HELLO_ACK, ESTOP).
bool limb_type_known(uint8_t type);
uint32_t limb_schema_hash(uint8_t type);

// An empty decoder.
void limb_decoder_init(limb_decoder *decoder);
// Forgets sequence numbers (both classes), as HELLO and HELLO_ACK do by themselves.
void limb_decoder_forget_sequence(limb_decoder *decoder);
// Consumes bytes up to and including the end of the first delivered frame, or all. Sets *delivered and fills
// *message when there is one. Returns the bytes consumed; call again with the rest.
size_t limb_decoder_push(
    limb_decoder *decoder, const uint8_t *bytes, size_t count, limb_message *message, bool *delivered);

// Writes `00 COBS(header payload crc) 00`. header.version is filled in by the encoder; type, seq and t_us are the
// caller's. CAPS gets its caps_crc computed. Returns the bytes written, or 0 if the message is not
// valid (counts out of range, unknown type) or does not fit `capacity` (517 always suffices).
size_t limb_encode(const limb_message *message, uint8_t *out, size_t capacity);
// The payload alone, without header and CRC.
size_t limb_encode_payload(const limb_message *message, uint8_t *out, size_t capacity);
// The lockstep pair and the emergency stop, for callers without a message at hand (seq 0).
size_t limb_encode_tick(uint64_t n, uint64_t device_time_us, uint8_t *out, size_t capacity);
size_t limb_encode_tick_done(uint64_t n, uint8_t *out, size_t capacity);
size_t limb_encode_estop(uint8_t reason, uint8_t source, uint8_t *out, size_t capacity);

// Fixed-point conversions: round to nearest, ties away from zero, saturate, NaN gives 0.
int16_t limb_to_i16(float value, uint16_t per_unit);
uint16_t limb_to_u16(float value, uint16_t per_unit);
float limb_from_i16(int16_t value, uint16_t per_unit);
float limb_from_u16(uint16_t value, uint16_t per_unit);

#ifdef __cplusplus
}
#endif
#endif
