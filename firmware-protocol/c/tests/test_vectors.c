#include "check.h"
void vector_tests(const char *path) { (void)path; }
