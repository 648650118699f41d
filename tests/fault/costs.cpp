// SPDX-License-Identifier: MIT
//
// Costs: the system calls of each operation, and that operations that promise it do not allocate.
#include "fault.hpp"

#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/buf_reader.hpp>
#include <weld/io/buf_writer.hpp>
#include <weld/io/copy.hpp>
#include <weld/io/lines.hpp>
#include <weld/io/pipe.hpp>

#include <array>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <map>
#include <new>
#include <string>

namespace fs = weld::fs;
namespace io = weld::io;
using fault::Faults;
using test::bytes;
using test::must;

namespace {

std::atomic<std::size_t> allocations = 0;

using Calls = std::map<std::string, std::size_t, std::less<>>;

/// The system calls of `operation`.
template <class Operation>
Calls calls_of(Operation operation) {
    const Faults faults;
    operation();
    return faults.calls();
}

}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* memory = std::malloc(size == 0 ? 1 : size)) {
        return memory;
    }
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }

TEST_CASE("each operation makes the system calls that a program in C would make, and no more") {
    const test::TempDir dir(test::memory_directory());
    const std::string path = dir / "file";
    must(fs::write(path, std::string(4096, 'x')));
    const fs::File file = must(fs::File::open(path, {.read = true, .write = true}));
    std::array<std::byte, 64> buffer;
    CHECK(calls_of([&] { must(file.read(buffer)); }) == Calls{{"read", 1}});
    CHECK(calls_of([&] { must(file.write(buffer)); }) == Calls{{"write", 1}});
    CHECK(calls_of([&] { must(file.read_at(buffer, 0)); }) == Calls{{"pread", 1}});
    CHECK(calls_of([&] { must(file.write_at(buffer, 0)); }) == Calls{{"pwrite", 1}});
    const std::array<weld::sys::IoSlice, 3> slices = {bytes("a"), bytes(""), bytes("bc")};
    CHECK(calls_of([&] { must(weld::write_all_vectored(file, slices)); }) == Calls{{"writev", 1}});
    CHECK(calls_of([&] { must(file.metadata()); }) == Calls{{"statx", 1}});
    CHECK(calls_of([&] { must(must(fs::File::open(path)).close()); }) == Calls{{"close", 1}, {"openat", 1}});
    CHECK(calls_of([&] { must(fs::metadata(path)); }) == Calls{{"statx", 1}});
    CHECK(calls_of([&] { must(fs::exists(path)); }) == Calls{{"statx", 1}});
    CHECK(calls_of([&] { must(fs::read_to_string(path)); }) ==
          Calls{{"close", 1}, {"openat", 1}, {"read", 2}, {"statx", 1}});
    CHECK(calls_of([&] { must(fs::write(path, "text")); }) == Calls{{"close", 1}, {"openat", 1}, {"write", 1}});
    CHECK(calls_of([&] { must(fs::append(path, "text")); }) == Calls{{"close", 1}, {"openat", 1}, {"write", 1}});
    CHECK(calls_of([&] { must(fs::rename(path, dir / "other")); }) == Calls{{"renameat", 1}});
    CHECK(calls_of([&] { must(fs::copy(dir / "other", path)); }) ==
          Calls{{"close", 2}, {"copy_file_range", 2}, {"openat", 2}, {"statx", 2}});
    CHECK(calls_of([&] { must(fs::remove_file(path)); }) == Calls{{"unlinkat", 1}});
    CHECK(calls_of([&] { must(fs::create_dir(dir / "dir")); }) == Calls{{"mkdirat", 1}});
    CHECK(calls_of([&] { must(fs::create_dir_all(dir / "a/b/c")); })["mkdirat"] <= 5);
    must(fs::write(dir / "a/b/c/file", ""));
    CHECK(calls_of([&] { must(fs::remove_dir_all(dir / "a")); }) ==
          Calls{{"close", 3}, {"getdents64", 6}, {"openat", 3}, {"unlinkat", 4}});
    CHECK(calls_of([&] { must(fs::write_atomic(dir / "atomic", std::string_view("text"))); })["fsync"] == 2);
    io::Pipe pipe = must(io::pipe());
    must(pipe.writer.write(bytes("x")));  // finds out whether the kernel can write without SIGPIPE
    CHECK(calls_of([&] { must(pipe.writer.write(bytes("x"))); }).size() == 1);
    CHECK(calls_of([&] { must(pipe.reader.read(buffer)); }) == Calls{{"read", 1}});
}

TEST_CASE("reads and writes allocate nothing in a steady state") {
    const test::TempDir dir(test::memory_directory());
    const std::string path = dir / "file";
    std::string text;
    for (int line = 0; line < 2000; ++line) {
        text += std::string(static_cast<std::size_t>(line % 100), 'x') + "\n";
    }
    must(fs::write(path, text));
    const fs::File file = must(fs::File::open(path, {.read = true, .write = true}));
    const fs::File other = must(fs::File::create(dir / "other"));
    const std::string third = dir / "third";
    std::array<std::byte, 64> buffer;
    io::BufReader<const fs::File&> reader(file, 200'000);
    io::BufWriter<const fs::File&> writer(other, 1000);
    const std::size_t before = allocations;
    std::size_t lines = 0;
    for (const auto& line : io::lines(reader)) {
        (void)writer.write(bytes(*line));
        ++lines;
    }
    (void)writer.flush();
    (void)file.seek(fs::SeekFrom::Start, 0);
    (void)file.read(buffer);
    (void)file.write(buffer);
    (void)file.read_at(buffer, 3);
    (void)file.write_at(buffer, 3);
    (void)file.metadata();
    (void)fs::metadata(path);
    (void)fs::metadata(std::string_view(path));
    (void)fs::copy(path, third);
    (void)io::copy(file, other);
    const std::size_t made = allocations - before;
    CHECK(lines == 2000);
    CHECK(made == 0);
}
