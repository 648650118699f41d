// SPDX-License-Identifier: MIT
//
// native::File: opening relative to a directory, bytes, length, and error numbers.
#include <support/words.hpp>

#include <weld/native/directory.hpp>
#include <weld/native/file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <limits>

namespace native = weld::native;
namespace sys = weld::sys;
using native::File;
using native::SeekFrom;
using sys::CStr;
using sys::Errno;
using test::bytes;
using test::errno_of;
using test::must;
using test::text;

namespace {

struct Scratch {
    test::TempDir dir;
    native::Directory opened = must(native::Directory::open(sys::cwd, CStr(dir.path().c_str()), native::Follow::Yes));
    sys::BorrowedHandle at = opened.as_handle();

    [[nodiscard]] File make(const char* name) const {
        return must(File::open(at, CStr(name), {.read = true, .write = true, .create = true}));
    }
};

}  // namespace

TEST_CASE("open takes a path relative to a directory, and sets close-on-exec") {
    const Scratch scratch;
    const File file = scratch.make("file");
    CHECK(::access((scratch.dir / "file").c_str(), F_OK) == 0);
    CHECK(::fcntl(file.as_handle().raw(), F_GETFD) == FD_CLOEXEC);
    CHECK(errno_of(File::open(scratch.at, CStr("no"), {.read = true})) == Errno::Noent);
}

TEST_CASE("bytes are read and written at the position and at offsets") {
    const Scratch scratch;
    const File file = scratch.make("file");
    std::array<std::byte, 16> buffer;
    CHECK(must(file.write(bytes("hello"))) == 5);
    CHECK(must(file.write_at(bytes("J"), 0)) == 1);
    CHECK(must(file.seek(SeekFrom::Current, 0)) == 5);
    CHECK(must(file.seek(SeekFrom::Start, 0)) == 0);
    CHECK(text(buffer, must(file.read(buffer))) == "Jello");
    CHECK(text(buffer, must(file.read_at(buffer, 3))) == "lo");
    CHECK(must(file.seek(SeekFrom::End, -2)) == 3);
    must(file.set_len(4));
    CHECK(text(buffer, must(file.read(buffer))) == "l");
    CHECK(must(file.read(buffer)) == 0);
    CHECK(file.sync_all());
    CHECK(file.sync_data());
}

TEST_CASE("a new file has the requested mode minus the umask") {
    const Scratch scratch;
    const mode_t mask = ::umask(027);
    const File file = must(File::open(scratch.at, CStr("file"), {.write = true, .create = true, .mode = 0777}));
    ::umask(mask);
    struct stat status{};
    REQUIRE(::fstat(file.as_handle().raw(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0750U);
}

TEST_CASE("contradictory options give Inval and create no file") {
    const Scratch scratch;
    CHECK(errno_of(File::open(scratch.at, CStr("file"), {})) == Errno::Inval);
    CHECK(errno_of(File::open(scratch.at, CStr("file"), {.read = true, .create = true})) == Errno::Inval);
    CHECK(errno_of(File::open(scratch.at, CStr("file"), {.append = true, .truncate = true, .create = true})) ==
          Errno::Inval);
    CHECK(std::filesystem::is_empty(scratch.dir.path()));
}

TEST_CASE("a failure has the system's error number") {
    const Scratch scratch;
    const File file = scratch.make("file");
    std::array<std::byte, 4> buffer{};
    CHECK(errno_of(file.seek(SeekFrom::Start, -1)) == Errno::Inval);
    CHECK(errno_of(file.seek(SeekFrom::End, -1)) == Errno::Inval);
    CHECK(errno_of(file.read_at(buffer, std::numeric_limits<std::uint64_t>::max())) == Errno::Inval);
    CHECK(errno_of(file.write_at(buffer, std::uint64_t{1} << 63)) == Errno::Inval);
    CHECK(errno_of(file.set_len(std::uint64_t{1} << 63)) == Errno::Inval);
    const File reader = must(File::open(scratch.at, CStr("file"), {.read = true}));
    CHECK(errno_of(reader.write(buffer)) == Errno::Badf);
    CHECK(errno_of(reader.set_len(0)) == Errno::Inval);
    const File writer = must(File::open(scratch.at, CStr("file"), {.write = true}));
    CHECK(errno_of(writer.read(buffer)) == Errno::Badf);
}

TEST_CASE("a file opened with append appends, also in write_at") {
    const Scratch scratch;
    must(scratch.make("file").write(bytes("ab")));
    const File file = must(File::open(scratch.at, CStr("file"), {.read = true, .append = true}));
    must(file.write(bytes("c")));
    must(file.write_at(bytes("d"), 0));
    std::array<std::byte, 16> buffer;
    CHECK(text(buffer, must(file.read_at(buffer, 0))) == "abcd");
}

TEST_CASE("a file is closed once, and into_handle and from_handle move its handle") {
    const Scratch scratch;
    File file = scratch.make("file");
    const int fd = file.as_handle().raw();
    File again = File::from_handle(std::move(file).into_handle());
    CHECK(again.as_handle().raw() == fd);
    must(again.write(bytes("x")));
    CHECK(std::move(again).close());
    CHECK(::fcntl(fd, F_GETFD) == -1);
    CHECK(errno_of(std::move(again).close()) == Errno::Badf);
}
