// SPDX-License-Identifier: MIT
#include <weld/native/pipe.hpp>

#include "poll_until.hpp"
#include "refusal.hpp"
#include "retry.hpp"
#include "write_without_signal.hpp"

#include <weld/sys/linux/pwritev2.hpp>
#include <weld/sys/posix/pipe.hpp>
#include <weld/sys/posix/poll.hpp>
#include <weld/sys/posix/signal.hpp>
#include <weld/sys/posix/uio.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace weld::native {

namespace {

enum class NoSignal : std::uint8_t { Unknown, Known, Refused };

/// Whether the kernel supports RWF_NOSIGNAL for pipes. A refusal for another kind of file proves nothing.
constinit std::atomic<NoSignal> no_signal{NoSignal::Unknown};

/// Probes the kernel with a pipe of our own. If the probe cannot be made now, the next write probes again.
NoSignal ask_kernel() noexcept {
    const auto pipe = sys::pipe2(sys::OpenFlags::CloseOnExec);
    if (!pipe) {
        return NoSignal::Unknown;
    }
    const std::byte byte{};
    const sys::IoSlice slice(std::span(&byte, 1));
    const auto count = sys::pwritev2(pipe->writer.borrow(), {&slice, 1}, sys::WriteFlags::NoSignal);
    const bool is_refused = !count && may_refuse_flag(count.error());
    const NoSignal answer = count ? NoSignal::Known : is_refused ? NoSignal::Refused : NoSignal::Unknown;
    no_signal.store(answer, std::memory_order_relaxed);
    return answer;
}

std::size_t size_of(std::span<const sys::IoSlice> sources) noexcept {
    std::size_t size = 0;
    for (const sys::IoSlice& source : sources) {
        size += source.size();
    }
    return size;
}

/// writev with SIGPIPE blocked; consumes the signal that the write raises.
///
/// The kernel also raises the signal when it returns a short count because the last reader left in the middle of the
/// write. So every write that is not whole may have raised one. A signal that was pending before stays pending.
sys::Result<std::size_t> write_blocking_signal(sys::BorrowedHandle pipe,
                                               std::span<const sys::IoSlice> sources) noexcept {
    const auto mask = WELD_TRY(sys::pthread_sigmask_block(sys::Signal::Pipe));
    const bool was_pending = sys::is_pending(sys::Signal::Pipe);
    auto count = retry([&] { return sys::writev(pipe, sources); });
    const bool may_have_signalled = count ? *count < size_of(sources) : count.error() == sys::Errno::Pipe;
    if (may_have_signalled && !was_pending) {
        (void)retry([] { return sys::sigtimedwait(sys::Signal::Pipe); });
    }
    (void)sys::pthread_sigmask_restore(mask);
    return count;
}

}  // namespace

sys::Result<std::size_t> write_without_signal(sys::BorrowedHandle handle,
                                              std::span<const sys::IoSlice> sources) noexcept {
    sources = sources.first(std::min(sources.size(), sys::iov_max));
    if (const NoSignal known = no_signal.load(std::memory_order_relaxed); known != NoSignal::Refused) [[likely]] {
        auto count = retry([&] { return sys::pwritev2(handle, sources, sys::WriteFlags::NoSignal); });
        if (count || !may_refuse_flag(count.error())) {
            return count;
        }
        if (known == NoSignal::Unknown) {  // EOPNOTSUPP before Linux 6.18, EINVAL before 4.13
            (void)ask_kernel();
        }
    }
    return write_blocking_signal(handle, sources);
}

sys::Result<std::size_t> PipeWriter::write(std::span<const std::byte> source) const noexcept {
    const sys::IoSlice slice(source);
    return write_vectored({&slice, 1});
}

sys::Result<std::size_t> PipeWriter::write_vectored(std::span<const sys::IoSlice> sources) const noexcept {
    return write_without_signal(as_handle(), sources);
}

sys::Result<Pipe> pipe() noexcept {
    sys::Pipe ends = WELD_TRY(sys::pipe2(sys::OpenFlags::CloseOnExec));
    return Pipe{.reader = File::from_handle(std::move(ends.reader)),
                .writer = PipeWriter::from_handle(std::move(ends.writer))};
}

bool is_open(const File& file) noexcept { return file.as_handle().raw() >= 0; }

sys::Result<Readable> wait_readable(const File& first, const File& second) noexcept {
    std::array entries{readable(first.as_handle().raw()), readable(second.as_handle().raw())};
    if (const auto ready = retry([&] { return sys::poll(entries, -1); }); !ready) {
        return std::unexpected(ready.error());
    }
    return Readable{.first = entries[0].found != sys::PollEvents::None,
                    .second = entries[1].found != sys::PollEvents::None};
}

sys::Result<void> wait_readable_until(const File& file, Instant deadline) noexcept {
    if (!is_open(file)) {
        return std::unexpected(sys::Errno::Badf);  // poll would skip it, and wait
    }
    sys::PollFd entry = readable(file.as_handle().raw());
    const std::size_t ready = WELD_TRY(poll_until(std::span(&entry, 1), deadline));
    return ready != 0 ? sys::Result<void>() : std::unexpected(sys::Errno::Timedout);
}

}  // namespace weld::native
