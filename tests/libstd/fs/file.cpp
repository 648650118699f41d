// SPDX-License-Identifier: MIT
//
// File: conversion to its handle and back, vectored I/O, holes, times, permissions, duplicates. What green has too is
// in tests/conformance, locks are in file_locks.cpp.
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

TEST_CASE("a file converts to a handle and back") {
    const test::TempDir dir;
    File file = must(File::create(dir / "file"));
    must(file.write(bytes("ab")));
    const int fd = file.as_handle().raw();
    const File again = File::from_handle(std::move(file).into_handle());
    CHECK(again.as_handle().raw() == fd);
    must(again.write(bytes("cd")));
    CHECK(must(fs::read_to_string(dir / "file")) == "abcd");
}

TEST_CASE("vectored calls read and write buffers in order, and as many as the system accepts") {
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

TEST_CASE("calls with an offset do not move the position of the file or of its clone", "[promise:2.9]") {
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

TEST_CASE("seek_data and seek_hole find data and holes, and nothing after the last") {
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

TEST_CASE("allocate reserves storage and extends the file") {
    const test::TempDir dir;
    const File file = must(File::create(dir / "file"));
    must(file.allocate(4096, 4096));
    CHECK(must(file.metadata()).len() == 8192);
    CHECK(test::kind_of(file.allocate(0, 0)) == weld::Kind::InvalidInput);
    CHECK(test::kind_of(must(File::open(dir / "file")).allocate(0, 1)) == weld::Kind::Other);  // EBADF
}

TEST_CASE("set_times sets times to the nanosecond, also before 1970", "[promise:2.12][rust:fs_set_times]") {
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

TEST_CASE("set_permissions makes a file read-only, and then writable for its owner alone", "[rust:fchmod_works]") {
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

TEST_CASE("a clone shares the position, outlives the original, and is inherited by no child",
          "[promise:2.1][rust:file_try_clone]") {
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

TEST_CASE("additional open flags are passed on, except for the access mode") {
    const test::TempDir dir;
    const File file = must(File::open(dir / "file", {.write = true, .create = true, .custom_flags = O_SYNC | O_RDWR}));
    CHECK((::fcntl(file.as_handle().raw(), F_GETFL) & (O_SYNC | O_ACCMODE)) == (O_SYNC | O_WRONLY));
}

TEST_CASE("seek returns a position above INT64_MAX") {
    const File memory = must(File::open("/proc/self/mem"));
    CHECK(must(memory.seek(fs::SeekFrom::Start, std::numeric_limits<std::int64_t>::min())) == std::uint64_t{1} << 63);
    CHECK(must(memory.seek(fs::SeekFrom::Current, 16)) == (std::uint64_t{1} << 63) + 16);
}
