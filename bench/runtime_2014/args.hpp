// SPDX-License-Identifier: MIT
//
// args: the arguments of the program, stored by the start of the runtime, and its exit status.

#pragma once

#include <string>
#include <vector>

namespace runtime_2014 {

namespace args {

void put(int argc, char** argv);
/// A copy of them.
std::vector<std::string> get();

}  // namespace args

/// The exit status of a program whose main task succeeds.
int exit_status();
void set_exit_status(int status);

}  // namespace runtime_2014
