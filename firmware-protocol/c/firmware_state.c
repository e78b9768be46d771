#include "firmware_internal.h"

bool limb_is_powered(const limb_firmware *fw) {
  return fw->action >= LIMB_ACTION_FOLLOW && fw->action <= LIMB_ACTION_DAMP;
}

void limb_set_action(limb_firmware *fw, limb_action action) {
  if (fw->action == action) return;
  if (action == LIMB_ACTION_HOLD) limb_capture_hold(fw);
  fw->action = (uint8_t)action;
  fw->action_us = fw->now_us;
  fw->fading = false;
}

static limb_action action_of(uint8_t stop) {
  if (stop == LIMB_STOP_HOLD) return LIMB_ACTION_HOLD;
  return stop == LIMB_STOP_DAMP ? LIMB_ACTION_DAMP : LIMB_ACTION_LIMP;
}

// SPEC 6.2: a stop only rises in severity and never powers motors that are off.
static void raise_stop(limb_firmware *fw, uint8_t stop) {
  const limb_action wanted = action_of(stop);
  if (fw->action == LIMB_ACTION_OFF) {
    if (fw->state == LIMB_STATE_ARMED || fw->state == LIMB_STATE_COAST) limb_set_action(fw, LIMB_ACTION_LIMP);
  } else if (wanted > (limb_action)fw->action) {
    limb_set_action(fw, wanted);
  }
  fw->cleared = false;
}

static limb_state state_of(uint8_t action) {
  if (action == LIMB_ACTION_HOLD) return LIMB_STATE_HOLD;
  return action == LIMB_ACTION_DAMP ? LIMB_STATE_DAMP : LIMB_STATE_LIMP;
}

void limb_disarm_now(limb_firmware *fw) {
  limb_set_action(fw, LIMB_ACTION_OFF);
  fw->state = LIMB_STATE_DISARMED;
  fw->latch = LIMB_LATCH_NONE;
  fw->cleared = false;
  fw->running = false;
  fw->arm_count = 0;
}

void limb_estop_now(limb_firmware *fw, limb_latch latch) {
  if (fw->state == LIMB_STATE_ESTOP) return;
  raise_stop(fw, fw->config.on_estop);
  fw->state = LIMB_STATE_ESTOP;
  fw->latch = (uint8_t)latch;
  fw->running = false;
}

uint64_t limb_command_age_us(const limb_firmware *fw) {
  return fw->have_command && fw->now_us > fw->command_time_us ? fw->now_us - fw->command_time_us : 0;
}

static void expire(limb_firmware *fw) {
  raise_stop(fw, fw->config.on_link_loss);
  fw->state = (uint8_t)state_of(fw->action);
  fw->latch = LIMB_LATCH_COMMAND_EXPIRED;
  fw->running = false;
}

static void watch_command(limb_firmware *fw) {
  if (fw->state != LIMB_STATE_ARMED && fw->state != LIMB_STATE_COAST) return;
  const uint64_t age = limb_command_age_us(fw);
  if (age >= fw->command_ttl_us) {
    expire(fw);
  } else if (2 * age >= fw->command_ttl_us) {
    fw->state = LIMB_STATE_COAST;
    if (fw->action == LIMB_ACTION_FOLLOW) limb_set_action(fw, LIMB_ACTION_COAST);
  }
}

void limb_watch_time(limb_firmware *fw) {
  watch_command(fw);
  const uint64_t lasted_us = fw->now_us - fw->action_us;
  const uint64_t limp_us = (uint64_t)fw->config.limp_after_ms * 1000u;
  bool limp = fw->action == LIMB_ACTION_DAMP && limp_us > 0 && lasted_us >= limp_us;
  limp = limp || (fw->fading && fw->now_us - fw->fade_us >= (uint64_t)fw->config.hold_fade_ms * 1000u);
  if (limp) {
    limb_set_action(fw, LIMB_ACTION_LIMP);
    if (fw->state == LIMB_STATE_DAMP || fw->state == LIMB_STATE_HOLD) fw->state = LIMB_STATE_LIMP;
  }
  if (fw->arm_count > 0 && fw->now_us - fw->arm_count_us > (uint64_t)LIMB_TTL_LIMIT_MS * 1000u) fw->arm_count = 0;
}

static uint8_t lowest_bit(uint32_t bits) {
  uint8_t number = 0;
  while ((bits >> number & 1u) == 0) number++;
  return number;
}

// The joints to name in a FAULT: of each cause one whose own debounced value is the cause.
typedef struct fault_joints {
  uint8_t hot;  // the hottest
  uint8_t broken;
  uint8_t encoder;
} fault_joints;

// Joint and value belong to `code`, the lowest of the new bits.
static void report_fault(limb_firmware *fw, uint32_t bits, const fault_joints *joints) {
  const limb_firmware_sample *sample = &fw->sample;
  limb_fault *report = &fw->fault_report;
  report->request = ++fw->fault_request;
  report->code = lowest_bit(bits);
  report->joint = LIMB_NO_JOINT;
  report->severity = 1;
  report->value = 0;
  const uint32_t bit = 1u << report->code;
  if (bit == LIMB_FAULT_TEMPERATURE || bit == LIMB_FAULT_TEMPERATURE_SENSOR) {
    // A board that reports such a bit as its own knows of no joint.
    report->joint = bit == LIMB_FAULT_TEMPERATURE ? joints->hot : joints->broken;
    if (report->joint != LIMB_NO_JOINT) report->value = limb_to_i16(sample->temperature_c[report->joint], 1);
  } else if (bit == LIMB_FAULT_VOLTAGE_LOW || bit == LIMB_FAULT_VOLTAGE_HIGH) {
    report->value = limb_to_u16(sample->voltage_v, 1000);
  } else if (bit == LIMB_FAULT_ENCODER) {
    report->joint = joints->encoder;
  }
  fw->fault_tries = 3;
  fw->fault_sent_us = 0;
}

static void latch_fault(limb_firmware *fw, uint32_t bits, const fault_joints *joints) {
  fw->fault |= bits;
  report_fault(fw, bits, joints);
  const bool only_hot_hold = bits == LIMB_FAULT_TEMPERATURE && fw->state == LIMB_STATE_HOLD;
  if (only_hot_hold) {
    fw->latch = LIMB_LATCH_FAULT;
    fw->cleared = false;
  } else if (fw->state != LIMB_STATE_ESTOP && fw->state != LIMB_STATE_FAULT) {
    raise_stop(fw, fw->config.on_link_loss);
    fw->state = LIMB_STATE_FAULT;
    fw->latch = LIMB_LATCH_FAULT;
    fw->running = false;
  }
  if ((bits & LIMB_FAULT_TEMPERATURE) && fw->action == LIMB_ACTION_HOLD && !fw->fading) {
    fw->fading = true;
    fw->fade_us = fw->now_us;
  }
}

// True once `present` has lasted for the debounce time.
static bool debounce(const limb_firmware *fw, uint64_t *since_us, bool present) {
  if (!present) {
    *since_us = 0;
    return false;
  }
  if (*since_us == 0) *since_us = fw->now_us + 1;
  return fw->now_us + 1 - *since_us >= (uint64_t)fw->config.fault_debounce_ms * 1000u;
}

// SPEC 8.1: too hot, or a sensor that says what no motor has. A joint without a sensor says so from the start. One timer
// for both: a hot motor whose readings fail now and then must not begin anew with every one that fails.
static uint32_t watch_temperature(limb_firmware *fw, uint8_t j) {
  const float celsius = fw->sample.temperature_c[j];
  const uint32_t bit = 1u << j;
  if (celsius != (float)LIMB_NO_TEMPERATURE) fw->temperature_joints |= bit;
  const bool measured = (fw->temperature_joints & bit) != 0;
  const bool implausible = measured && !limb_temperature_is_plausible(celsius);
  const bool hot = measured && !implausible && celsius > fw->config.temperature_max_c;
  if (!debounce(fw, &fw->temperature_since_us[j], hot || implausible)) return 0;
  return implausible ? LIMB_FAULT_TEMPERATURE_SENSOR : LIMB_FAULT_TEMPERATURE;
}

static uint32_t watch_temperatures(limb_firmware *fw, fault_joints *joints) {
  if (!(fw->config.sensors & LIMB_SENSOR_HAS_TEMPERATURE)) return 0;
  const float *celsius = fw->sample.temperature_c;
  uint32_t bits = 0;
  for (uint8_t j = 0; j < fw->config.n_joints; j++) {
    const uint32_t bit = watch_temperature(fw, j);
    if (bit == LIMB_FAULT_TEMPERATURE) {
      if (joints->hot == LIMB_NO_JOINT || celsius[j] > celsius[joints->hot]) joints->hot = j;
    } else if (bit != 0 && joints->broken == LIMB_NO_JOINT) {
      joints->broken = j;
    }
    bits |= bit;
  }
  return bits;
}

bool limb_temperature_is_plausible(float celsius) {
  return celsius >= (float)LIMB_TEMPERATURE_LOWEST_C && celsius <= (float)LIMB_TEMPERATURE_HIGHEST_C;
}

void limb_watch_faults(limb_firmware *fw) {
  const limb_firmware_config *config = &fw->config;
  const limb_firmware_sample *sample = &fw->sample;
  uint32_t now = sample->driver_fault;
  fault_joints joints = {LIMB_NO_JOINT, LIMB_NO_JOINT, LIMB_NO_JOINT};
  now |= watch_temperatures(fw, &joints);
  for (uint8_t j = 0; j < config->n_joints; j++) {
    if (limb_is_finite(sample->q[j]) && limb_is_finite(sample->dq[j])) continue;
    now |= LIMB_FAULT_ENCODER;
    if (joints.encoder == LIMB_NO_JOINT) joints.encoder = j;
  }
  const bool has_voltage = (config->sensors & LIMB_SENSOR_HAS_VOLTAGE) != 0;
  // Not a number is low: a converter that died protects nobody.
  const bool low = has_voltage && !(sample->voltage_v >= config->voltage_fault_v);
  const bool high = has_voltage && sample->voltage_v > config->voltage_max_v;
  if (debounce(fw, &fw->voltage_since_us[0], low)) now |= LIMB_FAULT_VOLTAGE_LOW;
  if (debounce(fw, &fw->voltage_since_us[1], high)) now |= LIMB_FAULT_VOLTAGE_HIGH;
  const bool moving = fw->state == LIMB_STATE_ARMED || fw->state == LIMB_STATE_COAST;
  if (moving && fw->now_us - fw->last_tick_us > 20000u) now |= LIMB_FAULT_LOOP;
  fw->fault_now = now;
  const uint32_t fresh = now & ~fw->fault;
  if (fresh != 0) latch_fault(fw, fresh, &joints);
  if (sample->estop_input) limb_estop_now(fw, LIMB_LATCH_ESTOP_INPUT);
}
