// SPDX-License-Identifier: MIT
//
// Embodied: the calling thread as a carrier, for the life of a scope.
#pragma once

#include "annotate.hpp"
#include "carrier.hpp"
#include "exception_state.hpp"
#include "overflow.hpp"

#include <optional>

namespace green {

class Embodied {
public:
    Embodied(Carrier& carrier, bool reports_overflow) noexcept : outer_(this_carrier()) {
        set_this_carrier(&carrier);
        carrier.thread_id.store(weld::sys::gettid(), std::memory_order_relaxed);
        carrier.globals = exception_globals();
        annotate::begin_thread(carrier.stack);
        if (reports_overflow) {
            overflow_.emplace();
        }
    }
    Embodied(const Embodied&) = delete;
    Embodied& operator=(const Embodied&) = delete;
    ~Embodied() { set_this_carrier(outer_); }

private:
    Carrier* outer_;
    std::optional<OverflowStack> overflow_;
};

}  // namespace green
