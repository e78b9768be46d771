// Shared by the firmware's own files only.
#ifndef LIMB_FIRMWARE_INTERNAL_H
#define LIMB_FIRMWARE_INTERNAL_H

#include "limb_firmware.h"
#include "wire_internal.h"

// firmware_config.c
bool limb_config_is_safe(const limb_firmware_config *config);

// firmware_state.c
bool limb_is_powered(const limb_firmware *fw);
void limb_set_action(limb_firmware *fw, limb_action action);
void limb_estop_now(limb_firmware *fw, limb_latch latch);
void limb_disarm_now(limb_firmware *fw);
void limb_watch_faults(limb_firmware *fw);
bool limb_temperature_is_plausible(float celsius);  // false if not finite
void limb_watch_time(limb_firmware *fw);
uint64_t limb_command_age_us(const limb_firmware *fw);

// firmware_command.c
void limb_take_command(limb_firmware *fw);

// firmware_request.c
void limb_take_request(limb_firmware *fw);
void limb_forget_commands(limb_firmware *fw);

// firmware_param.c
void limb_take_param(limb_firmware *fw);

// firmware_motor.c
void limb_control_joints(limb_firmware *fw, limb_firmware_output *output);
void limb_start_follow(limb_firmware *fw);
void limb_capture_hold(limb_firmware *fw);
float limb_hold_target(const limb_firmware *fw, size_t joint);
bool limb_is_finite(float x);
float limb_clamp(float x, float low, float high);

// firmware_send.c: each encodes into the transmit buffer.
void limb_send(limb_firmware *fw, limb_type type);
void limb_send_hello_ack(limb_firmware *fw, limb_result result);
void limb_send_caps(limb_firmware *fw);
void limb_send_ack(limb_firmware *fw, uint16_t request, limb_type type, limb_result result, uint16_t detail);
void limb_send_sensor(limb_firmware *fw);
void limb_send_reports(limb_firmware *fw);
void limb_send_heartbeat(limb_firmware *fw);
void limb_fill_caps(const limb_firmware *fw, limb_caps *caps);

#endif
