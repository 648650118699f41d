// SPDX-License-Identifier: MIT
//
// fcntl: reads status flags, sets them for all duplicates, and duplicates descriptors.
#include <support/words.hpp>

#include <weld/sys/posix/fcntl.hpp>

#include <unistd.h>
#include <array>

namespace sys = weld::sys;
using sys::Errno;
using sys::OpenFlags;
using test::must;

TEST_CASE("F_SETFL changes the status flags of all duplicates, and nothing else") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const sys::OwnedFd reader(ends[0]);
    const sys::OwnedFd writer(ends[1]);
    const sys::OwnedFd duplicate(::fcntl(ends[1], F_DUPFD_CLOEXEC, 0));
    CHECK(must(sys::fcntl_getfl(writer.borrow())) == OpenFlags::WriteOnly);
    must(sys::fcntl_setfl(writer.borrow(), OpenFlags::Nonblock));
    CHECK(must(sys::fcntl_getfl(duplicate.borrow())) == (OpenFlags::WriteOnly | OpenFlags::Nonblock));
    CHECK(must(sys::fcntl_getfl(reader.borrow())) == OpenFlags::ReadOnly);
    CHECK(::fcntl(ends[1], F_GETFD) == FD_CLOEXEC);
    must(sys::fcntl_setfl(duplicate.borrow(), OpenFlags::WriteOnly));
    CHECK(must(sys::fcntl_getfl(writer.borrow())) == OpenFlags::WriteOnly);
}

TEST_CASE("F_DUPFD_CLOEXEC duplicates a descriptor with close-on-exec, not below the given number") {
    const sys::OwnedFd made = must(sys::fcntl_dupfd_cloexec(sys::BorrowedFd(0), 100));
    CHECK(made.borrow().raw() >= 100);
    CHECK(::fcntl(made.borrow().raw(), F_GETFD) == FD_CLOEXEC);
}

TEST_CASE("every fcntl call on a bad descriptor returns Badf") {
    constexpr sys::BorrowedFd bad{1 << 20};
    CHECK(test::errno_of(sys::fcntl_getfl(bad)) == Errno::Badf);
    CHECK(test::errno_of(sys::fcntl_dupfd_cloexec(bad, 0)) == Errno::Badf);
    CHECK(test::errno_of(sys::fcntl_setfl(bad, OpenFlags::Nonblock)) == Errno::Badf);
}
