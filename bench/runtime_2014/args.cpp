// SPDX-License-Identifier: MIT
//
// args: two globals of the runtime.

#include "runtime_2014/args.hpp"

#include <atomic>

namespace runtime_2014 {
namespace {

std::vector<std::string>* kept = nullptr;
std::atomic<int> status = 0;

}  // namespace

void args::put(int argc, char** argv) { kept = new std::vector<std::string>(argv, argv + argc); }

std::vector<std::string> args::get() { return kept != nullptr ? *kept : std::vector<std::string>(); }

int exit_status() { return status; }
void set_exit_status(int new_status) { status = new_status; }

}  // namespace runtime_2014
