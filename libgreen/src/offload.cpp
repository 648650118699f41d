// SPDX-License-Identifier: MIT
#include <green/offload.hpp>

#include "scheduler.hpp"

namespace green {

weld::Result<void> offload_call(void (*call)(void* argument) noexcept, void* argument) noexcept {
    Carrier& carrier = calling_carrier("green::offload");
    NoSwitch::check(*carrier.running);
    const Inside inside(&carrier);
    if (const auto able = carrier.scheduler->offloads().reserve(); !able) {
        return std::unexpected(weld::Error("offload", able.error()));
    }
    OffloadPool::Call work{.function = call, .argument = argument, .task = *carrier.running};
    Scheduler::suspend(
        carrier,
        [](void* raw, Carrier& left) noexcept {
            auto& begun = *static_cast<OffloadPool::Call*>(raw);
            left.scheduler->offloads().push(begun);
        },
        &work);
    return {};
}

}  // namespace green
