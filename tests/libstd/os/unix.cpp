// SPDX-License-Identifier: MIT
//
// os/unix: descriptors of weld's objects, and the metadata that only Unix has.
#include <support/words.hpp>

#include <weld/net.hpp>
#include <weld/os/unix.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>
#include <utility>

namespace fs = weld::fs;
namespace os = weld::os;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

template <class T>
concept HasFd = requires(T&& object) { os::fd(std::forward<T>(object)); };

template <class T>
concept GivesAway = requires(T&& object) { os::into_fd(std::forward<T>(object)); };

}  // namespace

static_assert(HasFd<fs::File&> && HasFd<const fs::File&> && HasFd<fs::ReadDir&>);
static_assert(HasFd<weld::net::TcpStream&> && HasFd<const weld::net::TcpListener&>);
static_assert(!HasFd<fs::Metadata&> && !HasFd<int&>);
static_assert(!HasFd<fs::File>);  // a temporary takes its descriptor with it
static_assert(GivesAway<weld::net::TcpStream&&> && GivesAway<weld::net::TcpListener&&>);
static_assert(GivesAway<fs::File&&> && !GivesAway<int>);

TEST_CASE("fd borrows the descriptor, and into_fd moves it out") {
    const test::TempDir dir;
    auto file = must(fs::File::create(dir / "file"));
    const int fd = os::fd(file);
    CHECK(::fcntl(fd, F_GETFD) == FD_CLOEXEC);
    CHECK(os::fd(file.as_native()) == fd);
    int given = -1;
    {
        auto dying = std::move(file);
        given = os::into_fd(std::move(dying));
    }
    CHECK(given == fd);
    CHECK(::write(given, "x", 1) == 1);
    CHECK(::close(given) == 0);
}

TEST_CASE("into_fd needs an rvalue") {
    CHECK_FALSE(GivesAway<fs::File&>);
    CHECK_FALSE(GivesAway<const fs::File&>);
}

TEST_CASE("fd borrows the descriptor of a directory") {
    const test::TempDir dir;
    const auto entries = must(fs::read_dir(dir.path()));
    struct stat status{};
    REQUIRE(::fstat(os::fd(entries), &status) == 0);
    CHECK(S_ISDIR(status.st_mode));
    CHECK(::fcntl(os::fd(entries), F_GETFD) == FD_CLOEXEC);
}

TEST_CASE("metadata has the fields of stat") {
    const test::TempDir dir;
    const std::string path = dir / "file";
    must(fs::write(path, std::string(10'000, 'x')));
    REQUIRE(::chmod(path.c_str(), 04751) == 0);
    REQUIRE(::link(path.c_str(), (dir / "other").c_str()) == 0);
    for (const std::string& name :
         {path, dir.path(), std::string("/dev/null"), std::string("/proc/self/status"), std::string("/")}) {
        INFO(name);
        struct stat status{};
        REQUIRE(::stat(name.c_str(), &status) == 0);
        const auto metadata = must(fs::metadata(name));
        CHECK(os::ino(metadata) == status.st_ino);
        CHECK(os::dev(metadata) == status.st_dev);
        CHECK(os::mode(metadata) == status.st_mode);
        CHECK(os::nlink(metadata) == status.st_nlink);
        CHECK(os::uid(metadata) == status.st_uid);
        CHECK(os::gid(metadata) == status.st_gid);
        CHECK(os::blocks(metadata) == static_cast<std::uint64_t>(status.st_blocks));
    }
    const auto metadata = must(fs::metadata(path));
    CHECK(os::mode(metadata) == (S_IFREG | 04751));
    CHECK(os::nlink(metadata) == 2);
}

TEST_CASE("make_device packs any number as makedev does") {
    fs::Metadata metadata;
    auto& statx = metadata.as_native().record().statx;
    for (const std::uint32_t major : {0U, 1U, 0xfffU, 0x1000U, 0xffffffffU}) {
        for (const std::uint32_t minor : {0U, 1U, 0xffU, 0x100U, 0xffffffffU}) {
            statx.dev_major = major;
            statx.dev_minor = minor;
            CHECK(os::dev(metadata) == gnu_dev_makedev(major, minor));
        }
    }
}

TEST_CASE("a device, the best size and the time of the last change are told") {
    struct stat status{};
    REQUIRE(::stat("/dev/null", &status) == 0);
    const fs::Metadata metadata = must(fs::metadata("/dev/null"));
    CHECK(os::rdev(metadata) == status.st_rdev);
    CHECK(os::rdev(metadata) == os::make_device(1, 3));
    CHECK(os::blksize(metadata) == static_cast<std::uint64_t>(status.st_blksize));
    CHECK(os::changed(metadata).time_since_epoch() ==
          std::chrono::seconds(status.st_ctim.tv_sec) + std::chrono::nanoseconds(status.st_ctim.tv_nsec));
}

TEST_CASE("chown, lchown and fchown change owners with the privilege") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    must(fs::symlink("file", dir / "link"));
    const std::uint32_t uid = ::getuid();
    const std::uint32_t gid = ::getgid();
    must(os::chown(dir / "link", uid, gid));
    must(os::lchown(dir / "link", {}, {}));
    must(os::fchown(must(fs::File::open(dir / "file")), {}, gid));
    CHECK(kind_of(os::chown(dir / "missing", uid, gid)) == Kind::NotFound);
    CHECK(kind_of(os::lchown(std::string_view("a\0b", 3), uid, gid)) == Kind::InvalidInput);
    if (uid != 0) {
        CHECK(kind_of(os::chown(dir / "file", 0, 0)) == Kind::PermissionDenied);
        return;
    }
    must(os::lchown(dir / "link", 12, 34));
    CHECK(os::uid(must(fs::symlink_metadata(dir / "link"))) == 12);
    CHECK(os::gid(must(fs::symlink_metadata(dir / "link"))) == 34);
    CHECK(os::uid(must(fs::metadata(dir / "link"))) == 0);
    must(os::chown(dir / "link", 12, {}));
    must(os::fchown(must(fs::File::open(dir / "file")), {}, 34));
    CHECK(os::uid(must(fs::metadata(dir / "file"))) == 12);
    CHECK(os::gid(must(fs::metadata(dir / "file"))) == 34);
}

TEST_CASE("chroot changes the root directory of the process") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "inside"));
    const auto end = test::in_child([&] {
        if (const auto done = os::chroot(dir.path()); !done) {
            return done.error() == Kind::PermissionDenied ? 77 : 1;
        }
        return must(fs::read_to_string("/file")) == "inside" && !must(fs::exists("/proc")) ? 0 : 2;
    });
    CHECK((end.exited_with(0) || end.exited_with(77)));
    CHECK(kind_of(os::chroot(std::string_view("a\0b", 3))) == Kind::InvalidInput);
}

TEST_CASE("an entry has the inode number of its file") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "x"));
    struct stat status{};
    REQUIRE(::stat((dir / "file").c_str(), &status) == 0);
    auto entries = must(fs::read_dir(dir.path()));
    for (const auto& entry : entries) {
        CHECK(os::ino(must(entry)) == status.st_ino);
    }
    auto walk = must(fs::walk(dir / "file"));
    for (const auto& entry : walk) {
        CHECK(os::ino(must(entry)) == status.st_ino);
    }
}

TEST_CASE("a change out of range of SystemTime is clamped") {
    fs::Metadata metadata;
    auto& time = metadata.as_native().record().statx.ctime;
    time = {.seconds = std::numeric_limits<std::int64_t>::max(), .nanoseconds = 999'999'999, .reserved = 0};
    CHECK(os::changed(metadata) == weld::time::SystemTime::max());
    time.seconds = std::numeric_limits<std::int64_t>::min();
    CHECK(os::changed(metadata) == weld::time::SystemTime::min());
    time = {.seconds = -1, .nanoseconds = 999'999'999, .reserved = 0};
    CHECK(os::changed(metadata).time_since_epoch() == std::chrono::nanoseconds(-1));
}
