#include <string.h>

#include "firmware_internal.h"

bool limb_firmware_init(limb_firmware *fw, const limb_firmware_config *config) {
  memset(fw, 0, sizeof *fw);
  fw->config = *config;
  fw->valid = limb_config_is_safe(config);
  fw->state = LIMB_STATE_BOOT;
  fw->far_joint = LIMB_NO_JOINT;
  fw->ticks_per_frame = 1;
  limb_decoder_init(&fw->decoder);
  fw->transmit[fw->transmit_count++] = 0;  // ends whatever noise came before
  return fw->valid;
}

void limb_firmware_receive(limb_firmware *fw, const uint8_t *bytes, size_t count, uint64_t now_us) {
  fw->now_us = now_us;
  while (count > 0) {
    bool delivered = false;
    const size_t used = limb_decoder_push(&fw->decoder, bytes, count, &fw->message, &delivered);
    if (delivered) limb_take_request(fw);
    bytes += used;
    count -= used;
  }
}

static void first_tick(limb_firmware *fw, uint64_t now_us) {
  fw->have_sample = true;
  fw->boot_us = now_us;
  fw->last_tick_us = now_us;
  fw->heartbeat_us = now_us - 100000u;
  fw->imu_us = now_us;
  if (fw->state == LIMB_STATE_BOOT) fw->state = LIMB_STATE_WAIT_HELLO;
}

static void take_sample(limb_firmware *fw, const limb_firmware_sample *sample) {
  if (sample->imu_seq != fw->sample.imu_seq) fw->imu_us = fw->now_us;
  fw->sample = *sample;
}

void limb_firmware_tick(
    limb_firmware *fw, const limb_firmware_sample *sample, uint64_t now_us, limb_firmware_output *output) {
  memset(output, 0, sizeof *output);
  output->state = fw->state;
  output->action = fw->action;
  if (!fw->valid) return;
  fw->now_us = now_us;
  if (!fw->have_sample) first_tick(fw, now_us);
  const uint64_t gap = now_us - fw->last_tick_us;
  if (gap > fw->tick_gap_max_us) fw->tick_gap_max_us = (uint32_t)(gap < UINT32_MAX ? gap : UINT32_MAX);
  take_sample(fw, sample);
  limb_watch_faults(fw);
  limb_watch_time(fw);
  limb_control_joints(fw, output);
  fw->last_tick_us = now_us;
  fw->ticks++;
  if (fw->session != 0) {
    if (fw->tick_in_frame == 0) {
      output->cyclic = true;
      output->cyclic_seq = (uint16_t)(fw->config.first_cyclic_seq + (fw->frames_sent & 0xFFFFu));
      limb_send_sensor(fw);
    }
    fw->tick_in_frame = (uint16_t)((fw->tick_in_frame + 1) % fw->ticks_per_frame);
  }
  limb_send_reports(fw);
  output->state = fw->state;
}

size_t limb_firmware_transmit(limb_firmware *fw, uint8_t *out, size_t capacity) {
  const size_t count = fw->transmit_count < capacity ? fw->transmit_count : capacity;
  memcpy(out, fw->transmit, count);
  memmove(fw->transmit, fw->transmit + count, fw->transmit_count - count);
  fw->transmit_count -= count;
  return count;
}

void limb_firmware_log(limb_firmware *fw, uint8_t level, const char *text) {
  limb_log *log = &fw->outgoing.body.log;
  uint8_t length = 0;
  while (length < LIMB_MAX_LOG_TEXT && text[length] != 0) {
    log->text[length] = text[length];
    length++;
  }
  log->level = level;
  log->length = length;
  limb_send(fw, LIMB_LOG);
}
