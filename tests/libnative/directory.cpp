// SPDX-License-Identifier: MIT
//
// native::Directory: entries in the caller's buffer, and names that are made, renamed and removed.
#include <support/words.hpp>

#include <weld/native/directory.hpp>
#include <weld/native/file.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <array>
#include <map>
#include <set>

namespace native = weld::native;
namespace sys = weld::sys;
using native::Directory;
using native::FileType;
using native::Follow;
using sys::CStr;
using sys::Errno;
using test::errno_of;
using test::must;

namespace {

Directory open_directory(const std::string& path) {
    return must(Directory::open(sys::cwd, CStr(path.c_str()), Follow::Yes));
}

void make_file(const Directory& directory, const std::string& name) {
    must(native::File::open(directory.as_handle(), CStr(name.c_str()), {.write = true, .create = true}));
}

std::map<std::string, FileType> entries(const Directory& directory, std::span<std::byte> buffer) {
    std::map<std::string, FileType> seen;
    while (const std::size_t size = must(directory.read(buffer))) {
        native::DirectoryRecords records(buffer.first(size));
        native::DirectoryEntry entry{};
        while (records.next(entry)) {
            CHECK(entry.c_name().c_str() == entry.name().data());
            CHECK(entry.name().data()[entry.name().size()] == '\0');
            CHECK(entry.file_id != 0);
            CHECK(seen.emplace(entry.name(), entry.file_type).second);
        }
        CHECK(records.rest().empty());
    }
    return seen;
}

}  // namespace

TEST_CASE("read returns entries with names and types, without dot and dot-dot") {
    const test::TempDir dir;
    const Directory directory = open_directory(dir.path());
    CHECK(::fcntl(directory.as_handle().raw(), F_GETFD) == FD_CLOEXEC);
    make_file(directory, "file");
    make_file(directory, "...");
    make_file(directory, ".hidden");
    make_file(directory, "..x");
    must(native::create_dir(directory.as_handle(), CStr("dir"), 0700));
    REQUIRE(::symlink("file", (dir / "link").c_str()) == 0);
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (dir / "socket").copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(socket);

    std::array<std::byte, Directory::smallest_buffer> buffer;
    const std::map<std::string, FileType> expected = {
        {"file", FileType::File}, {"...", FileType::File},      {".hidden", FileType::File},
        {"..x", FileType::File},  {"dir", FileType::Directory}, {"link", FileType::Symlink},
        {"fifo", FileType::Fifo}, {"socket", FileType::Socket},
    };
    CHECK(entries(directory, buffer) == expected);
    CHECK(must(directory.read(buffer)) == 0);
}

TEST_CASE("device entries have their types") {
    std::array<std::byte, 4096> buffer;
    CHECK(entries(open_directory("/dev"), buffer).at("null") == FileType::CharDevice);
}

TEST_CASE("the smallest buffer holds the longest name", "[promise:2.16]") {
    const test::TempDir dir;
    const Directory directory = open_directory(dir.path());
    std::set<std::string> expected;
    for (char letter = 'a'; letter <= 'j'; ++letter) {
        const std::string name(255, letter);
        make_file(directory, name);
        expected.insert(name);
    }
    std::array<std::byte, Directory::smallest_buffer> buffer;
    const auto seen = entries(directory, buffer);
    CHECK(seen.size() == expected.size());
    for (const std::string& name : expected) {
        CHECK(seen.contains(name));
    }
}

TEST_CASE("an empty buffer has no entries") {
    native::DirectoryRecords none;
    native::DirectoryEntry entry{};
    CHECK_FALSE(none.next(entry));
    CHECK(none.rest().empty());
}

TEST_CASE("open follows a symbolic link to a directory only with Follow::Yes") {
    const test::TempDir dir;
    const Directory directory = open_directory(dir.path());
    must(native::create_dir(directory.as_handle(), CStr("real"), 0700));
    REQUIRE(::symlink("real", (dir / "link").c_str()) == 0);
    CHECK(Directory::open(directory.as_handle(), CStr("link"), Follow::Yes));
    CHECK(Directory::open(directory.as_handle(), CStr("real"), Follow::No));
    const Errno refused = errno_of(Directory::open(directory.as_handle(), CStr("link"), Follow::No));
    CHECK((refused == Errno::Loop || refused == Errno::Notdir));
}

TEST_CASE("open returns Notdir for a file that is not a directory") {
    const test::TempDir dir;
    const Directory directory = open_directory(dir.path());
    make_file(directory, "file");
    CHECK(errno_of(Directory::open(directory.as_handle(), CStr("file"), Follow::Yes)) == Errno::Notdir);
    CHECK(errno_of(Directory::open(directory.as_handle(), CStr("no"), Follow::Yes)) == Errno::Noent);
}

TEST_CASE("a directory that was removed has no entries") {
    const test::TempDir dir;
    const Directory directory = open_directory(dir.path());
    must(native::create_dir(directory.as_handle(), CStr("gone"), 0700));
    const Directory gone = open_directory(dir / "gone");
    must(native::remove_dir(directory.as_handle(), CStr("gone")));
    std::array<std::byte, Directory::smallest_buffer> buffer;
    CHECK(must(gone.read(buffer)) == 0);
}

TEST_CASE("names are made, renamed and removed relative to a directory") {
    const test::TempDir dir;
    const Directory directory = open_directory(dir.path());
    const mode_t mask = ::umask(022);
    must(native::create_dir(directory.as_handle(), CStr("one"), 0777));
    ::umask(mask);
    struct stat status{};
    REQUIRE(::stat((dir / "one").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0755U);
    must(native::create_dir(directory.as_handle(), CStr("two"), 0700));
    const Directory one = open_directory(dir / "one");
    const Directory two = open_directory(dir / "two");
    make_file(one, "file");

    CHECK(errno_of(native::create_dir(directory.as_handle(), CStr("one"), 0700)) == Errno::Exist);
    CHECK(errno_of(native::remove_dir(directory.as_handle(), CStr("one"))) == Errno::Notempty);
    CHECK(errno_of(native::remove_file(directory.as_handle(), CStr("one"))) == Errno::Isdir);
    must(native::rename(one.as_handle(), CStr("file"), two.as_handle(), CStr("moved")));
    CHECK(errno_of(native::rename(one.as_handle(), CStr("file"), two.as_handle(), CStr("moved"))) == Errno::Noent);
    CHECK(errno_of(native::remove_dir(two.as_handle(), CStr("moved"))) == Errno::Notdir);
    must(native::remove_file(two.as_handle(), CStr("moved")));
    must(native::remove_dir(directory.as_handle(), CStr("one")));
    must(native::remove_dir(directory.as_handle(), CStr("two")));
    CHECK(errno_of(native::remove_dir(directory.as_handle(), CStr("two"))) == Errno::Noent);
    CHECK(std::filesystem::is_empty(dir.path()));
}

TEST_CASE("into_handle gives up ownership of the handle") {
    const test::TempDir dir;
    Directory directory = open_directory(dir.path());
    const int fd = directory.as_handle().raw();
    {
        const Directory again = Directory::from_handle(std::move(directory).into_handle());
        CHECK(again.as_handle().raw() == fd);
    }
    CHECK(::fcntl(fd, F_GETFD) == -1);
}
