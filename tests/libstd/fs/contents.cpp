// SPDX-License-Identifier: MIT
//
// Whole files: read, read_to_string, write, and the number of their system calls.
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cstddef>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace fs = weld::fs;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;
using weld::Kind;

namespace {

template <class Contents>
concept IsWritten = requires(Contents& contents) { fs::write("", contents); };
template <class Contents>
concept IsAppended = requires(Contents& contents) { fs::append("", contents); };
template <class Contents>
concept IsWrittenAtOnce = requires(Contents& contents) { fs::write_atomic("", contents); };
template <class Contents>
concept IsWrittenFromDir = requires(const fs::Dir& dir, Contents& contents) { dir.write("", contents); };

std::string random_bytes(std::size_t size) {
    std::mt19937 random(42);
    std::string result(size, '\0');
    for (char& byte : result) {
        byte = static_cast<char>(random());
    }
    return result;
}

/// The calls of read(2) and similar ones that this thread has made, as counted by the kernel; -1 if it does not count.
long reads_so_far() {
    std::ifstream io("/proc/thread-self/io");
    std::string word;
    long count = -1;
    while (io >> word) {
        if (word == "syscr:") {
            io >> count;
        }
    }
    return count;
}

/// The number of read(2) calls that `body` makes.
template <class Body>
long reads_of(Body body) {
    const auto around = [](auto inside) {
        const long before = reads_so_far();
        inside();
        return reads_so_far() - before;
    };
    const long counting = around([] {});
    return around(body) - counting;
}

}  // namespace

// An array of char would be cut at its first NUL.
static_assert(!IsWritten<char[8]> && !IsAppended<char[8]> && !IsWrittenAtOnce<char[8]> && !IsWrittenFromDir<char[8]>);
static_assert(IsWritten<const char[8]> && IsAppended<const char[8]> && IsWrittenAtOnce<const char[8]>);
static_assert(IsWrittenFromDir<const char[8]> && IsWritten<std::string> && IsWritten<const char*>);

TEST_CASE("write writes a literal whole, with a NUL inside it and without the NUL that ends it") {
    const test::TempDir dir;
    const std::string_view whole("a\0b", 3);
    must(fs::write(dir / "file", "a\0b"));
    CHECK(must(fs::read_to_string(dir / "file")) == whole);
    must(fs::append(dir / "file", "\0"));
    CHECK(must(fs::metadata(dir / "file")).len() == 4);
    must(fs::write_atomic(dir / "file", "a\0b"));
    CHECK(must(fs::read_to_string(dir / "file")) == whole);
    must(must(fs::Dir::open(dir.path())).write("other", "a\0b"));
    CHECK(must(fs::read_to_string(dir / "other")) == whole);
    const char unterminated[] = {'a', 'b'};
    must(fs::write(dir / "file", unterminated));
    CHECK(must(fs::read_to_string(dir / "file")) == "ab");
    must(fs::write(dir / "file", ""));
    CHECK(must(fs::metadata(dir / "file")).len() == 0);
}

TEST_CASE("read returns a megabyte of random bytes as it was written", "[rust:binary_file]") {
    const test::TempDir dir;
    const std::string written = random_bytes(1 << 20);
    must(fs::write(dir / "file", bytes(written)));
    CHECK(text(must(fs::read(dir / "file"))) == written);
    CHECK(must(fs::read_to_string(dir / "file")) == written);
    CHECK(must(fs::metadata(dir / "file")).len() == written.size());
}

TEST_CASE("bytes and text are read as they were written, also text that is not UTF-8", "[rust:write_then_read]") {
    const test::TempDir dir;
    const std::string written = random_bytes(1024);
    must(fs::write(dir / "file", bytes(written)));
    CHECK(text(must(fs::read(dir / "file"))) == written);
    must(fs::write(dir / "file", "\xff"));
    CHECK(must(fs::read_to_string(dir / "file")) == "\xff");
    const std::string_view linear_b = "\xf0\x90\x81\x81\xf0\x90\x80\x93";
    must(fs::write(dir / "file", linear_b));
    CHECK(must(fs::read_to_string(dir / "file")) == linear_b);
}

TEST_CASE("files of every size around the buffer sizes are read whole") {
    const test::TempDir dir;
    for (const std::size_t size :
         {0U, 1U, 2U, 15U, 16U, 17U, 31U, 32U, 33U, 4095U, 4096U, 4097U, 8191U, 8192U, 8193U}) {
        INFO(size);
        const std::string written = random_bytes(size);
        must(fs::write(dir / "file", written));
        CHECK(must(fs::read_to_string(dir / "file")) == written);
        CHECK(text(must(fs::read(dir / "file"))) == written);
    }
}

TEST_CASE("write replaces the whole contents, and creates a missing file") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "a long text"));
    must(fs::write(dir / "file", "short"));
    CHECK(must(fs::read_to_string(dir / "file")) == "short");
    must(fs::write(dir / "file", ""));
    CHECK(must(fs::metadata(dir / "file")).len() == 0);
    CHECK(must(fs::read(dir / "file")).empty());
}

TEST_CASE("append writes after the existing contents, and creates a missing file") {
    const test::TempDir dir;
    must(fs::append(dir / "file", "one"));
    must(fs::append(dir / "file", " two"));
    must(fs::append(dir / "file", ""));
    CHECK(must(fs::read_to_string(dir / "file")) == "one two");
    CHECK(kind_of(fs::append(dir.path(), "x")) == Kind::IsADirectory);
    CHECK(kind_of(fs::append("/dev/full", "x")) == Kind::StorageFull);
}

TEST_CASE("a file of /proc that reports size zero is read whole", "[promise:2.25]") {
    CHECK(must(fs::metadata("/proc/self/status")).len() == 0);
    const std::string status = must(fs::read_to_string("/proc/self/status"));
    CHECK(status.starts_with("Name:"));
    CHECK(status.ends_with('\n'));
    CHECK_FALSE(must(fs::read("/proc/self/maps")).empty());
    const std::string maps = must(fs::read_to_string("/proc/self/smaps"));
    CHECK(maps.size() > 8192);
    CHECK(maps.ends_with('\n'));
}

TEST_CASE("a pipe is read until its other end is closed") {
    const test::TempDir dir;
    const std::string fifo = dir / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    const std::string sent = random_bytes(300'000);
    auto writer = must(weld::thread::spawn([&] { return fs::write(fifo, sent).has_value(); }));
    CHECK(must(fs::read_to_string(fifo)) == sent);
    CHECK(std::move(writer).join());
    auto second = must(weld::thread::spawn([&] { return fs::write(fifo, sent).has_value(); }));
    CHECK(text(must(fs::read(fifo))) == sent);
    CHECK(std::move(second).join());
}

TEST_CASE("a file of the reported size takes one read, and one that finds the end", "[promise:2.25]") {
    if (reads_so_far() < 0) {
        WARN("this kernel does not count reads: skipped");
        return;
    }
    const test::TempDir dir;
    for (const std::size_t size : {std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{1000},
                                   std::size_t{100'000}, std::size_t{1 << 20}}) {
        INFO(size);
        must(fs::write(dir / "file", std::string(size, 'x')));
        std::size_t length = 0;
        CHECK(reads_of([&] { length = fs::read_to_string(dir / "file").value_or("").size(); }) <= 2);
        CHECK(length == size);
        // Bytes are read in pieces of 128 KiB, since their memory is cleared first.
        const long pieces = static_cast<long>(size / (128 * 1024));
        CHECK(reads_of([&] { length = fs::read(dir / "file").value_or(std::vector<std::byte>()).size(); }) <=
              2 + pieces);
        CHECK(length == size);
    }
    must(fs::write(dir / "file", ""));
    CHECK(reads_of([&] { (void)fs::read_to_string(dir / "file").has_value(); }) <= 1);
    CHECK(reads_of([&] { (void)fs::read(dir / "file").has_value(); }) <= 1);
}

TEST_CASE("a vector that holds a whole file has no spare capacity") {
    const test::TempDir dir;
    must(fs::write(dir / "file", std::string(100'000, 'x')));
    CHECK(must(fs::read(dir / "file")).capacity() == 100'000);
    CHECK(must(fs::read_to_string(dir / "file")).capacity() == 100'000);
}

TEST_CASE("read returns an error of the right kind for a path that cannot be read") {
    const test::TempDir dir;
    CHECK(kind_of(fs::read(dir / "missing")) == Kind::NotFound);
    CHECK(kind_of(fs::read_to_string(dir / "missing")) == Kind::NotFound);
    CHECK(kind_of(fs::read(dir.path())) == Kind::IsADirectory);
    CHECK(kind_of(fs::read_to_string(dir.path())) == Kind::IsADirectory);
}

TEST_CASE("write returns an error of the right kind for a path that cannot be written") {
    const test::TempDir dir;
    CHECK(kind_of(fs::write(dir / "missing/file", "x")) == Kind::NotFound);
    CHECK(kind_of(fs::write(dir.path(), "x")) == Kind::IsADirectory);
    const auto full = fs::write("/dev/full", "x");
    REQUIRE_FALSE(full.has_value());
    CHECK(full.error() == Kind::StorageFull);
    CHECK(std::string_view(full.error().operation()) == "write");
    CHECK(fs::write("/dev/full", "").has_value());
}

TEST_CASE("a file larger than memory is an error value, not an exception") {
    if (test::under_sanitizer) {
        WARN("a sanitizer ends the process instead: skipped");
        return;
    }
    const test::TempDir dir;
    const std::string path = dir / "file";
    const auto file = must(fs::File::create(path));
    std::uint64_t size = std::uint64_t{1} << 62;
    while (size > (std::uint64_t{1} << 40) && !file.set_len(size)) {
        size /= 2;
    }
    if (!file.set_len(size)) {
        WARN("no file of a terabyte here: skipped");
        return;
    }
    const auto end = test::in_child([&] {
        const rlimit two_gigabytes{.rlim_cur = std::uint64_t{2} << 30, .rlim_max = std::uint64_t{2} << 30};
        ::setrlimit(RLIMIT_AS, &two_gigabytes);
        const std::size_t before = test::open_descriptors();
        const auto as_bytes = fs::read(path);
        const auto as_text = fs::read_to_string(path);
        return (!as_bytes && as_bytes.error() == Kind::OutOfMemory ? 0 : 1) |
               (!as_text && as_text.error() == Kind::OutOfMemory ? 0 : 2) |
               (test::open_descriptors() == before ? 0 : 4);
    });
    CHECK(end.status == 0);
}

TEST_CASE("reading and writing leave no file descriptor open") {
    const test::TempDir dir;
    const std::size_t before = test::open_descriptors();
    must(fs::write(dir / "file", "x"));
    (void)must(fs::read(dir / "file"));
    (void)fs::read(dir.path()).has_value();
    (void)fs::write("/dev/full", "x").has_value();
    CHECK(test::open_descriptors() == before);
}
