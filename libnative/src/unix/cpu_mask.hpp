// SPDX-License-Identifier: MIT
//
// CpuMask: a set of CPUs in the format of Linux, one bit each.
#pragma once

#include <weld/sys/linux/sched.hpp>
#include <weld/sys/try.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weld::native {

class CpuMask {
public:
    /// `Errno::Inval` for an empty set, and for a number that is out of range on every Linux.
    [[nodiscard]] static sys::Result<CpuMask> of(std::span<const std::uint32_t> cpus) noexcept {
        CpuMask mask;
        for (const std::uint32_t cpu : cpus) {
            if (cpu / bits >= mask.words_.size()) {
                return std::unexpected(sys::Errno::Inval);
            }
            mask.words_[cpu / bits] |= std::uint64_t{1} << (cpu % bits);
        }
        if (cpus.empty()) {
            return std::unexpected(sys::Errno::Inval);
        }
        return mask;
    }

    /// The mask of the calling thread.
    [[nodiscard]] static sys::Result<CpuMask> current() noexcept { return of_thread(sys::ThreadId::Self); }

    /// The mask of the first thread of the process, which new threads inherit from it.
    [[nodiscard]] static sys::Result<CpuMask> of_process() noexcept { return of_thread(sys::ThreadId{sys::getpid()}); }

    /// Sets it for the calling thread. Linux silently ignores CPUs that do not exist if any other is left; here that is
    /// `Errno::Inval`, and then the thread may have lost CPUs.
    [[nodiscard]] sys::Result<void> apply() const noexcept {
        WELD_TRY(sys::sched_setaffinity(sys::ThreadId::Self, words_));
        if (WELD_TRY(current()) != *this) {
            return std::unexpected(sys::Errno::Inval);
        }
        return {};
    }

    [[nodiscard]] std::size_t count() const noexcept {
        std::size_t set = 0;
        for (const std::uint64_t word : words_) {
            set += static_cast<std::size_t>(std::popcount(word));
        }
        return set;
    }

    /// Calls `each(cpu)` in order.
    template <class Each>
    void for_each(Each each) const noexcept {
        for (std::size_t index = 0; index < words_.size(); ++index) {
            for (std::uint64_t left = words_[index]; left != 0; left &= left - 1) {
                each(static_cast<std::uint32_t>(index * bits) + static_cast<std::uint32_t>(std::countr_zero(left)));
            }
        }
    }

    friend bool operator==(const CpuMask&, const CpuMask&) noexcept = default;

private:
    static sys::Result<CpuMask> of_thread(sys::ThreadId thread) noexcept {
        CpuMask mask;
        (void)WELD_TRY(sys::sched_getaffinity(thread, mask.words_));
        return mask;
    }

    static constexpr std::size_t bits = 64;

    // 8192 CPUs, the most that Linux can be built for; small enough for the smallest of stacks.
    std::array<std::uint64_t, 128> words_{};
};

}  // namespace weld::native
