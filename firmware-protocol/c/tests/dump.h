// Every scalar of a message in wire order, comma-separated, read from the structure's named fields: what the vectors
// say a message means.
#ifndef LIMB_TEST_DUMP_H
#define LIMB_TEST_DUMP_H

#include "limb_link.h"

void dump_values(const limb_message *message, char *out);

#endif
