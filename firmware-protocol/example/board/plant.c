#include "plant.h"

#define SECONDS_PER_STEP 0.001f
#define STOP_RAD 2.8f  // mechanical, on either side

// Of each joint: what it turns, and the viscous friction of its bearing and gear.
static const float inertia_kg_m2[PLANT_JOINTS] = {0.04f, 0.01f};
static const float friction_nm_s_rad[PLANT_JOINTS] = {0.05f, 0.02f};
static const float start_rad[PLANT_JOINTS] = {-0.6f, 1.4f};

void plant_start(plant *p) {
  for (size_t j = 0; j < PLANT_JOINTS; j++) {
    p->position_rad[j] = start_rad[j];
    p->velocity_rad_s[j] = 0.0f;
    p->torque_nm[j] = 0.0f;
  }
}

// Semi-implicit Euler: the new velocity moves the joint, which keeps a stiff loop from gaining energy.
static void step(plant *p, size_t j) {
  const float torque_nm = p->torque_nm[j] - friction_nm_s_rad[j] * p->velocity_rad_s[j];
  p->velocity_rad_s[j] += torque_nm / inertia_kg_m2[j] * SECONDS_PER_STEP;
  p->position_rad[j] += p->velocity_rad_s[j] * SECONDS_PER_STEP;
  const float stop_rad = p->position_rad[j] > 0.0f ? STOP_RAD : -STOP_RAD;
  if (p->position_rad[j] <= STOP_RAD && p->position_rad[j] >= -STOP_RAD) return;
  p->position_rad[j] = stop_rad;
  p->velocity_rad_s[j] = 0.0f;
}

void plant_move(plant *p) {
  for (size_t j = 0; j < PLANT_JOINTS; j++) step(p, j);
}

void plant_read(const plant *p, limb_firmware_sample *sample) {
  for (size_t j = 0; j < PLANT_JOINTS; j++) {
    sample->q[j] = p->position_rad[j];
    sample->dq[j] = p->velocity_rad_s[j];
    sample->tau[j] = p->torque_nm[j];
  }
}

void plant_apply(plant *p, const limb_firmware_output *output) {
  for (size_t j = 0; j < PLANT_JOINTS; j++) p->torque_nm[j] = output->motors_enabled ? output->tau[j] : 0.0f;
}
