// SPDX-License-Identifier: MIT
//
// File: down to its handle and back, several buffers, holes, times, permissions, duplicates. What green has too is in
// tests/conformance, locks are in file_locks.cpp.
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <array>
#include <chrono>
#include <limits>
#include <utility>
#include <vector>

namespace fs = weld::fs;
using fs::File;
using test::bytes;
using test::must;

static_assert(sizeof(File) == sizeof(int));

TEST_CASE("a file goes down to a handle and comes back") {
    const test::TempDir dir;
    File file = must(File::create(dir / "file"));
    must(file.write(bytes("ab")));
    const int fd = file.as_handle().raw();
    const File again = File::from_handle(std::move(file).into_handle());
    CHECK(again.as_handle().raw() == fd);
    must(again.write(bytes("cd")));
    CHECK(must(fs::read_to_string(dir / "file")) == "abcd");
}

TEST_CASE("several buffers are read and written in their order, and only as many as the system takes") {
    const test::TempDir dir;
    const File file = must(File::create_new(dir / "file"));
    CHECK(must(file.write_vectored(std::array<fs::IoSlice, 3>{bytes("ab"), bytes(""), bytes("cde")})) == 5);
    CHECK(must(file.write_vectored_at(std::array<fs::IoSlice, 1>{bytes("X")}, 1)) == 1);
    std::array<std::byte, 2> front;
    std::array<std::byte, 8> back;
    const std::array<fs::IoSliceMut, 2> targets = {std::span(front), std::span(back)};
    CHECK(must(file.read_vectored_at(targets, 0)) == 5);
    CHECK(test::text(front) == "aX");
    CHECK(test::text(back, 3) == "cde");
    CHECK(must(file.read_vectored(targets)) == 0);
    const std::vector<fs::IoSlice> many(5000, bytes("x"));
    CHECK(must(file.write_vectored(many)) == 1024);
    CHECK(must(file.read_vectored({})) == 0);
}

TEST_CASE("2.9: nothing that takes an offset moves the position, of the file or of its clone") {
    const test::TempDir dir;
    const File file = must(File::create_new(dir / "file"));
    const File clone = must(file.try_clone());
    must(file.write(bytes("0123456789")));
    must(file.seek(fs::SeekFrom::Start, 3));
    std::array<std::byte, 4> buffer{};
    const std::array<fs::IoSliceMut, 2> targets = {std::span(buffer).first(1), std::span(buffer).last(3)};
    const std::array<fs::IoSlice, 2> sources = {bytes("ab"), bytes("cd")};
    const auto stays = [&] {
        return must(file.seek(fs::SeekFrom::Current, 0)) == 3 && must(clone.seek(fs::SeekFrom::Current, 0)) == 3;
    };
    for (const std::uint64_t offset : {0U, 3U, 8U, 10U, 1000U}) {
        INFO(offset);
        (void)must(file.read_at(buffer, offset));
        CHECK(stays());
        (void)must(file.read_vectored_at(targets, offset));
        CHECK(stays());
        (void)must(clone.write_at(buffer, offset));
        CHECK(stays());
        (void)must(clone.write_vectored_at(sources, offset));
        CHECK(stays());
    }
    must(file.set_len(2));
    CHECK(stays());
    must(file.allocate(0, 20));
    CHECK(stays());
    CHECK(must(file.read(buffer)) == 4);
    CHECK(must(clone.seek(fs::SeekFrom::Current, 0)) == 7);
}

TEST_CASE("data and holes are found, and behind the last there is none") {
    const test::TempDir dir;
    const File file = must(File::create_new(dir / "file"));
    constexpr std::uint64_t far = 1 << 20;
    must(file.write_at(bytes("data"), far));
    CHECK(must(file.seek_data(far)) == far);
    CHECK(must(file.seek_hole(far)) == far + 4);
    CHECK(must(file.seek(fs::SeekFrom::Current, 0)) == far + 4);
    CHECK(must(file.seek_data(far + 4)) == std::nullopt);
    CHECK(must(file.seek_hole(far + 4)) == std::nullopt);
    CHECK(test::kind_of(file.seek_data(std::numeric_limits<std::uint64_t>::max())) == weld::Kind::InvalidInput);
}

TEST_CASE("allocate makes room and length") {
    const test::TempDir dir;
    const File file = must(File::create(dir / "file"));
    must(file.allocate(4096, 4096));
    CHECK(must(file.metadata()).len() == 8192);
    CHECK(test::kind_of(file.allocate(0, 0)) == weld::Kind::InvalidInput);
    CHECK(test::kind_of(must(File::open(dir / "file")).allocate(0, 1)) == weld::Kind::Other);  // EBADF
}

TEST_CASE("2.12, fs_set_times: times go in and out to the nanosecond, before 1970 too") {
    using namespace std::chrono_literals;
    const test::TempDir dir;
    const File file = must(File::create(dir / "file"));
    const weld::time::SystemTime early(-3s + 1ns);
    const weld::time::SystemTime late(std::chrono::sys_days(std::chrono::year(2100) / 1 / 1));
    must(file.set_times({.accessed = early, .modified = late}));
    CHECK(must(file.metadata()).accessed() == early);
    CHECK(must(file.metadata()).modified() == late);
    must(file.set_modified(early));
    CHECK(must(file.metadata()).accessed() == early);
    CHECK(must(file.metadata()).modified() == early);
    must(file.set_times({}));
    CHECK(must(file.metadata()).modified() == early);
}

TEST_CASE("fchmod_works: permissions are set, and a file made read-only is its owner's when it is not any more") {
    const test::TempDir dir;
    const File file = must(File::open(dir / "file", {.write = true, .create = true, .mode = 0640}));
    fs::Permissions permissions = must(file.metadata()).permissions();
    CHECK_FALSE(permissions.readonly());
    permissions.set_readonly(true);
    must(file.set_permissions(permissions));
    CHECK(must(file.metadata()).permissions() == fs::Permissions(0440));
    CHECK(must(file.metadata()).permissions().readonly());
    permissions.set_readonly(false);
    must(file.set_permissions(permissions));
    CHECK(must(file.metadata()).permissions().mode() == 0640);
}

TEST_CASE("2.1, file_try_clone: a clone shares the position, outlives the other, and no child inherits it") {
    const test::TempDir dir;
    File file = must(File::create_new(dir / "file"));
    const File clone = must(file.try_clone());
    must(file.write(bytes("ab")));
    CHECK(must(clone.seek(fs::SeekFrom::Current, 0)) == 2);
    CHECK(::fcntl(clone.as_handle().raw(), F_GETFD) == FD_CLOEXEC);
    CHECK(clone.as_handle().raw() > 2);
    must(file.write(bytes("llo")));
    must(file.seek(fs::SeekFrom::Start, 1));
    std::array<std::byte, 8> buffer;
    CHECK(test::text(buffer, must(clone.read(buffer))) == "bllo");
    CHECK(must(file.seek(fs::SeekFrom::Current, 0)) == 5);
    must(std::move(file).close());
    must(clone.write(bytes("!")));
    CHECK(must(fs::read_to_string(dir / "file")) == "abllo!");
}

TEST_CASE("more flags of open are the user's, but for the access mode") {
    const test::TempDir dir;
    const File file = must(File::open(dir / "file", {.write = true, .create = true, .custom_flags = O_SYNC | O_RDWR}));
    CHECK((::fcntl(file.as_handle().raw(), F_GETFL) & (O_SYNC | O_ACCMODE)) == (O_SYNC | O_WRONLY));
}

TEST_CASE("a position above the largest signed number is a position") {
    const File memory = must(File::open("/proc/self/mem"));
    CHECK(must(memory.seek(fs::SeekFrom::Start, std::numeric_limits<std::int64_t>::min())) == std::uint64_t{1} << 63);
    CHECK(must(memory.seek(fs::SeekFrom::Current, 16)) == (std::uint64_t{1} << 63) + 16);
}
