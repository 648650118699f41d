// SPDX-License-Identifier: MIT
//
// BorrowedFd, OwnedFd: ownership, and that a descriptor is closed exactly once.
#include <support/words.hpp>

#include <weld/sys/repr.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <type_traits>
#include <utility>

using weld::sys::BorrowedFd;
using weld::sys::Errno;
using weld::sys::OwnedFd;

namespace {

int open_null() {
    const int fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    REQUIRE(fd >= 0);
    return fd;
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

}  // namespace

TEST_CASE("a BorrowedFd is a number and closes nothing") {
    static_assert(std::is_trivially_copyable_v<BorrowedFd> && sizeof(BorrowedFd) == sizeof(int));
    static_assert(!std::is_convertible_v<int, BorrowedFd>);
    const int fd = open_null();
    {
        const BorrowedFd borrowed(fd);
        CHECK(borrowed.raw() == fd);
        CHECK(borrowed == BorrowedFd(fd));
        CHECK_FALSE(borrowed == weld::sys::cwd);
    }
    CHECK(is_open(fd));
    ::close(fd);
}

TEST_CASE("the destructor of an OwnedFd closes the descriptor") {
    static_assert(!std::is_copy_constructible_v<OwnedFd> && !std::is_copy_assignable_v<OwnedFd>);
    static_assert(std::is_nothrow_move_constructible_v<OwnedFd> && std::is_nothrow_move_assignable_v<OwnedFd>);
    const int fd = open_null();
    {
        const OwnedFd owned(fd);
        CHECK(owned.borrow().raw() == fd);
        CHECK(is_open(fd));
    }
    CHECK_FALSE(is_open(fd));
}

TEST_CASE("the new owner closes a moved OwnedFd, once") {
    const int fd = open_null();
    {
        OwnedFd target(open_null());
        const int old = target.borrow().raw();
        {
            OwnedFd first(fd);
            OwnedFd second(std::move(first));
            CHECK(is_open(fd));
            target = std::move(second);
        }
        CHECK(is_open(fd));
        CHECK_FALSE(is_open(old));
        CHECK(target.borrow().raw() == fd);
    }
    CHECK_FALSE(is_open(fd));
}

TEST_CASE("an OwnedFd that is moved to itself stays open") {
    OwnedFd owned(open_null());
    const int fd = owned.borrow().raw();
    OwnedFd& same = owned;
    owned = std::move(same);
    CHECK(owned.borrow().raw() == fd);
    CHECK(is_open(fd));
}

TEST_CASE("release leaves the descriptor open") {
    int fd = -1;
    {
        OwnedFd owned(open_null());
        fd = std::move(owned).release();
    }
    CHECK(is_open(fd));
    CHECK(::close(fd) == 0);
}

TEST_CASE("close returns the system's error, and the descriptor is not closed twice") {
    OwnedFd owned(open_null());
    const int fd = owned.borrow().raw();
    CHECK(std::move(owned).close());
    CHECK_FALSE(is_open(fd));

    // The old owner must not close the number when it belongs to another file.
    const int reused = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, fd);
    REQUIRE(reused == fd);
    CHECK(test::errno_of(std::move(owned).close()) == Errno::Badf);
    {
        OwnedFd dropped(std::move(owned));
    }
    CHECK(is_open(reused));
    ::close(reused);
}

TEST_CASE("close returns an error for a descriptor that was closed elsewhere") {
    OwnedFd owned(open_null());
    ::close(owned.borrow().raw());
    CHECK(test::errno_of(std::move(owned).close()) == Errno::Badf);
}
