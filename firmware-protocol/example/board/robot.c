#include "robot.h"

#include <string.h>

#include "board.h"
#include "plant.h"

// A board's own number, for ever: a real one comes from the controller's unique identity or the production line.
static const uint8_t uuid[16] = {0x6C, 0x69, 0x6D, 0x62, 0x2D, 0x65, 0x78, 0x61,
                                 0x6D, 0x70, 0x6C, 0x65, 0x2D, 0x30, 0x30, 0x31};

// The first two hinges of a SCARA arm. Both turn about the vertical, so that damping lets nothing fall.
static const limb_joint_config joints[PLANT_JOINTS] = {
    {.kind = 0, .q_min = -2.5f, .q_max = 2.5f, .dq_max = 10.0f, .tau_max = 4.0f, .kp_max = 60.0f, .kd_max = 4.0f,
     .slew_max = 8.0f, .inward_max = 1.0f, .damp_kd = 0.8f},
    {.kind = 0, .q_min = -2.5f, .q_max = 2.5f, .dq_max = 10.0f, .tau_max = 2.0f, .kp_max = 30.0f, .kd_max = 2.0f,
     .slew_max = 8.0f, .inward_max = 1.0f, .damp_kd = 0.3f},
};

void robot_configure(limb_firmware_config *config) {
  limb_firmware_config_defaults(config);
  config->kind = LIMB_KIND_ARM;
  config->n_joints = PLANT_JOINTS;
  config->sensors = LIMB_SENSOR_HAS_TORQUE;
  memcpy(config->joints, joints, sizeof joints);
  memcpy(config->uuid, uuid, sizeof uuid);
  config->board = 0x0386;
  config->firmware_version[0] = 1;
  config->firmware_version[1] = 0;
  config->firmware_version[2] = 0;
  memcpy(config->git, EXAMPLE_COMMIT, sizeof config->git);
  config->reset_cause = board_reset_cause();
  config->max_rate_hz = 200;
  config->on_link_loss = LIMB_STOP_DAMP;
  config->on_estop = LIMB_STOP_DAMP;
}
