#include <string.h>

#include "check.h"

const char *current_test = "";
int checks;
int failures;

// Argument: the flat vectors file.
int main(int argc, char **argv) {
  wire_tests();
  state_tests();
  stop_tests();
  arm_tests();
  hold_tests();
  command_tests();
  motor_tests();
  service_tests();
  if (argc > 1) vector_tests(argv[1]);
  printf("%d checks, %d failures\n", checks, failures);
  return failures == 0 ? 0 : 1;
}
