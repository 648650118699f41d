// SPDX-License-Identifier: MIT
//
// native::Metadata: types, sizes and times, by path and by handle.
#include <support/refuse.hpp>
#include <support/words.hpp>

#include <weld/native/file.hpp>
#include <weld/native/metadata.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <cerrno>

namespace native = weld::native;
namespace sys = weld::sys;
using native::FileType;
using native::Follow;
using native::Metadata;
using native::Timestamp;
using sys::CStr;
using sys::Errno;
using test::errno_of;
using test::must;

namespace {

Metadata of(const std::string& path, Follow follow = Follow::Yes) {
    Metadata metadata;
    must(native::metadata(sys::cwd, CStr(path.c_str()), follow, metadata));
    return metadata;
}

}  // namespace

TEST_CASE("each kind of file has its type") {
    const test::TempDir dir;
    const auto file = must(native::File::open(sys::cwd, CStr((dir / "file").c_str()), {.write = true, .create = true}));
    must(file.write(test::bytes("abc")));
    REQUIRE(::symlink("file", (dir / "link").c_str()) == 0);
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);

    CHECK(of(dir / "file").file_type() == FileType::File);
    CHECK(of(dir.path()).file_type() == FileType::Directory);
    CHECK(of(dir / "link").file_type() == FileType::File);
    CHECK(of(dir / "link").len() == 3);
    CHECK(of(dir / "link", Follow::No).file_type() == FileType::Symlink);
    CHECK(of(dir / "link", Follow::No).len() == 4);
    CHECK(of(dir / "fifo").file_type() == FileType::Fifo);
    CHECK(of("/dev/null").file_type() == FileType::CharDevice);

    Metadata by_handle;
    must(native::metadata(file.as_handle(), by_handle));
    CHECK(by_handle.file_type() == FileType::File);
    CHECK(by_handle.len() == 3);
    CHECK(by_handle.file_id() == of(dir / "link").file_id());
    CHECK_FALSE(by_handle.file_id() == of(dir / "link", Follow::No).file_id());
}

TEST_CASE("set_times and metadata agree on times, also before 1970") {
    const test::TempDir dir;
    const std::string path = dir / "file";
    must(native::File::open(sys::cwd, CStr(path.c_str()), {.write = true, .create = true}));
    for (const Timestamp time : {Timestamp{-1, 999'999'999}, Timestamp{-86'400, 1}, Timestamp{0, 0},
                                 Timestamp{1'700'000'000, 123'456'789}, Timestamp{5'000'000'000, 5}}) {
        INFO(time.seconds);
        const timespec both[2] = {{.tv_sec = time.seconds + 1, .tv_nsec = time.nanoseconds},
                                  {.tv_sec = time.seconds, .tv_nsec = time.nanoseconds}};
        REQUIRE(::utimensat(AT_FDCWD, path.c_str(), both, 0) == 0);
        CHECK(of(path).modified() == time);
        CHECK(of(path).accessed() == Timestamp{time.seconds + 1, time.nanoseconds});
    }
}

TEST_CASE("timestamps are ordered by seconds, then nanoseconds") {
    CHECK(Timestamp{-1, 999'999'999} < Timestamp{0, 0});
    CHECK(Timestamp{1, 2} < Timestamp{1, 3});
    CHECK(Timestamp{1, 2} == Timestamp{1, 2});
}

TEST_CASE("the birth time, if there is one, is not after the last change of the inode") {
    const test::TempDir dir;
    must(native::File::open(sys::cwd, CStr((dir / "file").c_str()), {.write = true, .create = true}));
    const Metadata metadata = of(dir / "file");
    if (const auto created = metadata.created()) {
        const auto& changed = metadata.record().statx.ctime;
        CHECK(*created <= Timestamp{changed.seconds, changed.nanoseconds});
        CHECK(created->seconds > 1'500'000'000);
    } else {
        WARN("this file system keeps no birth time");
    }
}

TEST_CASE("created is empty when the mask lacks the birth time") {
    Metadata metadata;
    metadata.record().statx.mask = sys::StatxMask::BasicStats;
    CHECK_FALSE(metadata.created().has_value());
}

TEST_CASE("metadata returns the system's errors") {
    Metadata metadata;
    CHECK(errno_of(native::metadata(sys::cwd, CStr("/no/such"), Follow::Yes, metadata)) == Errno::Noent);
    CHECK(errno_of(native::metadata(sys::cwd, CStr(""), Follow::Yes, metadata)) == Errno::Noent);
    CHECK(errno_of(native::metadata(sys::cwd, CStr("/dev/null/x"), Follow::Yes, metadata)) == Errno::Notdir);
    CHECK(errno_of(native::metadata(sys::BorrowedHandle(1 << 20), metadata)) == Errno::Badf);
    const test::TempDir dir;
    REQUIRE(::symlink("loop", (dir / "loop").c_str()) == 0);
    CHECK(errno_of(native::metadata(sys::cwd, CStr((dir / "loop").c_str()), Follow::Yes, metadata)) == Errno::Loop);
    CHECK(native::metadata(sys::cwd, CStr((dir / "loop").c_str()), Follow::No, metadata));
}

TEST_CASE("metadata is the same where statx is refused") {
    const test::TempDir dir;
    const auto file = must(native::File::open(sys::cwd, CStr((dir / "file").c_str()), {.write = true, .create = true}));
    must(file.write(test::bytes("abc")));
    REQUIRE(::symlink("file", (dir / "link").c_str()) == 0);
    const auto differs = [&](const std::string& path, Follow follow, const sys::Statx& expected) {
        Metadata metadata;
        if (!native::metadata(sys::cwd, CStr(path.c_str()), follow, metadata)) {
            return true;
        }
        const sys::Statx& found = metadata.record().statx;
        return metadata.created().has_value() || found.mode != expected.mode || found.size != expected.size ||
               found.ino != expected.ino || found.nlink != expected.nlink || found.uid != expected.uid ||
               found.gid != expected.gid || found.blocks != expected.blocks || found.blksize != expected.blksize ||
               found.dev_major != expected.dev_major || found.dev_minor != expected.dev_minor ||
               found.rdev_major != expected.rdev_major || found.rdev_minor != expected.rdev_minor ||
               found.mtime.seconds != expected.mtime.seconds || found.mtime.nanoseconds != expected.mtime.nanoseconds ||
               // Following a link updates its access time.
               (found.atime.seconds != expected.atime.seconds && metadata.file_type() != native::FileType::Symlink) ||
               found.ctime.nanoseconds != expected.ctime.nanoseconds;
    };
    for (const int number : {EPERM, ENOSYS, EOPNOTSUPP}) {
        INFO(number);
        const Metadata of_file = of(dir / "file");
        const Metadata of_link = of(dir / "link", Follow::No);
        const Metadata of_device = of("/dev/null");
        const auto end = test::in_child([&] {
            if (!test::refuse({.call = SYS_statx}, number)) {
                return 77;
            }
            Metadata by_handle;
            Metadata missing;
            const auto absent = native::metadata(sys::cwd, CStr("/no/such"), Follow::Yes, missing);
            return (differs(dir / "file", Follow::Yes, of_file.record().statx) ? 1 : 0) |
                   (differs(dir / "link", Follow::Yes, of_file.record().statx) ? 2 : 0) |
                   (differs(dir / "link", Follow::No, of_link.record().statx) ? 4 : 0) |
                   (differs("/dev/null", Follow::Yes, of_device.record().statx) ? 8 : 0) |
                   (!native::metadata(file.as_handle(), by_handle) || by_handle.len() != 3 ? 16 : 0) |
                   (absent || absent.error() != Errno::Noent ? 32 : 0);
        });
        if (end.exited_with(77)) {
            WARN("no seccomp filter can be set here: skipped");
        } else {
            CHECK(end.status == 0);
        }
    }
}
