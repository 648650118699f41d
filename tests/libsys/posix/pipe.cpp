// SPDX-License-Identifier: MIT
//
// pipe2 and pwritev2: both ends, their flags, and writes without SIGPIPE where the kernel supports that.
#include <support/words.hpp>

#include <weld/sys/linux/pwritev2.hpp>
#include <weld/sys/posix/fcntl.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/posix/pipe.hpp>
#include <weld/sys/posix/signal.hpp>

#include <fcntl.h>
#include <array>
#include <csignal>
#include <optional>
#include <vector>

namespace sys = weld::sys;
using sys::Errno;
using test::errno_of;
using test::must;

TEST_CASE("a pipe carries bytes from one end to the other, and is close-on-exec") {
    const sys::Pipe pipe = must(sys::pipe2(sys::OpenFlags::CloseOnExec));
    CHECK(::fcntl(pipe.reader.borrow().raw(), F_GETFD) == FD_CLOEXEC);
    CHECK(::fcntl(pipe.writer.borrow().raw(), F_GETFD) == FD_CLOEXEC);
    const std::array<sys::IoSlice, 2> slices{test::bytes("ab"), test::bytes("c")};
    CHECK(must(sys::pwritev2(pipe.writer.borrow(), slices, sys::WriteFlags::None)) == 3);
    std::array<std::byte, 8> buffer;
    CHECK(test::text(buffer, must(sys::read(pipe.reader.borrow(), buffer))) == "abc");
}

TEST_CASE("pipe2 and pwritev2 return errors for invalid arguments") {
    CHECK(errno_of(sys::pipe2(static_cast<sys::OpenFlags>(1))) == Errno::Inval);
    sys::Pipe pipe = must(sys::pipe2(sys::OpenFlags::CloseOnExec | sys::OpenFlags::Nonblock));
    std::array<std::byte, 8> buffer;
    CHECK(errno_of(sys::read(pipe.reader.borrow(), buffer)) == Errno::Again);
    const std::vector<sys::IoSlice> many(1025);
    CHECK(errno_of(sys::pwritev2(pipe.writer.borrow(), many, sys::WriteFlags::None)) == Errno::Inval);
    const sys::IoSlice slice(test::bytes("x"));
    CHECK(errno_of(sys::pwritev2(pipe.writer.borrow(), {&slice, 1}, static_cast<sys::WriteFlags>(1U << 30))) ==
          Errno::Opnotsupp);
}

TEST_CASE("a write to a pipe without a reader returns Pipe, and raises SIGPIPE unless NoSignal is set") {
    const auto end = test::in_child([] {
        ::signal(SIGPIPE, SIG_DFL);
        sys::Pipe pipe = must(sys::pipe2(sys::OpenFlags::CloseOnExec));
        must(std::move(pipe.reader).close());
        const sys::IoSlice slice(test::bytes("x"));
        const auto written = sys::pwritev2(pipe.writer.borrow(), {&slice, 1}, sys::WriteFlags::NoSignal);
        if (!written && written.error() == Errno::Opnotsupp) {
            return 77;
        }
        return !written && written.error() == Errno::Pipe ? 0 : 1;
    });
    CHECK((end.exited_with(0) || end.exited_with(77)));
}

TEST_CASE("a blocked signal is pending until sigtimedwait consumes it") {
    const auto end = test::in_child([] {
        ::signal(SIGPIPE, SIG_DFL);
        const auto mask = must(sys::pthread_sigmask_block(sys::Signal::Pipe));
        if (sys::is_pending(sys::Signal::Pipe) || errno_of(sys::sigtimedwait(sys::Signal::Pipe)) != Errno::Again) {
            return 1;
        }
        (void)::raise(SIGPIPE);
        if (!sys::is_pending(sys::Signal::Pipe) || !sys::sigtimedwait(sys::Signal::Pipe) ||
            sys::is_pending(sys::Signal::Pipe)) {
            return 2;
        }
        must(sys::pthread_sigmask_restore(mask));
        sigset_t now;
        return ::pthread_sigmask(SIG_SETMASK, nullptr, &now) == 0 && ::sigismember(&now, SIGPIPE) == 0 ? 0 : 3;
    });
    CHECK(end.exited_with(0));
}
