// limb-link 1.0: what its numbers mean: limits, message types, states, reasons, flags, scales (SPEC 1 to 6).
#ifndef LIMB_NUMBERS_H
#define LIMB_NUMBERS_H


// Limits (SPEC 1, 4).
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
#define LIMB_NO_TEMPERATURE (-128)  // not measured, degrees Celsius
// No motor is colder or hotter: what says so is a broken sensor.
#define LIMB_TEMPERATURE_LOWEST_C (-40)
#define LIMB_TEMPERATURE_HIGHEST_C 150

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
#define LIMB_FAULT_TEMPERATURE_SENSOR 0x00000080u

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

#endif
