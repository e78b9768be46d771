// Shared by the codec's own files only.
#ifndef LIMB_WIRE_INTERNAL_H
#define LIMB_WIRE_INTERNAL_H

#include "limb_link.h"

#define LIMB_HEADER_SIZE 8u
#define LIMB_CRC_SIZE 4u

typedef enum limb_payload_result { LIMB_PAYLOAD_OK, LIMB_PAYLOAD_LENGTH, LIMB_PAYLOAD_VALUE } limb_payload_result;

// Fills message->body from a payload whose CRC was right (SPEC 2, rows 7 to 10).
limb_payload_result limb_decode_payload(limb_message *message, const uint8_t *payload, size_t count);

// True if no scale of a CAPS is 0.
bool limb_scales_usable(const limb_scales *scales);

// CRC over `count` bytes and the schema hash of `type`.
uint32_t limb_frame_crc(uint8_t type, const uint8_t *bytes, size_t count);

typedef enum limb_class { LIMB_CLASS_SERVICE = 0, LIMB_CLASS_CYCLIC = 1, LIMB_CLASS_NONE = 2 } limb_class;
limb_class limb_class_of(uint8_t type);

#endif
