#ifndef LIMB_LINK_H
#define LIMB_LINK_H
#include <stdint.h>
#endif
