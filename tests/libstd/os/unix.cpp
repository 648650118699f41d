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
#include <utility>

namespace fs = weld::fs;
namespace os = weld::os;
using test::must;

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

TEST_CASE("a descriptor is lent, and given away") {
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

TEST_CASE("a descriptor is given away only by who says so") {
    CHECK_FALSE(GivesAway<fs::File&>);
    CHECK_FALSE(GivesAway<const fs::File&>);
}

TEST_CASE("the descriptor of a directory is lent") {
    const test::TempDir dir;
    const auto entries = must(fs::read_dir(dir.path()));
    struct stat status{};
    REQUIRE(::fstat(os::fd(entries), &status) == 0);
    CHECK(S_ISDIR(status.st_mode));
    CHECK(::fcntl(os::fd(entries), F_GETFD) == FD_CLOEXEC);
}

TEST_CASE("metadata has what stat gives") {
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

TEST_CASE("a device number of any size is packed as makedev packs it") {
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
