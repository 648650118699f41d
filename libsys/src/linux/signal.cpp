// SPDX-License-Identifier: MIT
#include <weld/sys/linux/signal.hpp>

#include "../posix/check.hpp"

#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <bit>
#include <csignal>

namespace weld::sys {

static_assert(signal_count == _NSIG - 1);

namespace {

/// The kernel's struct sigaction, no longer than this on any CPU. The handler comes first; all zeros are the default
/// disposition.
using KernelAction = std::array<std::uint64_t, 4>;

std::uint64_t word_of(void (*handler)(int)) noexcept { return std::bit_cast<std::uintptr_t>(handler); }

Disposition disposition_of(const KernelAction& action) noexcept {
    if (action[0] == word_of(SIG_DFL)) {
        return Disposition::Default;
    }
    return action[0] == word_of(SIG_IGN) ? Disposition::Ignore : Disposition::Handler;
}

Result<Disposition> change(std::int32_t number, const KernelAction* action) noexcept {
    KernelAction before{};
    if (::syscall(SYS_rt_sigaction, number, action, before.data(), sizeof(SignalMask)) != 0) {
        return last_error();
    }
    return disposition_of(before);
}

}  // namespace

Result<SignalMask> rt_sigprocmask(SignalMask mask) noexcept {
    SignalMask before = 0;
    if (::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, &before, sizeof mask) != 0) {
        return last_error();
    }
    return before;
}

Result<Disposition> rt_sigaction(std::int32_t number) noexcept { return change(number, nullptr); }

Result<Disposition> rt_sigaction_default(std::int32_t number) noexcept {
    constexpr KernelAction by_default{};
    return change(number, &by_default);
}

Result<Disposition> rt_sigaction_ignore(std::int32_t number) noexcept {
    const KernelAction ignored{word_of(SIG_IGN)};
    return change(number, &ignored);
}

}  // namespace weld::sys
