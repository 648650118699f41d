// SPDX-License-Identifier: MIT
//
// BufReader and the pieces of a buffered reader.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io/buf_reader.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/lines.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace io = weld::io;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;
using weld::Error;
using weld::Fault;
using weld::Kind;
using weld::Result;

namespace {

/// Gives `text` in steps of at most `step` bytes; fails or is interrupted where it is told.
struct Script {
    std::string text;
    std::size_t step;
    std::size_t fails_at = std::string::npos;
    Error error{"read", weld::sys::Errno::Io};
    std::size_t position = 0;
    std::size_t calls = 0;
    bool interrupts = false;  // every second call

    Result<std::size_t> read(std::span<std::byte> target) {
        ++calls;
        if (interrupts && calls % 2 == 1) {
            return std::unexpected(Error("read", weld::sys::Errno::Intr));
        }
        if (position == fails_at) {
            fails_at = std::string::npos;
            return std::unexpected(error);
        }
        const std::size_t count = std::min({step, target.size(), text.size() - position, fails_at - position});
        std::ranges::copy(bytes(text).subspan(position, count), target.begin());
        position += count;
        return count;
    }
};

static_assert(!std::is_copy_constructible_v<io::Lines<io::BufReader<Script>>>);

std::vector<std::string> lines_of(const std::string& text, std::size_t step, std::size_t capacity) {
    io::BufReader reader(Script{.text = text, .step = step}, capacity);
    std::vector<std::string> found;
    for (const auto& line : io::lines(reader)) {
        found.emplace_back(must(line));
    }
    return found;
}

}  // namespace

TEST_CASE("a buffered reader asks for much, gives little, and passes large reads by") {
    io::BufReader reader(Script{.text = "abcdefghij", .step = 100}, 4);
    std::array<std::byte, 8> buffer;
    CHECK(text(buffer, must(reader.read(std::span(buffer).first(1)))) == "a");
    CHECK(text(reader.buffer()) == "bcd");
    CHECK(text(buffer, must(reader.read(buffer))) == "bcd");
    CHECK(reader.reader().calls == 1);
    CHECK(text(buffer, must(reader.read(buffer))) == "efghij");
    CHECK(must(reader.read(buffer)) == 0);
    CHECK(must(reader.fill()).empty());
    CHECK(must(reader.read({})) == 0);
    CHECK(reader.capacity() == 4);
}

TEST_CASE("an interrupted read is made again, and an error comes through once, behind what was read before") {
    io::BufReader reader(Script{.text = "abcdef", .step = 2, .fails_at = 4, .interrupts = true}, 4);
    CHECK(text(must(reader.fill())) == "ab");
    reader.consume(2);
    CHECK(text(must(reader.fill())) == "cd");
    reader.consume(2);
    CHECK(kind_of(reader.fill()) == Kind::Other);
    CHECK(text(must(reader.fill())) == "ef");
}

TEST_CASE("peek shows what comes without taking it, across fills and at the end") {
    io::BufReader reader(Script{.text = "abcdef", .step = 2}, 4);
    CHECK(text(must(reader.peek(3))) == "abc");
    reader.consume(2);
    CHECK(text(must(reader.peek(100))) == "cdef");
    reader.consume(3);
    CHECK(text(must(reader.peek(2))) == "f");
    CHECK(text(must(reader.fill())) == "f");
}

TEST_CASE("lines are cut at newlines, whatever the buffer and the steps") {
    const std::string text = "one\n\ntwo\r\nthree is longer\r\r\nlast";
    const std::vector<std::string> expected = {"one", "", "two", "three is longer\r", "last"};
    for (const std::size_t capacity : {1U, 2U, 3U, 5U, 8U, 64U}) {
        for (const std::size_t step : {1U, 2U, 7U, 100U}) {
            INFO(capacity << " " << step);
            CHECK(lines_of(text, step, capacity) == expected);
            CHECK(lines_of(text + "\n", step, capacity) == expected);
        }
    }
    CHECK(lines_of("", 1, 1).empty());
    CHECK(lines_of("\n", 1, 1) == std::vector<std::string>{""});
}

TEST_CASE("an error ends the lines") {
    io::BufReader reader(Script{.text = "one\ntwo\nthree", .step = 100, .fails_at = 6});
    auto lines = io::lines(reader);
    CHECK(must(*lines.next()) == "one");
    CHECK(kind_of(*lines.next()) == Kind::Other);
    CHECK(lines.next() == nullptr);
}

TEST_CASE("a loop that is left early has taken the last piece, and nothing behind it") {
    for (const std::size_t capacity : {2U, 4U, 64U}) {
        INFO(capacity);
        io::BufReader reader(Script{.text = "one\ntwo\nthree\n", .step = 100}, capacity);
        for (const auto& line : io::lines(reader)) {
            CHECK(must(line) == "one");
            break;
        }
        for (const auto& piece : io::split(reader, std::byte{'w'})) {
            CHECK(must(piece) == "t");
            break;
        }
        std::string rest;
        CHECK(must(io::read_line(reader, rest)) == 2);
        CHECK(rest == "o\n");
        {
            auto pieces = io::split(reader, std::byte{'e'});
            CHECK(must(*pieces.next()) == "thr");
            auto moved = std::move(pieces);
            CHECK(must(*moved.next()).empty());
        }
        CHECK(must(io::read_line(reader, rest)) == 1);
        CHECK(must(reader.fill()).empty());
    }
}

TEST_CASE("a carriage return is cut only before a newline") {
    for (const std::size_t capacity : {1U, 2U, 3U, 64U}) {
        INFO(capacity);
        CHECK(lines_of("a\r\nb\r", 100, capacity) == std::vector<std::string>{"a", "b\r"});
        CHECK(lines_of("\r", 100, capacity) == std::vector<std::string>{"\r"});
        CHECK(lines_of("\r\n", 100, capacity) == std::vector<std::string>{""});
    }
}

TEST_CASE("a reader that was moved from has nothing") {
    Script script{.text = "abcdef", .step = 100};
    io::BufReader<Script&> reader(script, 4);
    CHECK(text(must(reader.fill())) == "abcd");
    io::BufReader<Script&> moved(std::move(reader));
    // NOLINTBEGIN(bugprone-use-after-move): that is what is tested
    CHECK(must(reader.fill()).empty());
    CHECK(must(reader.peek(1)).empty());
    CHECK(reader.capacity() == 0);
    std::array<std::byte, 1> buffer;
    CHECK(text(buffer, must(reader.read(buffer))) == "e");
    // NOLINTEND(bugprone-use-after-move)
    CHECK(text(must(moved.fill())) == "abcd");
    io::BufReader owned(Script{.text = "xy", .step = 1}, 4);
    io::BufReader other(Script{.text = "z", .step = 1}, 8);
    CHECK(text(must(owned.fill())) == "x");
    other = std::move(owned);
    CHECK(text(other.buffer()) == "x");
    CHECK(other.capacity() == 4);
}

TEST_CASE("read_until, read_line and skip_until append and pass what they say") {
    io::BufReader reader(Script{.text = "a,bc,\nd", .step = 3}, 3);
    std::string target = "x";
    CHECK(must(io::read_until(reader, std::byte{','}, target)) == 2);
    CHECK(target == "xa,");
    CHECK(must(io::skip_until(reader, std::byte{','})) == 3);
    CHECK(must(io::read_line(reader, target)) == 1);
    CHECK(must(io::read_line(reader, target)) == 1);
    CHECK(target == "xa,\nd");
    CHECK(must(io::read_line(reader, target)) == 0);
    CHECK(must(io::skip_until(reader, std::byte{','})) == 0);
}

TEST_CASE("a file is read by lines, owned or not") {
    const test::TempDir dir;
    must(weld::fs::write(dir / "file", "a\nb\n"));
    const weld::fs::File file = must(weld::fs::File::open(dir / "file"));
    io::BufReader<const weld::fs::File&> borrowed(file);
    std::string all;
    CHECK(must(io::read_line(borrowed, all)) == 2);
    io::BufReader owned(must(weld::fs::File::open(dir / "file")));
    CHECK(must(io::read_line(owned, all)) == 2);
    CHECK(must(std::move(owned).into_reader().seek(weld::fs::SeekFrom::Current, 0)) == 4);
    CHECK(all == "a\na\n");
}

TEST_CASE("test_buffered_reader_seek: the position is that of what was read, and the buffer serves what it has") {
    std::string digits;
    for (int i = 0; i < 100; ++i) {
        digits += static_cast<char>('0' + i % 10);
        digits += static_cast<char>('a' + i / 10);
    }
    io::BufReader reader{io::Cursor{std::string_view(digits)}, 16};
    std::array<std::byte, 4> buffer;
    const auto next = [&] { return std::string(text(buffer, must(reader.read(buffer)))); };
    CHECK(next() == digits.substr(0, 4));
    CHECK(must(io::stream_position(reader)) == 4);
    CHECK(next() == digits.substr(4, 4));
    must(reader.seek_relative(-8));
    CHECK(next() == digits.substr(0, 4));
    must(reader.seek_relative(12));
    CHECK(reader.buffer().empty());
    CHECK(next() == digits.substr(16, 4));
    must(reader.seek_relative(100));
    CHECK(next() == digits.substr(120, 4));
    must(reader.seek_relative(-124));
    CHECK(next() == digits.substr(0, 4));
    CHECK(kind_of(reader.seek_relative(-5)) == Kind::InvalidInput);
    CHECK(kind_of(reader.seek_relative(std::numeric_limits<std::int64_t>::min())) == Kind::InvalidInput);
    CHECK(next() == digits.substr(4, 4));
    CHECK(must(reader.seek(io::SeekFrom::End, -2)) == digits.size() - 2);
    CHECK(next() == digits.substr(digits.size() - 2));
    CHECK(must(io::rewind(reader)) == 0);
    std::array<std::byte, 16> large;
    CHECK(must(reader.read(large)) == 16);  // past the buffer
    must(reader.seek_relative(-16));
    CHECK(next() == digits.substr(0, 4));
}
