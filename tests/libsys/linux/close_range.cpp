// SPDX-License-Identifier: MIT
//
// close_range, dup3, FD_CLOEXEC: which descriptors a program inherits.
#include <support/words.hpp>

#include <weld/sys/linux/close_range.hpp>
#include <weld/sys/posix/fcntl.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace sys = weld::sys;
using sys::BorrowedFd;
using sys::CloseRangeFlags;
using sys::Errno;
using test::errno_of;
using test::must;

TEST_CASE("close_range closes a range or marks it close-on-exec, both ends included") {
    const auto end = test::in_child([] {
        for (const int number : {100, 101, 102, 103}) {
            if (::dup2(2, number) != number) {
                return 1;
            }
        }
        must(sys::close_range(101, 102, CloseRangeFlags::CloseOnExec));
        if (must(sys::fcntl_get_cloexec(BorrowedFd(100))) || !must(sys::fcntl_get_cloexec(BorrowedFd(101))) ||
            !must(sys::fcntl_get_cloexec(BorrowedFd(102))) || must(sys::fcntl_get_cloexec(BorrowedFd(103)))) {
            return 2;
        }
        must(sys::close_range(100, 102, CloseRangeFlags::None));
        return errno_of(sys::fcntl_get_cloexec(BorrowedFd(102))) == Errno::Badf &&
                       sys::fcntl_get_cloexec(BorrowedFd(103)).has_value()
                   ? 0
                   : 3;
    });
    CHECK(end.exited_with(0));
    CHECK(errno_of(sys::close_range(5, 4, CloseRangeFlags::None)) == Errno::Inval);
}

TEST_CASE("dup3 replaces a descriptor, and the duplicate is inherited") {
    const sys::OwnedFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const sys::OwnedFd place(::open("/", O_RDONLY | O_CLOEXEC));
    must(sys::dup3(file.borrow(), place.borrow().raw()));
    CHECK_FALSE(must(sys::fcntl_get_cloexec(place.borrow())));
    CHECK(must(sys::fcntl_get_cloexec(file.borrow())));
    must(sys::fcntl_set_cloexec(place.borrow(), true));
    CHECK(must(sys::fcntl_get_cloexec(place.borrow())));
    CHECK(errno_of(sys::dup3(file.borrow(), file.borrow().raw())) == Errno::Inval);
    CHECK(errno_of(sys::dup3(BorrowedFd(987), 5)) == Errno::Badf);
}
