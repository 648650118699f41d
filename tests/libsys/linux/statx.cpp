// SPDX-License-Identifier: MIT
//
// statx(2) compared with stat(2).
#include <support/words.hpp>

#include <weld/sys/linux/statx.hpp>
#include <weld/sys/posix/io.hpp>

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace sys = weld::sys;
using sys::AtFlags;
using sys::CStr;
using sys::Errno;
using sys::StatxMask;
using test::errno_of;
using test::must;

namespace {

sys::Timespec to_timespec(const sys::StatxTimestamp& time) { return {time.seconds, time.nanoseconds}; }

}  // namespace

TEST_CASE("statx fills the fields that fstatat fills") {
    const test::TempDir dir;
    const std::string file = dir / "file";
    const std::string link = dir / "link";
    must(sys::openat(sys::cwd, CStr(file.c_str()), sys::OpenFlags::WriteOnly | sys::OpenFlags::Create, 0640));
    REQUIRE(::truncate(file.c_str(), 12345) == 0);
    REQUIRE(::symlink("file", link.c_str()) == 0);
    for (const std::string& path : {file, link, dir.path(), std::string("/dev/null"), std::string("/")}) {
        for (const AtFlags flags : {AtFlags::None, AtFlags::SymlinkNoFollow}) {
            INFO(path);
            sys::Stat expected;
            sys::Statx statx;
            must(sys::fstatat(sys::cwd, CStr(path.c_str()), flags, expected));
            must(sys::statx(sys::cwd, CStr(path.c_str()), flags, StatxMask::BasicStats, statx));
            CHECK(has(statx.mask, StatxMask::BasicStats));
            CHECK(statx.mode == expected.mode);
            CHECK(statx.size == static_cast<std::uint64_t>(expected.size));
            CHECK(statx.ino == expected.ino);
            CHECK(statx.nlink == expected.nlink);
            CHECK(statx.uid == expected.uid);
            CHECK(statx.gid == expected.gid);
            CHECK(statx.blocks == static_cast<std::uint64_t>(expected.blocks));
            CHECK(statx.blksize == expected.blksize);
            CHECK(makedev(statx.dev_major, statx.dev_minor) == expected.dev);
            CHECK(makedev(statx.rdev_major, statx.rdev_minor) == expected.rdev);
            CHECK(to_timespec(statx.mtime) == expected.mtime);
            CHECK(to_timespec(statx.ctime) == expected.ctime);
            CHECK(to_timespec(statx.atime) == expected.atime);
        }
    }
}

TEST_CASE("statx with an empty path describes the descriptor") {
    const test::TempDir dir;
    const auto file = must(
        sys::openat(sys::cwd, CStr((dir / "file").c_str()), sys::OpenFlags::ReadWrite | sys::OpenFlags::Create, 0600));
    must(sys::write(file.borrow(), test::bytes("abc")));
    sys::Statx statx;
    must(sys::statx(file.borrow(), CStr(""), AtFlags::EmptyPath, StatxMask::BasicStats | StatxMask::BirthTime, statx));
    CHECK(statx.size == 3);
    if (has(statx.mask, StatxMask::BirthTime)) {
        CHECK(to_timespec(statx.btime) <= to_timespec(statx.mtime));
    }
}

TEST_CASE("statx returns the system's errors") {
    sys::Statx statx;
    CHECK(errno_of(sys::statx(sys::cwd, CStr("/no/such"), AtFlags::None, StatxMask::BasicStats, statx)) ==
          Errno::Noent);
    CHECK(errno_of(sys::statx(sys::cwd, CStr(""), AtFlags::None, StatxMask::BasicStats, statx)) == Errno::Noent);
    CHECK(errno_of(sys::statx(sys::BorrowedFd(1 << 20), CStr(""), AtFlags::EmptyPath, StatxMask::BasicStats, statx)) ==
          Errno::Badf);
    CHECK(errno_of(sys::statx(sys::cwd, CStr("/dev/null/x"), AtFlags::None, StatxMask::BasicStats, statx)) ==
          Errno::Notdir);
}
