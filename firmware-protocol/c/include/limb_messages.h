// limb-link 1.0: the messages that greet, measure and command (SPEC 4.1 to 4.5), in the wire's own integers.
#ifndef LIMB_MESSAGES_H
#define LIMB_MESSAGES_H

#include <stdint.h>

#include "limb_numbers.h"

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

#endif
