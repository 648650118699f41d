// SPDX-License-Identifier: MIT
#include "line.hpp"

#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/posix/poll.hpp>
#include <weld/sys/posix/signal.hpp>
#include <weld/sys/posix/socket.hpp>

#include <algorithm>
#include <charconv>
#include <span>

namespace green {

namespace sys = weld::sys;

namespace {

constexpr sys::BorrowedFd standard_error(2);
constexpr int most_interruptions = 8;

bool has_room(std::chrono::milliseconds patience) noexcept {
    sys::PollFd entry{.fd = 2, .wanted = sys::PollEvents::Out, .found = sys::PollEvents::None};
    for (int tries = 0; tries < most_interruptions; ++tries) {
        const auto found = sys::poll(std::span(&entry, 1), static_cast<std::int32_t>(patience.count()));
        if (found) {
            return *found != 0 && has(entry.found, sys::PollEvents::Out);
        }
        if (found.error() != sys::Errno::Intr) {
            return true;  // a process without free file descriptors may not poll either
        }
    }
    return false;
}

/// Opens a pipe or a terminal once more: O_NONBLOCK then applies to this descriptor alone, and not to every process
/// that shares the other. Not a file, which would be overwritten from its beginning.
sys::Result<sys::OwnedFd> open_again() noexcept {
    const bool is_pipe = !sys::lseek(standard_error, 0, sys::Whence::Current);
    if (!is_pipe && !sys::isatty(standard_error)) {
        return std::unexpected(sys::Errno::Inval);
    }
    using enum sys::OpenFlags;
    return sys::openat(sys::cwd, sys::CStr("/proc/self/fd/2"), WriteOnly | Nonblock | NoCtty | CloseOnExec, 0);
}

}  // namespace

Line& Line::add(std::string_view text) noexcept {
    const std::size_t count = std::min(text.size(), text_.size() - size_);
    std::copy_n(text.begin(), count, text_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += count;
    return *this;
}

Line& Line::add(std::size_t number) noexcept {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return add(std::string_view(digits.data(), end));
}

/// Writes without SIGPIPE, which would end the process before it could say why.
bool Line::write(sys::BorrowedFd target) const noexcept {
    const auto mask = sys::pthread_sigmask_block(sys::Signal::Pipe);
    const bool was_pending = sys::is_pending(sys::Signal::Pipe);
    const auto written = sys::write(target, std::as_bytes(std::span(text_).first(size_)));
    if (!written && written.error() == sys::Errno::Pipe && !was_pending) {
        (void)sys::sigtimedwait(sys::Signal::Pipe);
    }
    if (mask) {
        (void)sys::pthread_sigmask_restore(*mask);
    }
    return written.has_value();
}

bool Line::say(std::chrono::milliseconds patience) const noexcept {
    if (!has_room(patience)) {
        return false;
    }
    const auto text = std::as_bytes(std::span(text_).first(size_));
    const auto sent = sys::send(standard_error, text, sys::MessageFlags::DontWait | sys::MessageFlags::NoSignal);
    if (sent || sent.error() != sys::Errno::Notsock) {
        return sent.has_value();
    }
    // Other writers may use the room in between, so this descriptor must not block. If no new one can be opened, the
    // old one has to do.
    const auto own = open_again();
    return write(own ? own->borrow() : standard_error);
}

}  // namespace green
