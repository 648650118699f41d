// SPDX-License-Identifier: MIT
//
// BorrowedFd, OwnedFd: who closes a descriptor, and that it happens once.
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

TEST_CASE("a borrowed descriptor is a number and closes nothing") {
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

TEST_CASE("an owned descriptor is closed by its destructor") {
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

TEST_CASE("a moved descriptor is closed once, by the new owner") {
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

TEST_CASE("a descriptor that is moved to itself stays") {
    OwnedFd owned(open_null());
    const int fd = owned.borrow().raw();
    OwnedFd& same = owned;
    owned = std::move(same);
    CHECK(owned.borrow().raw() == fd);
    CHECK(is_open(fd));
}

TEST_CASE("a released descriptor stays open") {
    int fd = -1;
    {
        OwnedFd owned(open_null());
        fd = std::move(owned).release();
    }
    CHECK(is_open(fd));
    CHECK(::close(fd) == 0);
}

TEST_CASE("close says what the system says, and closes nothing a second time") {
    OwnedFd owned(open_null());
    const int fd = owned.borrow().raw();
    CHECK(std::move(owned).close());
    CHECK_FALSE(is_open(fd));

    // Whoever gets the number next must not lose it to the old owner.
    const int reused = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, fd);
    REQUIRE(reused == fd);
    CHECK(test::errno_of(std::move(owned).close()) == Errno::Badf);
    {
        OwnedFd dropped(std::move(owned));
    }
    CHECK(is_open(reused));
    ::close(reused);
}

TEST_CASE("close reports a descriptor that somebody else closed") {
    OwnedFd owned(open_null());
    ::close(owned.borrow().raw());
    CHECK(test::errno_of(std::move(owned).close()) == Errno::Badf);
}
