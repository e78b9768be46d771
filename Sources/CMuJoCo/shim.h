/* MuJoCo's C API, and what Swift cannot reach in it: its handlers are mutable globals. */
#include <mujoco/mujoco.h>
#include <stdio.h>

static inline void limb_mujoco_print_warning(const char *text) { fprintf(stderr, "physics: %s\n", text); }

/* Warnings go to standard error instead of MUJOCO_LOG.TXT in the working folder. */
static inline void limb_mujoco_warn_on_standard_error(void) { mju_user_warning = limb_mujoco_print_warning; }
