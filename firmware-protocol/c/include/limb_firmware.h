// The firmware side of limb-link: states, watchdogs, joint control at 1 kHz (SPEC 6 to 9). Portable C99, one
// structure of fixed size, no allocation, float arithmetic, nothing of libc but <string.h>.
//
// A board (or a simulator) calls, from one thread:
//   limb_firmware_init      once
//   limb_firmware_receive   whenever bytes came
//   limb_firmware_tick      every millisecond with fresh samples; applies the returned torques
//   limb_firmware_transmit  to take the bytes to send
#ifndef LIMB_FIRMWARE_H
#define LIMB_FIRMWARE_H

#include "limb_link.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LIMB_TICK_HZ 1000
#define LIMB_FRAME_MEMORY 256  // sampling times remembered, in cyclic frames
#define LIMB_TRANSMIT_CAPACITY 4096
#define LIMB_TTL_LIMIT_MS 200
#define LIMB_ARM_COMMANDS 10

// Joint units: radians at the joint (metres if prismatic), torques at the joint.
typedef struct limb_joint_config {
  uint8_t kind;  // as in CAPS
  float q_min;
  float q_max;
  float dq_max;    // also: no torque that accelerates beyond it
  float tau_max;   // true torque clamp, always active
  float kp_max;
  float kd_max;
  float slew_max;  // of the position target, rad/s
  float inward_max;  // the same while the joint is outside its range, at most slew_max
  float damp_kd;   // damping of DAMP, and the least damping of HOLD
} limb_joint_config;

typedef struct limb_firmware_config {
  uint8_t kind;  // LIMB_KIND_*
  uint8_t n_joints;
  uint8_t n_feet;
  uint16_t sensors;  // LIMB_SENSOR_HAS_*
  limb_joint_config joints[LIMB_MAX_JOINTS];
  limb_scales scales;
  uint8_t uuid[16];
  uint16_t board;
  uint8_t firmware_version[3];
  uint8_t bootloader;
  uint8_t git[8];
  uint8_t reset_cause;
  uint16_t max_rate_hz;  // 50...1000
  uint16_t ttl_min_ms;
  uint16_t ttl_max_ms;  // at most 200
  bool grants_lockstep;
  bool has_episode;   // PARAM `episode` exists
  bool can_save;      // PARAM save: the application watches `save_requested`
  uint8_t on_link_loss;  // limb_stop
  uint8_t on_estop;      // limb_stop
  uint16_t limp_after_ms;     // DAMP becomes LIMP after this; 0: never
  float hold_error_rad;       // HOLD target stays this near to measured
  float hold_torque_ratio;    // of tau_max, (0, 1]: the current cap of HOLD
  uint16_t hold_fade_ms;      // at least 2000
  uint16_t handover_ms;       // gains blend from HOLD to commands after ARM
  float arm_delta_rad;        // |q_cmd - q| of a mode-OFF command
  float voltage_min_v;        // below: ARM refused, flag
  float voltage_fault_v;      // below for fault_debounce_ms: FAULT
  float voltage_max_v;        // above for fault_debounce_ms: FAULT
  float temperature_warn_c;   // above: ARM refused, flag
  float temperature_max_c;    // above for fault_debounce_ms: FAULT; in HOLD: fade; at most 150
  uint16_t fault_debounce_ms;
  uint16_t first_cyclic_seq;  // a simulator starts near the wrap
} limb_firmware_config;

typedef struct limb_firmware_sample {
  float q[LIMB_MAX_JOINTS];
  float dq[LIMB_MAX_JOINTS];
  float tau[LIMB_MAX_JOINTS];  // measured or estimated torque
  float temperature_c[LIMB_MAX_JOINTS];  // LIMB_NO_TEMPERATURE from the start: this joint has no sensor
  float quaternion[4];  // w x y z, body to world
  float gyro_rad_s[3];
  float acc_m_s2[3];
  uint16_t imu_seq;  // counts fresh IMU samples
  float foot_n[LIMB_MAX_FEET];
  float voltage_v;
  float current_a;
  float gripper_width_m;
  float gripper_force_n;
  bool button;
  bool estop_input;
  uint32_t driver_fault;  // LIMB_FAULT_DRIVER and others the board detects itself; as long as the cause lasts
} limb_firmware_sample;

typedef struct limb_firmware_output {
  float tau[LIMB_MAX_JOINTS];  // to apply until the next tick
  bool motors_enabled;
  uint8_t state;   // limb_state
  uint8_t action;  // limb_action
  bool cyclic;     // a SENSOR frame was put into the transmit buffer in this tick
  uint16_t cyclic_seq;
} limb_firmware_output;

// What the motors were last asked for, after limits, in joint units.
typedef struct limb_joint_control {
  float target;   // requested position, clamped
  float applied;  // slewed towards target
  float dq;
  float tau;
  float kp;
  float kd;
} limb_joint_control;

typedef struct limb_firmware {
  limb_firmware_config config;
  limb_decoder decoder;
  limb_message message;   // the one just received
  limb_message outgoing;  // the one being encoded
  uint8_t state;
  uint8_t action;
  uint8_t latch;
  bool cleared;
  bool running;      // a RUN command was applied since ARM
  bool have_sample;
  bool valid;        // the configuration is safe
  bool coast_flagged;  // the last RUN command carried COAST: velocity and feed-forward count as zero
  uint64_t now_us;
  uint64_t boot_us;
  uint64_t last_tick_us;
  uint32_t ticks;
  // session
  uint16_t session;
  uint32_t nonce;
  uint16_t rate_hz;
  uint16_t ticks_per_frame;
  uint16_t tick_in_frame;
  bool lockstep;
  uint32_t caps_crc;
  uint16_t service_seq;
  uint64_t frames_sent;    // cyclic, since boot: the device tick
  uint64_t session_frame;  // frames_sent when the session began
  uint64_t frame_time_us[LIMB_FRAME_MEMORY];
  // commands
  bool have_command;            // of the link session
  uint64_t command_frame;       // device tick that the last applied command answers
  uint64_t command_time_us;     // its sampling time: age counts from here
  uint32_t command_ttl_us;
  uint16_t last_command_seq;
  uint32_t arm_count;
  uint8_t far_joint;  // of the last mode-OFF command: LIMB_NO_JOINT if all were near
  limb_joint_control joints[LIMB_MAX_JOINTS];
  limb_joint_control held[LIMB_MAX_JOINTS];
  uint64_t action_us;    // when the present action began
  uint64_t handover_us;  // when ARM took over from HOLD; 0: none
  bool fading;
  uint64_t fade_us;
  uint16_t clamp_flags;
  uint32_t clamped_joints;
  // faults
  uint32_t fault;         // latched bits
  uint32_t fault_now;     // bits whose cause is present
  uint64_t voltage_since_us[2];  // low, high: 0 if absent
  uint64_t temperature_since_us[LIMB_MAX_JOINTS];  // too hot or implausible, one of both: 0 if neither
  uint32_t temperature_joints;  // bit j: joint j has said something else than LIMB_NO_TEMPERATURE
  uint16_t fault_request;
  uint8_t fault_tries;
  uint64_t fault_sent_us;
  limb_fault fault_report;
  // parameters
  uint32_t episode;
  bool episode_changed;  // set with every PARAM set of `episode`; the application resets it
  bool save_requested;
  bool boot_requested;
  // counters and output
  limb_command_counters command_counters;
  uint32_t unexpected;
  uint32_t tx_dropped;
  uint32_t tick_gap_max_us;
  uint16_t command_lost;  // in the link session: never arrived, or dropped
  bool have_previous_seq;
  uint16_t previous_seq;  // of the COMMAND delivered last
  uint64_t arm_count_us;  // when the last good mode-OFF command came
  uint64_t heartbeat_us;
  uint64_t imu_us;  // when imu_seq last changed
  uint64_t stats_us;
  limb_firmware_sample sample;
  uint8_t transmit[LIMB_TRANSMIT_CAPACITY];
  size_t transmit_count;
} limb_firmware;

// Fills in everything but uuid, kind, n_joints, n_feet, sensors and the joints' limits with the defaults of SPEC 9.
void limb_firmware_config_defaults(limb_firmware_config *config);

// False if the configuration is not safe to run (a limit missing, not finite, out of range): state stays BOOT and
// tick never enables a motor.
bool limb_firmware_init(limb_firmware *fw, const limb_firmware_config *config);

// Feeds bytes from the host. Never blocks; bounded time per byte.
void limb_firmware_receive(limb_firmware *fw, const uint8_t *bytes, size_t count, uint64_t now_us);

// One millisecond: faults, watchdogs, joint control, cyclic frames. `now_us` is the sampling instant.
void limb_firmware_tick(
    limb_firmware *fw, const limb_firmware_sample *sample, uint64_t now_us, limb_firmware_output *output);

// Takes up to `capacity` outgoing bytes; returns how many.
size_t limb_firmware_transmit(limb_firmware *fw, uint8_t *out, size_t capacity);

// Sends a LOG (text cut to 120 bytes); dropped and counted if the transmit buffer is full.
void limb_firmware_log(limb_firmware *fw, uint8_t level, const char *text);

#ifdef __cplusplus
}
#endif
#endif
