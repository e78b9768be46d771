// The smallest possible test frame: named tests, a failing CHECK says where, the exit code tells.
#ifndef LIMB_TEST_CHECK_H
#define LIMB_TEST_CHECK_H

#include <stdio.h>

extern const char *current_test;
extern int checks;
extern int failures;

#define CHECK(condition)                                                                      \
  do {                                                                                        \
    checks++;                                                                                 \
    if (!(condition)) {                                                                       \
      failures++;                                                                             \
      printf("FAIL %s: %s:%d: %s\n", current_test, __FILE__, __LINE__, #condition);           \
    }                                                                                         \
  } while (0)

#define CHECK_EQUAL(actual, expected)                                                         \
  do {                                                                                        \
    const long long actual_ = (long long)(actual);                                            \
    const long long expected_ = (long long)(expected);                                        \
    checks++;                                                                                 \
    if (actual_ != expected_) {                                                               \
      failures++;                                                                             \
      printf(                                                                                 \
          "FAIL %s: %s:%d: %s is %lld, expected %lld\n", current_test, __FILE__, __LINE__,    \
          #actual, actual_, expected_);                                                       \
    }                                                                                         \
  } while (0)

#define RUN(test)          \
  do {                     \
    current_test = #test;  \
    test();                \
  } while (0)

void wire_tests(void);
void vector_tests(const char *path);
void state_tests(void);
void stop_tests(void);
void command_tests(void);
void arm_tests(void);
void hold_tests(void);
void motor_tests(void);
void service_tests(void);

#endif
