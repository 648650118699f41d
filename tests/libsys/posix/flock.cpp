// SPDX-License-Identifier: MIT
//
// flock: shared and exclusive locks of an open file description.
#include <support/words.hpp>

#include <weld/sys/posix/fcntl.hpp>
#include <weld/sys/posix/flock.hpp>

namespace sys = weld::sys;
using sys::Errno;
using sys::LockOperation;
using test::errno_of;
using test::must;

TEST_CASE("flock is exclusive or shared, and duplicates share one lock") {
    const test::TempDir dir;
    const auto open = [&] {
        return must(sys::openat(sys::cwd, sys::CStr((dir / "file").c_str()),
                                sys::OpenFlags::ReadWrite | sys::OpenFlags::Create, 0600));
    };
    const sys::OwnedFd first = open();
    const sys::OwnedFd second = open();
    constexpr auto try_alone = LockOperation::Exclusive | LockOperation::Nonblock;
    constexpr auto try_shared = LockOperation::Shared | LockOperation::Nonblock;
    must(sys::flock(first.borrow(), LockOperation::Shared));
    must(sys::flock(second.borrow(), try_shared));
    CHECK(errno_of(sys::flock(second.borrow(), try_alone)) == Errno::Again);
    must(sys::flock(second.borrow(), LockOperation::Unlock));
    must(sys::flock(first.borrow(), LockOperation::Exclusive));
    CHECK(errno_of(sys::flock(second.borrow(), try_shared)) == Errno::Again);
    const sys::OwnedFd duplicate = must(sys::fcntl_dupfd_cloexec(first.borrow(), 0));
    must(sys::flock(duplicate.borrow(), try_alone));
    must(sys::flock(duplicate.borrow(), LockOperation::Unlock));
    must(sys::flock(second.borrow(), try_alone));
    CHECK(errno_of(sys::flock(sys::BorrowedFd(1 << 20), LockOperation::Shared)) == Errno::Badf);
}
