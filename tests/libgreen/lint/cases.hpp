// SPDX-License-Identifier: MIT
//
// Case: a call, made in a task with its name.
#pragma once

#include <span>

struct Case {
    const char* name;
    const char* call;  // what a report is to name; empty where there is to be none
    const char* kind;  // of the descriptor, for a call that has one
    bool (*run)();     // whether it came to what it should
};

extern const std::span<const Case> descriptor_cases;
extern const std::span<const Case> waiting_cases;
extern const std::span<const Case> thread_cases;
extern const std::span<const Case> quiet_cases;
