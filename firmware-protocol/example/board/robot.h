// What this board is flashed with: the robot's joints and their limits.
#ifndef EXAMPLE_ROBOT_H
#define EXAMPLE_ROBOT_H

#include "limb_firmware.h"

void robot_configure(limb_firmware_config *config);

#endif
