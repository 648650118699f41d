// SPDX-License-Identifier: MIT
//
// copy: all bytes, by each way of copying, and the count when it fails.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/buf_reader.hpp>
#include <weld/io/buf_writer.hpp>
#include <weld/io/copy.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/empty.hpp>
#include <weld/io/pipe.hpp>

#include <functional>
#include <string>
#include <vector>

namespace io = weld::io;
namespace fs = weld::fs;
using test::bytes;
using test::must;
using test::text;
using weld::Error;
using weld::Kind;
using weld::Result;

namespace {

std::string much() {
    std::string all;
    for (int i = 0; all.size() < 200'000; ++i) {
        all += std::to_string(i);
    }
    return all;
}

/// Returns `left`, a few bytes at a time; every other call is interrupted.
struct Slow {
    std::string_view left;
    bool interrupts = false;

    Result<std::size_t> read(std::span<std::byte> target) {
        interrupts = !interrupts;
        if (interrupts) {
            return std::unexpected(Error("read", weld::sys::Errno::Intr));
        }
        const std::size_t count = std::min({left.size(), target.size(), std::size_t{777}});
        std::ranges::copy(bytes(left.substr(0, count)), target.begin());
        left.remove_prefix(count);
        return count;
    }
};

/// Accepts `room` bytes, and then no more.
struct Small {
    std::size_t room;
    std::string taken;

    Result<std::size_t> write(std::span<const std::byte> source) {
        if (room == 0) {
            return std::unexpected(Error("write", weld::sys::Errno::Nospc));
        }
        const std::size_t count = std::min(room, source.size());
        taken += text(source.first(count));
        room -= count;
        return count;
    }
};

}  // namespace

TEST_CASE("copy copies any reader whole to any writer", "[rust:copy_copies]") {
    const std::string all = much();
    std::string out;
    CHECK(must(io::copy(Slow{.left = all}, io::Cursor<std::string&>(out))) == all.size());
    CHECK(out == all);
    out.clear();
    io::BufReader buffered{Slow{.left = all}, 1000};
    CHECK(must(io::copy(buffered, io::Cursor<std::string&>(out))) == all.size());
    CHECK(out == all);
    CHECK(must(io::copy(io::Empty(), io::Sink())) == 0);
    CHECK(must(io::copy(io::Take(io::Repeat{std::byte{'x'}}, 1'000'000), io::Sink())) == 1'000'000);
}

TEST_CASE("copy between files starts at both positions, also of an appending file, and moves both") {
    const test::TempDir dir;
    const std::string all = much();
    must(fs::write(dir / "from", all));
    for (const bool appends : {false, true}) {
        must(fs::write(dir / "to", "12345"));
        const fs::File from = must(fs::File::open(dir / "from"));
        const fs::File to = must(fs::File::open(dir / "to", {.write = !appends, .append = appends}));
        must(from.seek(fs::SeekFrom::Start, 10));
        must(to.seek(fs::SeekFrom::Start, 2));
        CHECK(must(io::copy(from, to)) == all.size() - 10);
        CHECK(must(fs::read_to_string(dir / "to")) == (appends ? "12345" : "12") + all.substr(10));
        CHECK(must(from.seek(fs::SeekFrom::Current, 0)) == all.size());
        CHECK(must(io::copy(from, to)) == 0);
    }
}

TEST_CASE("a Take limits a copy inside the kernel too") {
    const test::TempDir dir;
    must(fs::write(dir / "from", "0123456789"));
    const fs::File to = must(fs::File::create(dir / "to"));
    io::Take take(must(fs::File::open(dir / "from")), 4);
    CHECK(must(io::copy(take, to)) == 4);
    CHECK(take.limit() == 0);
    CHECK(must(io::copy(take, to)) == 0);
    take.set_limit(100);
    CHECK(must(io::copy(take, to)) == 6);
    CHECK(take.limit() == 94);
    CHECK(must(fs::read_to_string(dir / "to")) == "0123456789");
}

TEST_CASE("copy gives the bytes that reads give of files of /proc, pipes and devices") {
    const test::TempDir dir;
    const fs::File to = must(fs::File::create(dir / "to"));
    CHECK(must(io::copy(must(fs::File::open("/proc/self/cmdline")), to)) ==
          must(fs::read_to_string("/proc/self/cmdline")).size());
    CHECK(must(io::copy(must(fs::File::open("/dev/null")), to)) == 0);
    io::Pipe pipe = must(io::pipe());
    must(weld::write_all(pipe.writer, bytes("through a pipe")));
    must(std::move(pipe.writer).close());
    must(to.set_len(0));
    must(to.seek(fs::SeekFrom::Start, 0));
    CHECK(must(io::copy(pipe.reader, to)) == 14);
    CHECK(must(fs::read_to_string(dir / "to")) == "through a pipe");
}

TEST_CASE("bytes copied to a pipe do not change with the source file", "[promise:2.26]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "before"));
    const fs::File file = must(fs::File::open(dir / "file", {.read = true, .write = true}));
    io::Pipe pipe = must(io::pipe());
    CHECK(must(io::copy(file, pipe.writer)) == 6);
    must(file.write_at(bytes("behind"), 0));
    std::array<std::byte, 8> buffer;
    CHECK(text(buffer, must(pipe.reader.read(buffer))) == "before");
}

TEST_CASE("an error reports how much was copied, and a buffered reader keeps the rest") {
    const std::string all = much();
    Small small{.room = 1500, .taken = {}};
    const auto failed = io::copy(Slow{.left = all}, small);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().count == 1500);
    CHECK(failed.error().kind() == Kind::StorageFull);
    CHECK(small.taken == all.substr(0, 1500));
    io::Cursor cursor{std::string_view(all)};
    Small again{.room = 1500, .taken = {}};
    CHECK(io::copy(cursor, again).error().count == 1500);
    CHECK(cursor.position() == 1500);
    const test::TempDir dir;
    must(fs::write(dir / "from", all));
    const auto full = io::copy(must(fs::File::open(dir / "from")), must(fs::File::open("/dev/full", {.write = true})));
    REQUIRE_FALSE(full);
    CHECK(full.error().kind() == Kind::StorageFull);
    const auto to_reader = io::copy(must(fs::File::open(dir / "from")), must(fs::File::open(dir / "from")));
    REQUIRE_FALSE(to_reader);
    CHECK(to_reader.error().count == 0);
}

TEST_CASE("copy calls a writer of the user, also one around a file", "[promise:2.26]") {
    const test::TempDir dir;
    must(fs::write(dir / "from", "abc"));
    Small small{.room = 100, .taken = {}};
    CHECK(must(io::copy(must(fs::File::open(dir / "from")), small)) == 3);
    CHECK(small.taken == "abc");
    {
        io::BufWriter writer{must(fs::File::create(dir / "to"))};
        CHECK(must(io::copy(must(fs::File::open(dir / "from")), writer)) == 3);
        must(std::move(writer).close());
    }
    CHECK(must(fs::read_to_string(dir / "to")) == "abc");
}

namespace {

/// Accepts everything, and records the size of each write.
struct Sizes {
    std::string taken{};
    std::vector<std::size_t> sizes{};

    Result<std::size_t> write(std::span<const std::byte> source) {
        taken += text(source);
        sizes.push_back(source.size());
        return source.size();
    }
};

}  // namespace

TEST_CASE("copy through a buffer is whole, in pieces no smaller than that", "[rust:copy_specializes_bufwriter]") {
    Sizes below;
    io::BufWriter<Sizes&> writer(below, 16 * 1024);
    CHECK(must(io::copy(io::Take(io::Repeat{std::byte{'x'}}, 117 * 1024), writer)) == 117 * 1024);
    must(writer.flush());
    CHECK(below.taken == std::string(117 * 1024, 'x'));
    below.sizes.pop_back();
    CHECK(std::ranges::min(below.sizes) >= 16 * 1024);

    const std::string all = much();
    below = {};
    CHECK(must(io::copy(Slow{.left = all}, writer)) == all.size());
    must(writer.flush());
    CHECK(below.taken == all);
    below.sizes.pop_back();
    CHECK(std::ranges::min(below.sizes) > 16 * 1024 - 777);
}

TEST_CASE("copy from a BufReader writes the buffered bytes first, and each buffer as one piece",
          "[rust:copy_specializes_bufreader]") {
    const std::string all = much();
    io::BufReader reader(io::Cursor{std::string_view(all)}, 64 * 1024);
    std::array<std::byte, 100> front;
    must(weld::read_exact(reader, front));
    Sizes target;
    CHECK(must(io::copy(reader, target)) == all.size() - 100);
    CHECK(target.taken == all.substr(100));
    CHECK(target.sizes.front() == 64 * 1024 - 100);
    CHECK(target.sizes.size() == (all.size() + 64 * 1024 - 1) / (64 * 1024));
    CHECK(reader.buffer().empty());
    CHECK(must(io::copy(reader, target)) == 0);
}

TEST_CASE("copy from memory to memory writes all bytes at once",
          "[rust:copy_specializes_to_vec][rust:copy_specializes_from_slice]") {
    const std::string all = much();
    std::vector<std::byte> vector;
    CHECK(must(io::copy(io::Cursor{std::string_view(all)}, io::Cursor<std::vector<std::byte>&>(vector))) == all.size());
    CHECK(text(vector) == all);
    std::string behind = "before ";
    io::Cursor<std::string&> end(behind);
    must(end.seek(io::SeekFrom::End, 0));
    CHECK(must(io::copy(io::Cursor{bytes(all)}, end)) == all.size());
    CHECK(behind == "before " + all);
    Sizes target;
    io::Cursor slice{bytes(all)};
    CHECK(must(io::copy(slice, target)) == all.size());
    CHECK(target.sizes == std::vector{all.size()});
    CHECK(slice.position() == all.size());
}
