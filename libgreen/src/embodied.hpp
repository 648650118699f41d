// SPDX-License-Identifier: MIT
//
// Embodied: makes the calling thread a carrier for the life of a scope.
#pragma once

#include "annotate.hpp"
#include "carrier.hpp"
#include "exception_state.hpp"
#include "overflow.hpp"
#include "worker.hpp"

#include <green/runtime.hpp>

#include <optional>

namespace green {

class Embodied {
public:
    Embodied(Carrier& carrier, const Runtime& options) noexcept : outer_(this_carrier()) {
        set_this_carrier(&carrier);
        carrier.globals = exception_globals();
        annotate::begin_thread(carrier.stack);
        const bool is_watched = carrier.worker == nullptr || carrier.worker->host == nullptr;
        if (is_watched) {
            carrier.thread_id.store(weld::sys::gettid(), std::memory_order_relaxed);
        }
        if (options.overflow_report || (is_watched && options.on_stuck != nullptr)) {
            stack_.emplace();
        }
        if (options.overflow_report && stack_->is_there()) {
            overflow_.emplace();
        }
    }
    Embodied(const Embodied&) = delete;
    Embodied& operator=(const Embodied&) = delete;
    ~Embodied() { set_this_carrier(outer_); }

private:
    Carrier* outer_;
    std::optional<SignalStack> stack_;
    std::optional<OverflowWatch> overflow_;
};

}  // namespace green
