// SPDX-License-Identifier: MIT
//
// Names in the file system and metadata: openat, fstatat, mkdirat, unlinkat, renameat and others.
#include <support/words.hpp>

#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace sys = weld::sys;
using sys::AtFlags;
using sys::CStr;
using sys::Errno;
using sys::OpenFlags;
using test::errno_of;
using test::must;

namespace {

constexpr sys::BorrowedFd bad{1 << 20};
constexpr OpenFlags make = OpenFlags::ReadWrite | OpenFlags::Create | OpenFlags::CloseOnExec;

struct Scratch {
    test::TempDir dir;
    sys::OwnedFd owned =
        must(sys::openat(sys::cwd, CStr(dir.path().c_str()), OpenFlags::Directory | OpenFlags::CloseOnExec, 0));
    sys::BorrowedFd fd = owned.borrow();
};

}  // namespace

TEST_CASE("openat resolves a relative path from the given directory") {
    const Scratch scratch;
    const auto file = must(sys::openat(scratch.fd, CStr("file"), make, 0640));
    struct stat status{};
    REQUIRE(::stat((scratch.dir / "file").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U & ~0640U) == 0);
    CHECK(::fcntl(file.borrow().raw(), F_GETFD) == FD_CLOEXEC);
    CHECK(::access("file", F_OK) != 0);
}

TEST_CASE("openat with an absolute path ignores the directory") {
    CHECK(sys::openat(bad, CStr("/dev/null"), OpenFlags::ReadOnly | OpenFlags::CloseOnExec, 0));
}

TEST_CASE("each flag of openat does what the manual page says") {
    const Scratch scratch;
    must(sys::write(must(sys::openat(scratch.fd, CStr("file"), make, 0600)).borrow(), test::bytes("abc")));
    REQUIRE(::symlink("file", (scratch.dir / "link").c_str()) == 0);
    constexpr OpenFlags read = OpenFlags::ReadOnly | OpenFlags::CloseOnExec;

    CHECK(errno_of(sys::openat(scratch.fd, CStr("file"), make | OpenFlags::Exclusive, 0600)) == Errno::Exist);
    CHECK(errno_of(sys::openat(scratch.fd, CStr("file"), read | OpenFlags::Directory, 0)) == Errno::Notdir);
    CHECK(errno_of(sys::openat(scratch.fd, CStr("link"), read | OpenFlags::NoFollow, 0)) == Errno::Loop);
    CHECK(sys::openat(scratch.fd, CStr("link"), read | OpenFlags::NoFollow | OpenFlags::Path, 0));
    CHECK(errno_of(sys::openat(scratch.fd, CStr("."), OpenFlags::WriteOnly | OpenFlags::CloseOnExec, 0)) ==
          Errno::Isdir);

    const auto appending = must(
        sys::openat(scratch.fd, CStr("file"), OpenFlags::WriteOnly | OpenFlags::Append | OpenFlags::CloseOnExec, 0));
    must(sys::write(appending.borrow(), test::bytes("d")));
    sys::Stat status;
    must(sys::fstatat(scratch.fd, CStr("file"), AtFlags::None, status));
    CHECK(status.size == 4);
    must(sys::openat(scratch.fd, CStr("file"), OpenFlags::WriteOnly | OpenFlags::Truncate | OpenFlags::CloseOnExec, 0));
    must(sys::fstatat(scratch.fd, CStr("file"), AtFlags::None, status));
    CHECK(status.size == 0);

    REQUIRE(::mkfifo((scratch.dir / "fifo").c_str(), 0600) == 0);
    CHECK(sys::openat(scratch.fd, CStr("fifo"), read | OpenFlags::Nonblock, 0));
}

TEST_CASE("fstatat returns what the C library's stat returns") {
    const Scratch scratch;
    must(sys::write(must(sys::openat(scratch.fd, CStr("file"), make, 0600)).borrow(), test::bytes("abc")));
    REQUIRE(::symlink("file", (scratch.dir / "link").c_str()) == 0);
    for (const char* path : {"/dev/null", "/", "/proc/self/status"}) {
        INFO(path);
        struct stat expected{};
        REQUIRE(::stat(path, &expected) == 0);
        sys::Stat status;
        must(sys::fstatat(sys::cwd, CStr(path), AtFlags::None, status));
        CHECK(status.dev == expected.st_dev);
        CHECK(status.rdev == expected.st_rdev);
        CHECK(status.mode == expected.st_mode);
        CHECK(status.uid == expected.st_uid);
        CHECK(status.gid == expected.st_gid);
        CHECK(status.nlink == expected.st_nlink);
        CHECK(status.blksize == expected.st_blksize);
    }
    struct stat expected{};
    REQUIRE(::stat((scratch.dir / "file").c_str(), &expected) == 0);
    sys::Stat status;
    must(sys::fstatat(scratch.fd, CStr("link"), AtFlags::None, status));
    CHECK(status.ino == expected.st_ino);
    CHECK(status.size == 3);
    CHECK(status.blocks == expected.st_blocks);
    CHECK(status.mtime == sys::Timespec{expected.st_mtim.tv_sec, expected.st_mtim.tv_nsec});
    CHECK(status.ctime == sys::Timespec{expected.st_ctim.tv_sec, expected.st_ctim.tv_nsec});
    must(sys::fstatat(scratch.fd, CStr("link"), AtFlags::SymlinkNoFollow, status));
    CHECK(S_ISLNK(status.mode));
    CHECK(status.size == 4);
    must(sys::fstatat(scratch.fd, CStr(""), AtFlags::EmptyPath, status));
    CHECK(S_ISDIR(status.mode));
}

TEST_CASE("mkdirat, renameat and unlinkat make, rename and remove names") {
    const Scratch scratch;
    must(sys::mkdirat(scratch.fd, CStr("dir"), 0700));
    must(sys::openat(scratch.fd, CStr("dir/file"), make, 0600));
    CHECK(errno_of(sys::mkdirat(scratch.fd, CStr("dir"), 0700)) == Errno::Exist);
    CHECK(errno_of(sys::unlinkat(scratch.fd, CStr("dir"), AtFlags::None)) == Errno::Isdir);
    CHECK(errno_of(sys::unlinkat(scratch.fd, CStr("dir"), AtFlags::RemoveDirectory)) == Errno::Notempty);
    CHECK(errno_of(sys::unlinkat(scratch.fd, CStr("dir/file"), AtFlags::RemoveDirectory)) == Errno::Notdir);

    const auto inner = must(sys::openat(scratch.fd, CStr("dir"), OpenFlags::Directory | OpenFlags::CloseOnExec, 0));
    must(sys::renameat(inner.borrow(), CStr("file"), scratch.fd, CStr("moved")));
    CHECK(::access((scratch.dir / "moved").c_str(), F_OK) == 0);
    must(sys::unlinkat(scratch.fd, CStr("dir"), AtFlags::RemoveDirectory));
    must(sys::unlinkat(scratch.fd, CStr("moved"), AtFlags::None));
    CHECK(std::filesystem::is_empty(scratch.dir.path()));
}

TEST_CASE("a missing name gives Noent, and a bad directory Badf") {
    const Scratch scratch;
    sys::Stat status;
    CHECK(errno_of(sys::openat(scratch.fd, CStr("no"), OpenFlags::ReadOnly, 0)) == Errno::Noent);
    CHECK(errno_of(sys::openat(scratch.fd, CStr(""), OpenFlags::ReadOnly, 0)) == Errno::Noent);
    CHECK(errno_of(sys::fstatat(scratch.fd, CStr("no"), AtFlags::None, status)) == Errno::Noent);
    CHECK(errno_of(sys::mkdirat(scratch.fd, CStr("no/dir"), 0700)) == Errno::Noent);
    CHECK(errno_of(sys::unlinkat(scratch.fd, CStr("no"), AtFlags::None)) == Errno::Noent);
    CHECK(errno_of(sys::renameat(scratch.fd, CStr("no"), scratch.fd, CStr("other"))) == Errno::Noent);

    CHECK(errno_of(sys::openat(bad, CStr("no"), OpenFlags::ReadOnly, 0)) == Errno::Badf);
    CHECK(errno_of(sys::fstatat(bad, CStr("no"), AtFlags::None, status)) == Errno::Badf);
    CHECK(errno_of(sys::mkdirat(bad, CStr("no"), 0700)) == Errno::Badf);
    CHECK(errno_of(sys::unlinkat(bad, CStr("no"), AtFlags::None)) == Errno::Badf);
    CHECK(errno_of(sys::renameat(bad, CStr("no"), bad, CStr("other"))) == Errno::Badf);
}

TEST_CASE("linkat and symlinkat make links, and readlinkat reads them") {
    const Scratch scratch;
    must(sys::openat(scratch.fd, CStr("file"), make, 0600));
    must(sys::linkat(scratch.fd, CStr("file"), scratch.fd, CStr("other"), AtFlags::None));
    must(sys::symlinkat(CStr("file"), scratch.fd, CStr("link")));
    must(sys::linkat(scratch.fd, CStr("link"), scratch.fd, CStr("followed"), AtFlags::SymlinkFollow));
    sys::Stat status;
    must(sys::fstatat(scratch.fd, CStr("file"), AtFlags::None, status));
    CHECK(status.nlink == 3);
    std::array<char, 3> cut;
    CHECK(must(sys::readlinkat(scratch.fd, CStr("link"), cut)) == 3);
    CHECK(std::string_view(cut.data(), cut.size()) == "fil");
    CHECK(errno_of(sys::readlinkat(scratch.fd, CStr("file"), cut)) == Errno::Inval);
    CHECK(errno_of(sys::symlinkat(CStr("file"), scratch.fd, CStr("link"))) == Errno::Exist);
    CHECK(errno_of(sys::linkat(scratch.fd, CStr("no"), scratch.fd, CStr("new"), AtFlags::None)) == Errno::Noent);
}

TEST_CASE("mode, owner and times are changed by path and by descriptor") {
    const Scratch scratch;
    const auto file = must(sys::openat(scratch.fd, CStr("file"), make, 0600));
    must(sys::symlinkat(CStr("file"), scratch.fd, CStr("link")));
    sys::Stat status;
    const auto look = [&](const char* name) {
        must(sys::fstatat(scratch.fd, CStr(name), AtFlags::SymlinkNoFollow, status));
    };
    must(sys::fchmodat(scratch.fd, CStr("link"), 0640, AtFlags::None));
    look("file");
    CHECK((status.mode & 07777U) == 0640U);
    must(sys::fchmod(file.borrow(), 0444));
    look("file");
    CHECK((status.mode & 07777U) == 0444U);
    must(sys::fchown(file.borrow(), sys::same_id, sys::same_id));
    must(sys::fchownat(scratch.fd, CStr("file"), ::getuid(), ::getgid(), AtFlags::None));

    must(sys::futimens(file.borrow(), {-5, 999'999'999}, {7, 1}));
    look("file");
    CHECK((status.atime == sys::Timespec{-5, 999'999'999} && status.mtime == sys::Timespec{7, 1}));
    must(sys::utimensat(scratch.fd, CStr("link"), sys::utime_omit, {9, 0}, AtFlags::SymlinkNoFollow));
    look("link");
    CHECK(status.mtime == sys::Timespec{9, 0});
    must(sys::utimensat(scratch.fd, CStr("link"), sys::utime_omit, sys::utime_now, AtFlags::None));
    look("file");
    CHECK(status.atime == sys::Timespec{-5, 999'999'999});
    CHECK(status.mtime.seconds > 7);
    CHECK(errno_of(sys::futimens(file.borrow(), {0, 1'000'000'000}, {0, 0})) == Errno::Inval);
    CHECK(errno_of(sys::fchmod(bad, 0600)) == Errno::Badf);
    CHECK(errno_of(sys::fchown(bad, 0, 0)) == Errno::Badf);
}
