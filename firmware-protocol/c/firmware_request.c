#include "firmware_internal.h"

void limb_forget_commands(limb_firmware *fw) {
  fw->have_command = false;
  fw->have_previous_seq = false;
  fw->arm_count = 0;
  fw->far_joint = LIMB_NO_JOINT;
  fw->command_lost = 0;
  fw->last_command_seq = 0;
}

static bool is_moving(const limb_firmware *fw) {
  return fw->state == LIMB_STATE_ARMED || fw->state == LIMB_STATE_COAST;
}

// SPEC 4.2: the highest 1000 / k that is neither above the wish nor above the device's limit, at least 50 Hz.
static void choose_rate(limb_firmware *fw, uint16_t wanted_hz) {
  uint16_t rate_hz = wanted_hz < fw->config.max_rate_hz ? wanted_hz : fw->config.max_rate_hz;
  if (rate_hz < 50) rate_hz = 50;
  const uint16_t k = (uint16_t)((LIMB_TICK_HZ + rate_hz - 1) / rate_hz);
  fw->ticks_per_frame = k;
  fw->rate_hz = (uint16_t)((2 * LIMB_TICK_HZ + k) / (2 * k));
  fw->tick_in_frame = 0;
}

static void take_hello(limb_firmware *fw) {
  const limb_hello *hello = &fw->message.body.hello;
  if (fw->state == LIMB_STATE_BOOT) {
    fw->unexpected++;
    return;
  }
  if (fw->message.header.version >> 4 != LIMB_VERSION_MAJOR) {
    limb_send_hello_ack(fw, LIMB_REFUSED_VERSION);
    return;
  }
  const bool same = fw->session == hello->session && fw->nonce == hello->nonce;
  if (is_moving(fw) && !same) {
    limb_send_hello_ack(fw, LIMB_REFUSED_BUSY);
    return;
  }
  if (!is_moving(fw)) {
    fw->session = hello->session;
    fw->nonce = hello->nonce;
    fw->session_frame = fw->frames_sent;
    limb_forget_commands(fw);
    choose_rate(fw, hello->rate_hz);
    fw->lockstep = fw->config.grants_lockstep && (hello->flags & LIMB_HELLO_WANTS_LOCKSTEP) != 0;
    fw->stats_us = fw->now_us;
    if (fw->state == LIMB_STATE_WAIT_HELLO) fw->state = LIMB_STATE_DISARMED;
  }
  limb_send_hello_ack(fw, LIMB_OK);
  limb_send_caps(fw);
}

typedef struct answer {
  limb_result result;
  uint16_t detail;
} answer;

static answer say(limb_result result, uint16_t detail) {
  const answer a = {result, detail};
  return a;
}

static answer low_fault(const limb_firmware *fw) {
  return say(LIMB_REFUSED_FAULT, (uint16_t)(fw->fault_now & 0xFFFFu));
}

// SPEC 6.1 from the state on: which states can be armed at all.
static limb_result armable(const limb_firmware *fw) {
  switch (fw->state) {
    case LIMB_STATE_DISARMED: return LIMB_OK;
    case LIMB_STATE_HOLD: return fw->cleared ? LIMB_OK : LIMB_REFUSED_LATCHED;
    case LIMB_STATE_DAMP:
    case LIMB_STATE_LIMP: return LIMB_REFUSED_LATCHED;
    case LIMB_STATE_FAULT: return fw->fault_now ? LIMB_REFUSED_FAULT : LIMB_REFUSED_LATCHED;
    case LIMB_STATE_ESTOP: return LIMB_REFUSED_ESTOP;
    default: return LIMB_REFUSED_STATE;
  }
}

static answer check_body(const limb_firmware *fw) {
  const limb_firmware_config *config = &fw->config;
  const limb_firmware_sample *sample = &fw->sample;
  if ((config->sensors & LIMB_SENSOR_HAS_VOLTAGE) && !(sample->voltage_v >= config->voltage_min_v)) {
    return say(LIMB_REFUSED_VOLTAGE, limb_to_u16(sample->voltage_v, 1000));
  }
  if (config->sensors & LIMB_SENSOR_HAS_TEMPERATURE) {
    if (fw->temperature_joints == 0) return say(LIMB_REFUSED_TEMPERATURE, LIMB_NO_JOINT);
    for (uint16_t j = 0; j < config->n_joints; j++) {
      if (!(sample->temperature_c[j] <= config->temperature_warn_c)) return say(LIMB_REFUSED_TEMPERATURE, j);
    }
  }
  return say(LIMB_OK, 0);
}

static answer arm(limb_firmware *fw, uint32_t caps_crc) {
  if (is_moving(fw)) return say(LIMB_OK, 0);
  const limb_result possible = armable(fw);
  if (possible == LIMB_REFUSED_FAULT) return low_fault(fw);
  if (possible != LIMB_OK) return say(possible, fw->latch);
  if (fw->fault_now != 0) return low_fault(fw);
  if (fw->sample.estop_input) return say(LIMB_REFUSED_ESTOP, 0);
  if (caps_crc != fw->caps_crc) return say(LIMB_REFUSED_CAPS, 0);
  const answer body = check_body(fw);
  if (body.result != LIMB_OK) return body;
  if (fw->far_joint != LIMB_NO_JOINT) return say(LIMB_REFUSED_NOT_MEASURED, fw->far_joint);
  if (fw->arm_count < LIMB_ARM_COMMANDS) return say(LIMB_REFUSED_FEW_COMMANDS, (uint16_t)fw->arm_count);
  if (limb_command_age_us(fw) >= fw->command_ttl_us) return say(LIMB_REFUSED_STALE, 0);
  fw->state = LIMB_STATE_ARMED;
  fw->cleared = false;
  fw->running = false;
  fw->coast_flagged = false;
  fw->arm_count = 0;
  return say(LIMB_OK, 0);
}

static answer disarm(limb_firmware *fw) {
  switch (fw->state) {
    case LIMB_STATE_BOOT:
    case LIMB_STATE_WAIT_HELLO: return say(LIMB_REFUSED_STATE, 0);
    case LIMB_STATE_FAULT:
    case LIMB_STATE_ESTOP:
      if (limb_is_powered(fw)) limb_set_action(fw, LIMB_ACTION_LIMP);
      break;
    case LIMB_STATE_DAMP:
    case LIMB_STATE_LIMP:
      limb_set_action(fw, LIMB_ACTION_LIMP);
      fw->state = LIMB_STATE_LIMP;
      break;
    case LIMB_STATE_HOLD:
      if (fw->cleared) {
        limb_disarm_now(fw);
      } else {
        limb_set_action(fw, LIMB_ACTION_LIMP);
        fw->state = LIMB_STATE_LIMP;
      }
      break;
    case LIMB_STATE_DISARMED: break;
    default: limb_disarm_now(fw); break;
  }
  return say(LIMB_OK, 0);
}

// Removes the latch: to a cleared HOLD if the motors hold, else to DISARMED.
static answer release(limb_firmware *fw) {
  if (fw->fault_now != 0) return low_fault(fw);
  if (fw->fading) return say(LIMB_REFUSED_STATE, 0);
  fw->fault = 0;
  fw->fault_tries = 0;
  if (fw->action == LIMB_ACTION_HOLD) {
    fw->state = LIMB_STATE_HOLD;
    fw->latch = LIMB_LATCH_NONE;
    fw->cleared = true;
    fw->arm_count = 0;
  } else {
    limb_disarm_now(fw);
  }
  return say(LIMB_OK, 0);
}

static answer clear(limb_firmware *fw, uint8_t what) {
  switch (fw->state) {
    case LIMB_STATE_WAIT_HELLO:
    case LIMB_STATE_DISARMED: return say(LIMB_OK, 0);
    case LIMB_STATE_DAMP:
    case LIMB_STATE_HOLD:
    case LIMB_STATE_LIMP:
    case LIMB_STATE_FAULT:
      if (fw->state == LIMB_STATE_HOLD && fw->cleared) return say(LIMB_OK, 0);
      return what & LIMB_CLEAR_STOP ? release(fw) : say(LIMB_REFUSED_LATCHED, fw->latch);
    case LIMB_STATE_ESTOP:
      if (!(what & LIMB_CLEAR_ESTOP) || fw->sample.estop_input) return say(LIMB_REFUSED_ESTOP, fw->latch);
      if (fw->fault_now != 0) {
        fw->state = LIMB_STATE_FAULT;
        fw->latch = LIMB_LATCH_FAULT;
      }
      return release(fw);
    default: return say(LIMB_REFUSED_STATE, 0);
  }
}

static answer boot(limb_firmware *fw) {
  if (fw->state != LIMB_STATE_DISARMED && fw->state != LIMB_STATE_WAIT_HELLO) return say(LIMB_REFUSED_STATE, 0);
  fw->boot_requested = true;
  return say(LIMB_OK, 0);
}

static answer answer_session(limb_firmware *fw, uint16_t session) {
  return fw->session != 0 && session == fw->session ? say(LIMB_OK, 0) : say(LIMB_REFUSED_SESSION, fw->session);
}

static void take_acked(limb_firmware *fw) {
  const limb_message *message = &fw->message;
  const limb_type type = (limb_type)message->header.type;
  uint16_t request = message->body.arm.request;
  answer a = answer_session(fw, message->body.arm.session);
  switch (type) {
    case LIMB_ARM:
      if (a.result == LIMB_OK) a = arm(fw, message->body.arm.caps_crc);
      break;
    case LIMB_DISARM:
      request = message->body.disarm.request;
      a = answer_session(fw, message->body.disarm.session);
      if (a.result == LIMB_OK) a = disarm(fw);
      break;
    case LIMB_CLEAR:
      request = message->body.clear.request;
      a = answer_session(fw, message->body.clear.session);
      if (a.result == LIMB_OK) a = clear(fw, message->body.clear.what);
      break;
    default:
      request = message->body.boot.request;
      a = answer_session(fw, message->body.boot.session);
      if (a.result == LIMB_OK) a = boot(fw);
      break;
  }
  limb_send_ack(fw, request, type, a.result, a.detail);
}

void limb_take_request(limb_firmware *fw) {
  switch (fw->message.header.type) {
    case LIMB_HELLO: take_hello(fw); break;
    case LIMB_ESTOP:
      limb_estop_now(fw, fw->message.body.estop.source == 1 ? LIMB_LATCH_ESTOP_INPUT : LIMB_LATCH_ESTOP_HOST);
      limb_send_heartbeat(fw);
      break;
    case LIMB_COMMAND: limb_take_command(fw); break;
    case LIMB_HEARTBEAT:
    case LIMB_TICK_DONE: break;
    case LIMB_ARM:
    case LIMB_DISARM:
    case LIMB_CLEAR:
    case LIMB_BOOT: take_acked(fw); break;
    case LIMB_ACK:
      if (fw->message.body.ack.request == fw->fault_report.request) fw->fault_tries = 0;
      break;
    case LIMB_PARAM: limb_take_param(fw); break;
    case LIMB_TIMESYNC:
      fw->outgoing.body.timesync = fw->message.body.timesync;
      fw->outgoing.body.timesync.t2_us = fw->now_us;
      fw->outgoing.body.timesync.t3_us = fw->now_us;
      limb_send(fw, LIMB_TIMESYNC);
      break;
    default: fw->unexpected++; break;
  }
}
