// SPDX-License-Identifier: MIT
#include <weld/native/scheduling.hpp>

#include "cpu_mask.hpp"

#include <algorithm>
#include <utility>

namespace weld::native {

namespace {

constexpr std::int32_t nice_step = 5;

constexpr std::int32_t to_nice(Priority priority) noexcept {
    return nice_step * (std::to_underlying(Priority::Normal) - std::to_underlying(priority));
}

static_assert(to_nice(Priority::Lowest) == 10 && to_nice(Priority::Highest) == -10);

constexpr Priority to_priority(std::int32_t nice) noexcept {
    const std::int32_t near = std::clamp(nice, to_nice(Priority::Highest), to_nice(Priority::Lowest));
    // The number of steps above the lowest, rounded to the nearest: nice 10 to 8 is zero, 7 to 3 is one.
    return static_cast<Priority>((to_nice(Priority::Lowest) - near + nice_step / 2) / nice_step);
}

static_assert(to_priority(19) == Priority::Lowest && to_priority(8) == Priority::Lowest);
static_assert(to_priority(7) == Priority::BelowNormal && to_priority(3) == Priority::BelowNormal);
static_assert(to_priority(2) == Priority::Normal && to_priority(-2) == Priority::Normal);
static_assert(to_priority(-3) == Priority::AboveNormal && to_priority(-20) == Priority::Highest);

}  // namespace

sys::Result<std::size_t> affinity(std::span<std::uint32_t> cpus) noexcept {
    const CpuMask mask = WELD_TRY(CpuMask::current());
    std::size_t count = 0;
    mask.for_each([&](std::uint32_t cpu) {
        if (count < cpus.size()) {
            cpus[count] = cpu;
        }
        ++count;
    });
    return count;
}

sys::Result<void> set_affinity(std::span<const std::uint32_t> cpus) noexcept {
    const CpuMask wanted = WELD_TRY(CpuMask::of(cpus));
    const CpuMask before = WELD_TRY(CpuMask::current());
    const auto applied = wanted.apply();
    if (!applied) {
        (void)before.apply();
    }
    return applied;
}

sys::Result<Priority> priority() noexcept { return to_priority(WELD_TRY(sys::getpriority(sys::ThreadId::Self))); }

sys::Result<void> set_priority(Priority wanted) noexcept {
    return sys::setpriority(sys::ThreadId::Self, to_nice(wanted));
}

}  // namespace weld::native
