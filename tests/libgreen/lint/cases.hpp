// SPDX-License-Identifier: MIT
//
// Case: a call, which a task of the same name makes.
#pragma once

#include <span>

struct Case {
    const char* name;
    const char* call;  // the call that the report has to name; empty for no report
    const char* kind;  // of the descriptor, for a call that has one
    bool (*run)();     // whether it had the right result
};

extern const std::span<const Case> descriptor_cases;
extern const std::span<const Case> waiting_cases;
extern const std::span<const Case> thread_cases;
extern const std::span<const Case> quiet_cases;
