// SPDX-License-Identifier: MIT
#include <weld/sys/linux/futex.hpp>

#include "../posix/check.hpp"
#include "../posix/timespec.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace weld::sys {

static_assert(sizeof(std::atomic<std::uint32_t>) == 4 && std::atomic<std::uint32_t>::is_always_lock_free);

Result<void> futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected) noexcept {
    return check(::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, nullptr));
}

Result<void> futex_wait_until(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                              Timespec deadline) noexcept {
    return futex_wait_bitset_until(word, expected, deadline, FUTEX_BITSET_MATCH_ANY);
}

Result<void> futex_wait_bitset(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                               std::uint32_t bits) noexcept {
    return check(::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, nullptr, nullptr, bits));
}

Result<void> futex_wait_bitset_until(const std::atomic<std::uint32_t>& word, std::uint32_t expected, Timespec deadline,
                                     std::uint32_t bits) noexcept {
    const timespec until = to_system(deadline);
    return check(::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected, &until, nullptr, bits));
}

std::uint32_t futex_wake(const std::atomic<std::uint32_t>* word, std::uint32_t count) noexcept {
    const long woken = ::syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count);
    return woken < 0 ? 0 : static_cast<std::uint32_t>(woken);
}

std::uint32_t futex_wake_bitset(const std::atomic<std::uint32_t>* word, std::uint32_t count,
                                std::uint32_t bits) noexcept {
    const long woken = ::syscall(SYS_futex, word, FUTEX_WAKE_BITSET_PRIVATE, count, nullptr, nullptr, bits);
    return woken < 0 ? 0 : static_cast<std::uint32_t>(woken);
}

Result<std::uint32_t> futex_requeue(const std::atomic<std::uint32_t>* word, std::uint32_t expected, std::uint32_t count,
                                    const std::atomic<std::uint32_t>* target) noexcept {
    constexpr unsigned long wake_none = 0;
    const long moved =
        ::syscall(SYS_futex, word, FUTEX_CMP_REQUEUE_PRIVATE, wake_none, std::size_t{count}, target, expected);
    if (moved < 0) [[unlikely]] {
        return last_error();
    }
    return static_cast<std::uint32_t>(moved);
}

}  // namespace weld::sys
