// SPDX-License-Identifier: MIT
//
// run_there: a job, in a thread of the weld that the library copies has.
#include "copies.hpp"

extern "C" int run_there(int number) { return run_job(number); }
