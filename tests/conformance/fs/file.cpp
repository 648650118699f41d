// SPDX-License-Identifier: MIT
//
// File: reading, writing, seeking, closing.
#include <support/model.hpp>
#include <support/words.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace fs = rt::fs;
using fs::File;
using fs::SeekFrom;
using rt::Kind;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;

static_assert(!std::is_copy_constructible_v<File> && std::is_nothrow_move_constructible_v<File>);

namespace {

std::string contents(const std::string& path) { return must(fs::read_to_string(path)); }

File open_for_both(const std::string& path) {
    return must(File::open(path, {.read = true, .write = true, .create = true}));
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

}  // namespace

CONFORMANCE_TEST("a file returns what was written to it, and is NotFound after its removal",
                 "[rust:file_test_io_smoke_test]") {
    const test::TempDir dir;
    const std::string path = dir / "file_test_io_smoke_test.txt";
    {
        const File file = must(File::create(path));
        CHECK(must(file.write(bytes("it's alright. have a good time"))) == 30);
    }
    {
        const File file = must(File::open(path));
        std::array<std::byte, 64> buffer;
        CHECK(text(buffer, must(file.read(buffer))) == "it's alright. have a good time");
    }
    must(fs::remove_file(path));
    CHECK(kind_of(File::open(path)) == Kind::NotFound);
}

CONFORMANCE_TEST("a second read continues where the first ended", "[rust:file_test_io_non_positional_read]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "ten-four"));
    const File file = must(File::open(dir / "file"));
    std::array<std::byte, 8> buffer;
    CHECK(must(file.read(std::span(buffer).first(4))) == 4);
    CHECK(must(file.read(std::span(buffer).subspan(4, 4))) == 4);
    CHECK(text(buffer) == "ten-four");
}

CONFORMANCE_TEST("a read moves the position from where a seek set it", "[rust:file_test_io_seek_and_tell_smoke_test]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "ten-four"));
    const File file = must(File::open(dir / "file"));
    CHECK(must(file.seek(SeekFrom::Start, 4)) == 4);
    std::array<std::byte, 4> buffer;
    CHECK(text(buffer, must(file.read(buffer))) == "four");
    CHECK(must(file.seek(SeekFrom::Current, 0)) == 8);
}

CONFORMANCE_TEST("a write after a seek overwrites the middle of the file", "[rust:file_test_io_seek_and_write]") {
    const test::TempDir dir;
    const File file = must(File::create(dir / "file"));
    must(file.write(bytes("food-is-yummy")));
    must(file.seek(SeekFrom::Start, 3));
    must(file.write(bytes("-the-bar!!")));
    CHECK(contents(dir / "file") == "foo-the-bar!!");
}

CONFORMANCE_TEST("seeks count from the start, the position and the end", "[rust:file_test_io_seek_shakedown]") {
    const test::TempDir dir;
    const File file = open_for_both(dir / "file");
    must(file.write(bytes("qwer-asdf-zxcv")));
    std::array<std::byte, 4> buffer;
    CHECK(must(file.seek(SeekFrom::End, -4)) == 10);
    CHECK(text(buffer, must(file.read(buffer))) == "zxcv");
    CHECK(must(file.seek(SeekFrom::Current, -9)) == 5);
    CHECK(text(buffer, must(file.read(buffer))) == "asdf");
    CHECK(must(file.seek(SeekFrom::Start, 0)) == 0);
    CHECK(text(buffer, must(file.read(buffer))) == "qwer");
    CHECK(must(file.seek(SeekFrom::End, 100)) == 114);
    CHECK(must(file.read(buffer)) == 0);
    CHECK(kind_of(file.seek(SeekFrom::Start, -1)) == Kind::InvalidInput);
    CHECK(kind_of(file.seek(SeekFrom::End, -15)) == Kind::InvalidInput);
    CHECK(must(file.seek(SeekFrom::Current, 0)) == 114);
}

CONFORMANCE_TEST("a read at the end of a file returns zero each time", "[rust:file_test_io_eof]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "ten-four"));
    const File file = must(File::open(dir / "file"));
    std::array<std::byte, 16> buffer;
    CHECK(must(file.read(buffer)) == 8);
    CHECK(must(file.read(buffer)) == 0);
    CHECK(must(file.read(buffer)) == 0);
    CHECK(must(file.read({})) == 0);
    const File empty = must(File::create_new(dir / "empty"));
    CHECK(must(empty.read(buffer)) == 0);
    CHECK(must(empty.read(buffer)) == 0);
}

CONFORMANCE_TEST("read_at and write_at leave the position, and holes read as zeros",
                 "[promise:2.9][rust:file_test_io_read_write_at]") {
    const test::TempDir dir;
    const File file = open_for_both(dir / "file");
    std::array<std::byte, 16> buffer;
    const auto position = [&] { return must(file.seek(SeekFrom::Current, 0)); };
    CHECK(must(file.write_at(bytes("asdf"), 5)) == 4);
    CHECK(position() == 0);
    CHECK(text(buffer, must(file.read_at(buffer, 5))) == "asdf");
    CHECK(position() == 0);
    CHECK(text(buffer, must(file.read_at(buffer, 0))) == std::string_view("\0\0\0\0\0asdf", 9));
    CHECK(must(file.write(bytes("qw"))) == 2);
    CHECK(position() == 2);
    CHECK(must(file.write_at(bytes("er"), 2)) == 2);
    CHECK(position() == 2);
    CHECK(text(buffer, must(file.read(std::span(buffer).first(4)))) == std::string_view("er\0a", 4));
    CHECK(must(file.read_at(buffer, 9)) == 0);
    CHECK(must(file.read_at(buffer, 1000)) == 0);
    CHECK(must(file.write_at({}, 1000)) == 0);
    CHECK(must(file.metadata()).len() == 9);
    CHECK(position() == 6);

    const File reader = must(File::open(dir / "file"));
    CHECK(must(reader.seek(SeekFrom::End, -3)) == 6);
    CHECK(text(buffer, must(reader.read_at(buffer, 0))) == std::string_view("qwer\0asdf", 9));
    CHECK(must(reader.seek(SeekFrom::Current, 0)) == 6);
    CHECK(text(buffer, must(reader.read(buffer))) == "sdf");
    CHECK(must(reader.seek(SeekFrom::Current, 0)) == 9);
}

CONFORMANCE_TEST("an offset above INT64_MAX is InvalidInput", "[promise:2.10]") {
    const test::TempDir dir;
    const File file = open_for_both(dir / "file");
    std::array<std::byte, 4> buffer{};
    constexpr auto furthest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    for (const std::uint64_t offset : {furthest + 1, std::numeric_limits<std::uint64_t>::max()}) {
        CHECK(kind_of(file.read_at(buffer, offset)) == Kind::InvalidInput);
        CHECK(kind_of(file.write_at(buffer, offset)) == Kind::InvalidInput);
        CHECK(kind_of(file.set_len(offset)) == Kind::InvalidInput);
    }
    CHECK(must(file.metadata()).len() == 0);
    const Kind too_large = kind_of(file.write_at(buffer, furthest - 1));
    CHECK((too_large == Kind::FileTooLarge || too_large == Kind::InvalidInput));
}

CONFORMANCE_TEST("set_len truncates or fills with zeros, and keeps the position", "[rust:truncate_works]") {
    const test::TempDir dir;
    const File file = open_for_both(dir / "file");
    must(file.write(bytes("foo")));
    CHECK(file.sync_all());
    must(file.set_len(10));
    CHECK(must(file.metadata()).len() == 10);
    must(file.write(bytes("bar")));
    CHECK(must(file.metadata()).len() == 10);
    CHECK(contents(dir / "file") == std::string("foobar\0\0\0\0", 10));
    must(file.set_len(5));
    CHECK(must(file.metadata()).len() == 5);
    must(file.write(bytes("wut")));
    CHECK(must(file.metadata()).len() == 9);
    CHECK(contents(dir / "file") == std::string("fooba\0wut", 9));
    CHECK_FALSE(must(File::open(dir / "file")).set_len(1).has_value());
}

CONFORMANCE_TEST("sync_all and sync_data succeed and leave the contents", "[rust:sync_doesnt_kill_anything]") {
    const test::TempDir dir;
    const File file = must(File::create(dir / "file"));
    CHECK(file.sync_all());
    CHECK(file.sync_data());
    must(file.write(bytes("foo")));
    CHECK(file.sync_all());
    CHECK(file.sync_data());
    CHECK(contents(dir / "file") == "foo");
}

CONFORMANCE_TEST("metadata of an open file describes the file, also after a rename") {
    const test::TempDir dir;
    const File file = open_for_both(dir / "file");
    must(file.write(bytes("abc")));
    must(fs::remove_file(dir / "file"));
    const auto metadata = must(file.metadata());
    CHECK(metadata.is_file());
    CHECK(metadata.len() == 3);
}

CONFORMANCE_TEST("a read or write for which the file was not opened fails") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    std::array<std::byte, 4> buffer{};
    const File reader = must(File::open(dir / "file"));
    const auto written = reader.write(buffer);
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error() == std::errc::bad_file_descriptor);
    CHECK(std::string_view(written.error().operation()) == "write");
    const auto read = must(File::open(dir / "file", {.write = true})).read(buffer);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error() == std::errc::bad_file_descriptor);
    CHECK(kind_of(must(File::open(dir.path())).read(buffer)) == Kind::IsADirectory);
    CHECK(kind_of(must(File::open("/dev/full", {.write = true})).write(buffer)) == Kind::StorageFull);
}

CONFORMANCE_TEST("a file is closed once, by its last owner or by close") {
    const test::TempDir dir;
    const std::size_t before = test::open_descriptors();
    int fd = -1;
    {
        File first = must(File::create(dir / "file"));
        fd = first.as_handle().raw();
        File second = std::move(first);
        CHECK(second.as_handle().raw() == fd);
        CHECK(first.as_handle().raw() != fd);
        File third = must(File::create(dir / "other"));
        const int replaced = third.as_handle().raw();
        third = std::move(second);
        CHECK(third.as_handle().raw() == fd);
        CHECK_FALSE(is_open(replaced));
        CHECK(is_open(fd));
    }
    CHECK_FALSE(is_open(fd));
    {
        File file = must(File::create(dir / "file"));
        fd = file.as_handle().raw();
        CHECK(std::move(file).close());
        CHECK_FALSE(is_open(fd));
        const int reused = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        REQUIRE(reused == fd);
        CHECK_FALSE(std::move(file).close().has_value());
        CHECK(is_open(reused));
    }
    CHECK(is_open(fd));
    ::close(fd);
    CHECK(test::open_descriptors() == before);
}

CONFORMANCE_TEST("close returns the error of close(2)") {
    const test::TempDir dir;
    File file = must(File::create(dir / "file"));
    ::close(file.as_handle().raw());
    const auto closed = std::move(file).close();
    REQUIRE_FALSE(closed.has_value());
    CHECK(closed.error() == std::errc::bad_file_descriptor);
    CHECK(std::string_view(closed.error().operation()) == "close");
}

CONFORMANCE_TEST("several threads write to one file at their own offsets") {
    const test::TempDir dir;
    const File file = open_for_both(dir / "file");
    constexpr std::size_t threads = 4;
    constexpr std::size_t records = 1000;
    std::vector<rt::thread::JoinHandle<bool>> writers;
    for (std::size_t writer = 0; writer < threads; ++writer) {
        writers.push_back(must(rt::thread::spawn([&file, writer] {
            const std::string record(8, static_cast<char>('a' + writer));
            bool good = true;
            for (std::size_t index = 0; index < records; ++index) {
                good = good && file.write_at(bytes(record), (index * threads + writer) * 8).value_or(0) == 8;
            }
            return good;
        })));
    }
    for (auto& writer : writers) {
        CHECK(std::move(writer).join());
    }
    std::string expected;
    for (std::size_t index = 0; index < records; ++index) {
        expected += "aaaaaaaabbbbbbbbccccccccdddddddd";
    }
    CHECK(contents(dir / "file") == expected);
}
