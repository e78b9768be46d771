#include "limb_link.h"
