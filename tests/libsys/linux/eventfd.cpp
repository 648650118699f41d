// SPDX-License-Identifier: MIT
//
// eventfd: adding to the counter, reading it, and waiting for it.
#include <support/words.hpp>

#include <weld/sys/linux/eventfd.hpp>
#include <weld/sys/posix/io.hpp>

#include <fcntl.h>
#include <cstring>

namespace sys = weld::sys;
using sys::Errno;
using sys::EventfdFlags;
using test::must;

namespace {

void add(const sys::OwnedFd& counter, std::uint64_t count) {
    CHECK(must(sys::write(counter.borrow(), std::as_bytes(std::span(&count, 1)))) == sizeof count);
}

sys::Result<std::uint64_t> take(const sys::OwnedFd& counter) {
    std::uint64_t count = 0;
    const auto read = sys::read(counter.borrow(), std::as_writable_bytes(std::span(&count, 1)));
    return read ? sys::Result<std::uint64_t>(count) : std::unexpected(read.error());
}

}  // namespace

TEST_CASE("a read of an eventfd takes the whole counter, and waits while it is zero") {
    const auto counter = must(sys::eventfd(3, EventfdFlags::CloseOnExec | EventfdFlags::Nonblock));
    CHECK(::fcntl(counter.borrow().raw(), F_GETFD) == FD_CLOEXEC);
    add(counter, 4);
    CHECK(must(take(counter)) == 7);
    CHECK(test::errno_of(take(counter)) == Errno::Again);
}

TEST_CASE("a read of an eventfd with Semaphore takes one") {
    const auto counter =
        must(sys::eventfd(0, EventfdFlags::CloseOnExec | EventfdFlags::Nonblock | EventfdFlags::Semaphore));
    add(counter, 2);
    CHECK(must(take(counter)) == 1);
    CHECK(must(take(counter)) == 1);
    CHECK(test::errno_of(take(counter)) == Errno::Again);
}

TEST_CASE("eventfd returns Inval for unknown flags") {
    CHECK(test::errno_of(sys::eventfd(0, static_cast<EventfdFlags>(0x40))) == Errno::Inval);
}
