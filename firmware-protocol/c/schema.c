#include "limb_link.h"

// CRC-32C of the canonical schema lines in SPEC 4; the vectors check every one of them.
uint32_t limb_schema_hash(uint8_t type) {
  switch (type) {
    case LIMB_CAPS: return 0x51ED0612u;
    case LIMB_SENSOR_QUAD: return 0x4C00A160u;
    case LIMB_SENSOR_ARM: return 0xA218C77Cu;
    case LIMB_COMMAND: return 0x1FD7889Bu;
    case LIMB_HEARTBEAT: return 0x69087E6Du;
    case LIMB_FAULT: return 0xC160F2D5u;
    case LIMB_ARM: return 0x805327FBu;
    case LIMB_DISARM: return 0x24921506u;
    case LIMB_CLEAR: return 0xE057CFF5u;
    case LIMB_ACK: return 0x27A5290Fu;
    case LIMB_PARAM: return 0x96FE5138u;
    case LIMB_PARAM_VALUE: return 0x6CF39512u;
    case LIMB_TIMESYNC: return 0x0F61F618u;
    case LIMB_STATS: return 0xA473B578u;
    case LIMB_LOG: return 0x83268121u;
    case LIMB_BOOT: return 0x90477B5Eu;
    case LIMB_TICK: return 0x04DD45C1u;
    case LIMB_TICK_DONE: return 0x8B975FA7u;
    default: return 0;  // HELLO, HELLO_ACK, ESTOP: for ever
  }
}

bool limb_type_known(uint8_t type) {
  return limb_schema_hash(type) != 0 || type == LIMB_HELLO || type == LIMB_HELLO_ACK || type == LIMB_ESTOP;
}
