// SPDX-License-Identifier: MIT
//
// run_there: runs a job in a thread of the weld inside the library `copies`.
#include "copies.hpp"

extern "C" int run_there(int number) { return run_job(number); }
