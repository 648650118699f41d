// SPDX-License-Identifier: MIT
#include <weld/native/process.hpp>

#include "poll_until.hpp"
#include "retry.hpp"
#include "timespec.hpp"

#include <weld/sys/linux/pidfd.hpp>
#include <weld/sys/linux/sched.hpp>
#include <weld/sys/posix/poll.hpp>
#include <weld/sys/posix/process.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <utility>

namespace weld::native {

namespace {

using sys::Errno;
using sys::WaitOptions;

/// Packs the status as waitpid(2) does.
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
        if (changed || changed.error() == Errno::Child) {
            return changed;
        }
        // Linux 5.2 and 5.3 have pidfds, but cannot wait for one (EINVAL).
    }
    return retry([&] { return sys::waitid(sys::WaitFor::Process, handle.id, options); });
}

/// Waits until `pidfd` is readable, until `deadline` or until a signal; whether it is readable.
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

std::optional<sys::Answer<std::optional<ExitStatus>>> Process::known_end() const noexcept {
    const std::int64_t end = end_.load(std::memory_order_acquire);
    if (end == running) {
        return std::nullopt;
    }
    return end == lost || end == moved ? sys::Answer<std::optional<ExitStatus>>(std::unexpected(Errno::Child))
                                       : ExitStatus(static_cast<std::int32_t>(end));
}

sys::Answer<std::optional<ExitStatus>> Process::reap(bool waits) noexcept {
    if (const auto end = known_end()) {
        return *end;
    }
    if (waits) {
        // This wait leaves the zombie in place; it is reaped under the lock below. `signal` holds the lock while it
        // sends by process id, so the id still belongs to this child.
        (void)wait_for(handle_, WaitOptions::Exited | WaitOptions::NoWait);
    }
    const std::scoped_lock lock(reaping_);
    if (const auto end = known_end()) {
        return *end;
    }
    const auto changed = wait_for(handle_, WaitOptions::Exited | WaitOptions::NoHang);
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
        // The pidfd of a traced process is readable before the process can be waited for; on Linux 5.2 every pidfd is.
        polls = polls && !was_readable;
        if (polls) {
            was_readable = WELD_TRY(is_readable(handle_.pidfd, deadline));
        } else {
            sleep_until(deadline - now_is > nap ? now_is + nap : deadline);
            nap = std::min(2 * nap, longest_nap);
        }
    }
}

sys::Result<OutputReady> Process::wait_output(const File* first, const File* second, Instant deadline) const noexcept {
    using namespace std::chrono_literals;
    constexpr std::chrono::nanoseconds nap = 10ms;
    const auto handle_of = [](const File* file) { return file != nullptr ? file->as_handle().raw() : -1; };
    // The pidfd of a reaped process stays readable for ever.
    const bool polls = has_pidfd(handle_) && end_.load(std::memory_order_relaxed) == running;
    std::array entries{readable(handle_of(first)), readable(handle_of(second)), readable(polls ? handle_.pidfd : -1)};
    if (!polls && end_.load(std::memory_order_relaxed) == running) {
        const Instant now_is(now(Clock::Monotonic));
        deadline = deadline - now_is > nap ? now_is + nap : deadline;
    }
    const std::size_t ready = WELD_TRY(poll_until(entries, deadline));
    const auto is_ready = [&](std::size_t index) { return entries[index].found != sys::PollEvents::None; };
    return OutputReady{.first = is_ready(0), .second = is_ready(1), .process = is_ready(2) || ready == 0};
}

sys::Result<void> Process::signal(std::int32_t number) const noexcept {
    const auto signal = static_cast<sys::Signal>(number);
    const std::int64_t end = end_.load(std::memory_order_acquire);
    if (end != running) {
        return end == moved ? sys::Result<void>(std::unexpected(Errno::Srch)) : sys::Result<void>();
    }
    if (has_pidfd(handle_)) {
        const auto sent = sys::pidfd_send_signal(sys::BorrowedFd(handle_.pidfd), signal);
        if (sent || sent.error() == Errno::Srch) {  // another thread may have reaped it since
            return {};
        }
        // Valgrind returns ENOSYS, an old seccomp filter EPERM. Where the signal itself was refused, kill(2) fails
        // with the same error.
    }
    const std::scoped_lock lock(reaping_);
    if (end_.load(std::memory_order_relaxed) != running) {
        return {};
    }
    return sys::kill(static_cast<sys::ProcessId>(handle_.id), signal);
}

sys::Result<void> Process::signal_group(std::int32_t number) const noexcept {
    const auto signal = static_cast<sys::Signal>(number);
    if (end_.load(std::memory_order_acquire) == moved) {
        return std::unexpected(Errno::Srch);
    }
    if (has_pidfd(handle_)) {
        const auto sent =
            sys::pidfd_send_signal(sys::BorrowedFd(handle_.pidfd), signal, sys::PidfdSignal::ProcessGroup);
        if (sent || sent.error() == Errno::Srch) {
            return sent;
        }
        // Before Linux 6.9 the flag gives EINVAL.
    }
    const std::scoped_lock lock(reaping_);
    if (end_.load(std::memory_order_relaxed) != running) {
        return std::unexpected(Errno::Nosys);  // the id may belong to another process group by now
    }
    return sys::kill(static_cast<sys::ProcessId>(-handle_.id), signal);
}

sys::Result<void> Process::kill() const noexcept { return signal(std::to_underlying(sys::Signal::Kill)); }

sys::Result<void> Process::kill_group() const noexcept { return signal_group(std::to_underlying(sys::Signal::Kill)); }

sys::Result<void> Process::terminate() const noexcept { return signal(std::to_underlying(sys::Signal::Term)); }

void Process::drop() noexcept {
    if (end_.load(std::memory_order_relaxed) != moved && has_pidfd(handle_)) {
        const sys::OwnedFd closed(handle_.pidfd);
    }
}

std::uint32_t current_process_id() noexcept { return static_cast<std::uint32_t>(sys::getpid()); }

std::uint32_t parent_process_id() noexcept { return static_cast<std::uint32_t>(sys::getppid()); }

}  // namespace weld::native
