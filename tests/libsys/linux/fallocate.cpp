// SPDX-License-Identifier: MIT
//
// fallocate: reserves storage, with and without a change of the length, and punches holes.
#include <support/words.hpp>

#include <weld/sys/linux/fallocate.hpp>
#include <weld/sys/posix/fs.hpp>

namespace sys = weld::sys;
using sys::Errno;
using sys::FallocateMode;
using test::errno_of;
using test::must;

TEST_CASE("fallocate reserves storage and punches holes") {
    const test::TempDir dir;
    const auto file = must(sys::openat(sys::cwd, sys::CStr((dir / "file").c_str()),
                                       sys::OpenFlags::ReadWrite | sys::OpenFlags::Create, 0600));
    const auto status = [&] {
        sys::Stat found;
        must(sys::fstatat(file.borrow(), sys::CStr(""), sys::AtFlags::EmptyPath, found));
        return found;
    };
    must(sys::fallocate(file.borrow(), FallocateMode::KeepSize, 0, 64 * 1024));
    CHECK(status().size == 0);
    CHECK(status().blocks >= 128);
    must(sys::fallocate(file.borrow(), FallocateMode::Reserve, 0, 64 * 1024));
    CHECK(status().size == 64 * 1024);
    must(sys::fallocate(file.borrow(), FallocateMode::PunchHole | FallocateMode::KeepSize, 0, 64 * 1024));
    CHECK(status().size == 64 * 1024);
    CHECK(status().blocks < 128);
    CHECK(errno_of(sys::fallocate(file.borrow(), FallocateMode::Reserve, 0, 0)) == Errno::Inval);
    CHECK(errno_of(sys::fallocate(sys::BorrowedFd(1 << 20), FallocateMode::Reserve, 0, 1)) == Errno::Badf);
}
