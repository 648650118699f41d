// SPDX-License-Identifier: MIT
//
// copy_file_range: copies bytes from file to file and moves both positions.
#include <support/words.hpp>

#include <weld/sys/linux/copy_file_range.hpp>
#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>

#include <array>

namespace sys = weld::sys;
using sys::Errno;
using sys::OpenFlags;
using test::must;

TEST_CASE("copy_file_range copies bytes and moves both positions") {
    const test::TempDir dir;
    const auto open = [&](const char* name) {
        return must(
            sys::openat(sys::cwd, sys::CStr((dir / name).c_str()), OpenFlags::ReadWrite | OpenFlags::Create, 0600));
    };
    const auto from = open("from");
    const auto to = open("to");
    must(sys::pwrite(from.borrow(), test::bytes("abcdef"), 0));
    CHECK(must(sys::copy_file_range(from.borrow(), to.borrow(), 4)) == 4);
    CHECK(must(sys::copy_file_range(from.borrow(), to.borrow(), 4)) == 2);
    CHECK(must(sys::copy_file_range(from.borrow(), to.borrow(), 4)) == 0);
    std::array<std::byte, 16> buffer;
    CHECK(test::text(buffer, must(sys::pread(to.borrow(), buffer, 0))) == "abcdef");
    CHECK(test::errno_of(sys::copy_file_range(from.borrow(), sys::BorrowedFd(1 << 20), 4)) == Errno::Badf);
}
