// SPDX-License-Identifier: MIT
//
// BufReader and the pieces of a buffered reader.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io/buf_reader.hpp>
#include <weld/io/chain.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/lines.hpp>
#include <weld/io/take.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
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

/// Returns `text` in steps of at most `step` bytes; fails or is interrupted at the given calls.
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

TEST_CASE("a BufReader makes large reads below for small ones, and passes large ones through") {
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

TEST_CASE("a BufReader retries an interrupted read, and returns an error once, after the bytes before it",
          "[promise:2.18]") {
    io::BufReader reader(Script{.text = "abcdef", .step = 2, .fails_at = 4, .interrupts = true}, 4);
    CHECK(text(must(reader.fill())) == "ab");
    reader.consume(2);
    CHECK(text(must(reader.fill())) == "cd");
    reader.consume(2);
    CHECK(kind_of(reader.fill()) == Kind::Other);
    CHECK(text(must(reader.fill())) == "ef");
}

TEST_CASE("an empty read does not call the reader below, with or without buffered bytes") {
    io::BufReader reader(Script{.text = "ab", .step = 2, .fails_at = 0}, 4);
    CHECK(must(reader.read({})) == 0);
    io::Take take(std::move(reader), 2);
    CHECK(must(take.read({})) == 0);
    io::Chain chain(io::BufReader(Script{.text = "", .step = 1, .fails_at = 0}, 4), std::move(take));
    CHECK(must(chain.read({})) == 0);
    const auto below = std::move(std::move(chain).into_readers().second).into_reader();
    CHECK(below.reader().calls == 0);
    CHECK(text(below.buffer()).empty());
}

TEST_CASE("put_back bytes come first, whether they fit in front, in the buffer, or not at all") {
    for (const std::size_t taken : {0UZ, 1UZ, 2UZ, 3UZ}) {
        for (const std::string_view back : {"", "X", "XY", "XYZ", "UVWXYZ"}) {
            io::BufReader reader(Script{.text = "abcdef", .step = 3}, 4);
            CHECK(text(must(reader.fill())) == "abc");
            reader.consume(taken);
            reader.put_back(bytes(back));
            std::string found;
            CHECK(must(weld::read_to_string(reader, found)) == back.size() + 6 - taken);
            CHECK(found == std::string(back) + std::string("abcdef").substr(taken));
            CHECK(reader.capacity() == std::max<std::size_t>(4, back.size() + 3 - taken));
        }
    }
}

/// The lines of `reader`, in as many iterations as it takes, and the number of errors.
template <class R>
std::pair<std::vector<std::string>, int> lines_across_errors(R& reader) {
    std::vector<std::string> found;
    for (int errors = 0;; ++errors) {
        bool has_failed = false;
        for (const auto& line : io::lines(reader)) {
            has_failed = !line;
            if (line) {
                found.emplace_back(*line);
            }
        }
        if (!has_failed) {
            return {found, errors};
        }
    }
}

TEST_CASE("an error loses no part of a line: the next iteration starts with that line") {
    const std::string all = "abcdefghij\nk\n\nlmnop";
    const std::vector<std::string> expected{"abcdefghij", "k", "", "lmnop"};
    for (const auto errno_ : {weld::sys::Errno::Timedout, weld::sys::Errno::Again}) {
        for (std::size_t fails_at = 0; fails_at <= all.size(); ++fails_at) {
            for (const std::size_t capacity : {1UZ, 3UZ, 64UZ}) {
                const auto script = [&] {
                    return Script{.text = all, .step = 2, .fails_at = fails_at, .error{"read", errno_}};
                };
                const std::pair wanted(expected, 1);
                io::BufReader reader(script(), capacity);
                CHECK(lines_across_errors(reader) == wanted);
                io::Take take(io::BufReader(script(), capacity), all.size() + 1);
                CHECK(lines_across_errors(take) == wanted);
                CHECK(take.limit() == 1);
                io::Chain behind(
                    io::Cursor<std::string>("abc"),
                    io::BufReader(Script{.text = all.substr(3), .step = 2, .fails_at = fails_at / 2}, capacity));
                CHECK(lines_across_errors(behind) == wanted);
                io::Chain both(
                    io::BufReader(Script{.text = "abc", .step = 2}, capacity),
                    io::BufReader(Script{.text = all.substr(3), .step = 2, .fails_at = fails_at / 2}, capacity));
                CHECK(lines_across_errors(both) == wanted);
            }
        }
    }
}

TEST_CASE("peek returns the next bytes without consuming them, across fills and at the end") {
    io::BufReader reader(Script{.text = "abcdef", .step = 2}, 4);
    CHECK(text(must(reader.peek(3))) == "abc");
    reader.consume(2);
    CHECK(text(must(reader.peek(100))) == "cdef");
    reader.consume(3);
    CHECK(text(must(reader.peek(2))) == "f");
    CHECK(text(must(reader.fill())) == "f");
}

TEST_CASE("a read no smaller than the buffer bypasses it, after the buffered bytes", "[rust:test_buffered_reader]") {
    io::BufReader reader(Script{.text = "56701234", .step = 100}, 2);
    std::array<std::byte, 3> buffer;
    const auto read = [&](std::size_t size) {
        return std::string(text(buffer, must(reader.read(std::span(buffer).first(size)))));
    };
    CHECK(read(3) == "567");
    CHECK(reader.buffer().empty());
    CHECK(read(2) == "01");
    CHECK(reader.buffer().empty());
    CHECK(read(1) == "2");
    CHECK(text(reader.buffer()) == "3");
    CHECK(read(3) == "3");
    CHECK(reader.buffer().empty());
    CHECK(read(3) == "4");
    CHECK(reader.buffer().empty());
    CHECK(read(3).empty());
}

TEST_CASE("a BufReader passes short reads through, also empty ones", "[rust:test_short_reads]") {
    struct Short {
        std::vector<std::size_t> lengths;
        Result<std::size_t> read(std::span<std::byte>) {
            if (lengths.empty()) {
                return std::size_t{0};
            }
            const std::size_t length = lengths.front();
            lengths.erase(lengths.begin());
            return length;
        }
    };
    io::BufReader reader(Short{{0, 1, 2, 1, 0}});
    std::array<std::byte, 4> buffer{};
    for (const std::size_t expected : {0U, 1U, 2U, 1U, 0U, 0U}) {
        CHECK(must(reader.read(buffer)) == expected);
    }
}

TEST_CASE("read_to_end and read_to_string consume the buffered bytes first",
          "[rust:test_buffered_reader_read_to_end_consumes_buffer]"
          "[rust:test_buffered_reader_read_to_string_consumes_buffer]") {
    io::BufReader reader(Script{.text = "01234567", .step = 100}, 3);
    CHECK(text(must(reader.fill())) == "012");
    std::vector<std::byte> all;
    CHECK(must(weld::read_to_end(reader, all)) == 8);
    CHECK(text(all) == "01234567");
    CHECK(reader.buffer().empty());
    io::BufReader words(Script{.text = "deadbeef", .step = 100}, 3);
    CHECK(text(must(words.fill())) == "dea");
    std::string string;
    CHECK(must(weld::read_to_string(words, string)) == 8);
    CHECK(string == "deadbeef");
    CHECK(words.buffer().empty());
}

TEST_CASE("split returns the pieces between delimiters, also empty ones, and none after the last", "[rust:split]") {
    const auto pieces_of = [](const std::string& text, std::size_t capacity) {
        io::BufReader reader(Script{.text = text, .step = 100}, capacity);
        std::vector<std::string> found;
        for (const auto& piece : io::split(reader, std::byte{'3'})) {
            found.emplace_back(must(piece));
        }
        return found;
    };
    for (const std::size_t capacity : {1U, 2U, 64U}) {
        CHECK(pieces_of("12", capacity) == std::vector<std::string>{"12"});
        CHECK(pieces_of("1233", capacity) == std::vector<std::string>{"12", ""});
        CHECK(pieces_of("3", capacity) == std::vector<std::string>{""});
        CHECK(pieces_of("", capacity).empty());
    }
}

TEST_CASE("lines splits at newlines, with any buffer size and any step", "[rust:lines]") {
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

TEST_CASE("an error ends the iteration of lines") {
    io::BufReader reader(Script{.text = "one\ntwo\nthree", .step = 100, .fails_at = 6});
    auto lines = io::lines(reader);
    CHECK(must(*lines.next()) == "one");
    CHECK(kind_of(*lines.next()) == Kind::Other);
    CHECK(lines.next() == nullptr);
}

TEST_CASE("a loop that is left early has consumed the last piece, and nothing after it") {
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

TEST_CASE("a carriage return is removed only before a newline") {
    for (const std::size_t capacity : {1U, 2U, 3U, 64U}) {
        INFO(capacity);
        CHECK(lines_of("a\r\nb\r", 100, capacity) == std::vector<std::string>{"a", "b\r"});
        CHECK(lines_of("\r", 100, capacity) == std::vector<std::string>{"\r"});
        CHECK(lines_of("\r\n", 100, capacity) == std::vector<std::string>{""});
    }
}

TEST_CASE("a BufReader that was moved from is empty") {
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

TEST_CASE("read_until and read_line append, skip_until skips, and all return their count") {
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

TEST_CASE("a BufReader reads a file by lines, owned or borrowed") {
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
