// What stands where motors, drivers and encoders would: two joints with inertia and friction, a millisecond at a time.
#ifndef EXAMPLE_PLANT_H
#define EXAMPLE_PLANT_H

#include "limb_firmware.h"

#define PLANT_JOINTS 2

typedef struct plant {
  float position_rad[PLANT_JOINTS];
  float velocity_rad_s[PLANT_JOINTS];
  float torque_nm[PLANT_JOINTS];
} plant;

// The joints rest where nobody left them on purpose: off the stance that a profile asks for.
void plant_start(plant *p);
// A millisecond goes by under the torques applied last.
void plant_move(plant *p);
void plant_read(const plant *p, limb_firmware_sample *sample);
void plant_apply(plant *p, const limb_firmware_output *output);

#endif
