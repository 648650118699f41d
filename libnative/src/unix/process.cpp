// SPDX-License-Identifier: MIT
#include <weld/native/process.hpp>

#include "retry.hpp"
#include "timespec.hpp"

#include <weld/sys/linux/pidfd.hpp>
#include <weld/sys/linux/sched.hpp>
#include <weld/sys/posix/poll.hpp>
#include <weld/sys/posix/process.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <mutex>
#include <utility>

namespace weld::native {

namespace {

using sys::Errno;
using sys::WaitOptions;

/// As waitpid(2) packs it.
ExitStatus status_of(const sys::ChildChange& change) noexcept {
    switch (change.code) {
        case sys::ChildCode::Killed: return ExitStatus(change.status);
        case sys::ChildCode::Dumped: return ExitStatus(change.status | 0x80);
        default: return ExitStatus((change.status & 0xff) << 8);
    }
}

bool has_pidfd(const ProcessHandle& handle) noexcept { return handle.pidfd >= 0; }

sys::Result<sys::ChildChange> wait_for(const ProcessHandle& handle, WaitOptions options) noexcept {
    if (has_pidfd(handle)) {
        const auto changed = retry([&] { return sys::waitid(sys::WaitFor::Pidfd, handle.pidfd, options); });
        if (changed || changed.error() != Errno::Inval) {
            return changed;
        }
        // Linux 5.2 and 5.3 have the descriptors, and no waiting by them.
    }
    return retry([&] { return sys::waitid(sys::WaitFor::Process, handle.id, options); });
}

/// Whether `pidfd` is readable, which is waited for until `deadline` or a signal.
sys::Answer<bool> is_readable(sys::RawHandle pidfd, Instant deadline) noexcept {
    sys::PollFd entry{.fd = pidfd, .wanted = sys::PollEvents::In, .found = sys::PollEvents::None};
    const Instant now_is(now(Clock::Monotonic));
    const auto left = std::max(deadline, now_is) - now_is;
    const auto ready = sys::ppoll(std::span(&entry, 1), to_timespec(Instant(left)));
    if (!ready && ready.error() != Errno::Intr) {
        return std::unexpected(ready.error());
    }
    return ready.value_or(0) > 0;
}

}  // namespace

sys::Answer<std::optional<ExitStatus>> Process::reap(bool waits) noexcept {
    if (const std::int64_t end = end_.load(std::memory_order_relaxed); end != running) {
        assert(end != moved);
        return end == lost ? sys::Answer<std::optional<ExitStatus>>(std::unexpected(Errno::Child))
                           : ExitStatus(static_cast<std::int32_t>(end));
    }
    std::unique_lock lock(reaping_, std::defer_lock);
    if (!has_pidfd(handle_)) {
        // Waited for without taking the status, and taken under the lock: so that no signal goes to the number after
        // it.
        if (waits) {
            (void)wait_for(handle_, WaitOptions::Exited | WaitOptions::NoWait);
        }
        lock.lock();
        waits = false;
    }
    const auto changed = wait_for(handle_, waits ? WaitOptions::Exited : WaitOptions::Exited | WaitOptions::NoHang);
    if (!changed) {
        if (changed.error() == Errno::Child) {
            end_.store(lost, std::memory_order_release);
        }
        return std::unexpected(changed.error());
    }
    if (changed->process == sys::ProcessId::Self) {
        return std::nullopt;
    }
    const ExitStatus status = status_of(*changed);
    end_.store(status.raw(), std::memory_order_release);
    return status;
}

sys::Result<ExitStatus> Process::wait() noexcept {
    for (;;) {
        if (const auto status = WELD_TRY(reap(true))) {
            return *status;
        }
    }
}

sys::Answer<std::optional<ExitStatus>> Process::try_wait() noexcept { return reap(false); }

sys::Answer<std::optional<ExitStatus>> Process::wait_until(Instant deadline) noexcept {
    using namespace std::chrono_literals;
    constexpr std::chrono::nanoseconds longest_nap = 50ms;
    bool polls = has_pidfd(handle_);
    bool was_readable = false;
    for (std::chrono::nanoseconds nap = 1ms;;) {
        const auto status = WELD_TRY(reap(false));
        const Instant now_is(now(Clock::Monotonic));
        if (status || now_is >= deadline) {
            return status;
        }
        // One that is traced is readable before it can be waited for, and all are to Linux 5.2.
        polls = polls && !was_readable;
        if (polls) {
            was_readable = WELD_TRY(is_readable(handle_.pidfd, deadline));
        } else {
            sleep_until(deadline - now_is > nap ? now_is + nap : deadline);
            nap = std::min(2 * nap, longest_nap);
        }
    }
}

sys::Result<void> Process::signal(std::int32_t number) const noexcept {
    const auto signal = static_cast<sys::Signal>(number);
    if (has_pidfd(handle_)) {
        if (end_.load(std::memory_order_acquire) != running) {
            return {};
        }
        const auto sent = sys::pidfd_send_signal(sys::BorrowedFd(handle_.pidfd), signal);
        if (sent || sent.error() == Errno::Srch) {  // another thread may have waited for it since
            return {};
        }
        if (sent.error() != Errno::Nosys) {
            return sent;
        }
        // Valgrind knows of the descriptors, and of no signals by them.
    }
    const std::scoped_lock lock(reaping_);
    if (end_.load(std::memory_order_relaxed) != running) {
        return {};
    }
    return sys::kill(static_cast<sys::ProcessId>(handle_.id), signal);
}

sys::Result<void> Process::kill() const noexcept { return signal(std::to_underlying(sys::Signal::Kill)); }

sys::Result<void> Process::terminate() const noexcept { return signal(std::to_underlying(sys::Signal::Term)); }

void Process::drop() noexcept {
    if (end_.load(std::memory_order_relaxed) != moved && has_pidfd(handle_)) {
        const sys::OwnedFd closed(handle_.pidfd);
    }
}

std::uint32_t current_process_id() noexcept { return static_cast<std::uint32_t>(sys::getpid()); }

std::uint32_t parent_process_id() noexcept { return static_cast<std::uint32_t>(sys::getppid()); }

}  // namespace weld::native
