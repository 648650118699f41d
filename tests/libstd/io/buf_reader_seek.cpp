// SPDX-License-Identifier: MIT
//
// BufReader's position: the buffered bytes are ahead of it, and a seek keeps none of them by mistake.
#include <support/words.hpp>

#include <weld/io/buf_reader.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/seek.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace io = weld::io;
using io::SeekFrom;
using test::kind_of;
using test::must;
using test::text;
using weld::Error;
using weld::Kind;
using weld::Result;

namespace {

constexpr std::string_view digits = "56701234";

/// Digits in memory, through a buffer.
io::BufReader<io::Cursor<std::string_view>> digits_through(std::size_t capacity) {
    return io::BufReader<io::Cursor<std::string_view>>(io::Cursor(digits), capacity);
}

/// The next `size` bytes, by one read.
template <class Reader>
std::string next(Reader& reader, std::size_t size) {
    std::string found(size, '?');
    found.resize(must(reader.read(std::as_writable_bytes(std::span(found)))));
    return found;
}

constexpr std::int64_t farthest_back = std::numeric_limits<std::int64_t>::min();

}  // namespace

TEST_CASE("seek_relative keeps the buffer inside it, and drops it outside",
          "[rust:test_buffered_reader_seek_relative]") {
    auto reader = digits_through(2);
    must(reader.seek_relative(3));
    CHECK(text(must(reader.fill())) == "01");
    must(reader.seek_relative(0));
    CHECK(text(must(reader.fill())) == "01");
    must(reader.seek_relative(1));
    CHECK(text(must(reader.fill())) == "1");
    must(reader.seek_relative(-1));
    CHECK(text(must(reader.fill())) == "01");
    must(reader.seek_relative(2));
    CHECK(text(must(reader.fill())) == "23");
    CHECK(must(reader.seek(SeekFrom::Start, 3)) == 3);
    CHECK(text(must(reader.fill())) == "01");
    CHECK(must(reader.seek(SeekFrom::Current, 0)) == 3);
    CHECK(text(must(reader.fill())) == "01");
    CHECK(must(reader.seek(SeekFrom::Current, 1)) == 4);
    CHECK(text(must(reader.fill())) == "12");
    reader.consume(1);
    CHECK(must(reader.seek(SeekFrom::Current, -2)) == 3);
}

TEST_CASE("stream_position counts the bytes that were read, and keeps the buffer",
          "[rust:test_buffered_reader_stream_position]") {
    auto reader = digits_through(2);
    CHECK(must(io::stream_position(reader)) == 0);
    CHECK(next(reader, 3) == "567");
    CHECK(must(io::stream_position(reader)) == 3);
    CHECK(reader.buffer().empty());
    must(reader.seek_relative(-2));
    CHECK(must(io::stream_position(reader)) == 1);
    must(reader.seek_relative(2));
    CHECK(text(must(reader.fill())) == "01");
    must(reader.seek_relative(0));
    CHECK(must(io::stream_position(reader)) == 3);
    CHECK(text(reader.buffer()) == "01");
    must(reader.seek_relative(1));
    CHECK(must(io::stream_position(reader)) == 4);
    CHECK(text(reader.buffer()) == "1");
    must(reader.seek_relative(-1));
    CHECK(must(io::stream_position(reader)) == 3);
    CHECK(text(reader.buffer()) == "01");
    must(reader.seek_relative(2));
    CHECK(must(io::stream_position(reader)) == 5);
    CHECK(reader.buffer().empty());
}

TEST_CASE("stream_position is an error when the reader below was moved back",
          "[rust:test_buffered_reader_stream_position_panic]") {
    auto reader = digits_through(4);
    CHECK(must(io::stream_position(reader)) == 0);
    CHECK(next(reader, 2) == "56");
    CHECK(must(io::stream_position(reader)) == 2);
    must(reader.reader().seek(SeekFrom::Start, 0));
    CHECK(kind_of(io::stream_position(reader)) == Kind::InvalidInput);
    CHECK(text(reader.buffer()) == "70");
    must(reader.reader().seek(SeekFrom::Start, 8));
    CHECK(must(io::stream_position(reader)) == 6);
}

TEST_CASE("a read that bypasses the buffer invalidates it for seek_relative",
          "[rust:test_buffered_reader_invalidated_after_read]") {
    auto reader = digits_through(3);
    CHECK(text(must(reader.fill())) == "567");
    reader.consume(3);
    CHECK(next(reader, 5) == "01234");
    must(reader.seek_relative(-2));
    CHECK(next(reader, 2) == "34");
}

TEST_CASE("a seek invalidates the buffer for seek_relative", "[rust:test_buffered_reader_invalidated_after_seek]") {
    auto reader = digits_through(3);
    CHECK(text(must(reader.fill())) == "567");
    reader.consume(3);
    CHECK(must(reader.seek(SeekFrom::Current, 5)) == 8);
    must(reader.seek_relative(-2));
    CHECK(next(reader, 2) == "34");
}

TEST_CASE("a seek back whose offset would overflow is made in two steps",
          "[rust:test_buffered_reader_seek_underflow]") {
    /// Each byte's value is its position.
    struct Positions {
        std::uint64_t position = 0;

        Result<std::size_t> read(std::span<std::byte> target) {
            for (std::byte& byte : target) {
                byte = static_cast<std::byte>(position++ & 0xffU);
            }
            return target.size();
        }
        Result<std::uint64_t> seek(SeekFrom from, std::int64_t offset) {
            const std::uint64_t base = from == SeekFrom::Start     ? 0
                                       : from == SeekFrom::Current ? position
                                                                   : std::numeric_limits<std::uint64_t>::max();
            return position = base + static_cast<std::uint64_t>(offset);
        }
    };
    io::BufReader reader(Positions(), 5);
    const auto filled = must(reader.fill());
    CHECK(std::ranges::equal(filled, std::array{std::byte{0}, std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}}));
    constexpr std::uint64_t near_end = std::numeric_limits<std::uint64_t>::max() - 5;
    CHECK(must(reader.seek(SeekFrom::End, -5)) == near_end);
    CHECK(must(reader.fill()).size() == 5);
    constexpr std::uint64_t back = near_end - (std::uint64_t{1} << 63U);
    static_assert(back == 9'223'372'036'854'775'802U);
    CHECK(must(reader.seek(SeekFrom::Current, farthest_back)) == back);
    CHECK(must(reader.fill()).size() == 5);
    CHECK(must(reader.seek(SeekFrom::Current, 0)) == back);
    CHECK(must(reader.seek(SeekFrom::Current, 0)) == back);
}

TEST_CASE("the first of two seek steps discards the buffer",
          "[rust:test_buffered_reader_seek_underflow_discard_buffer_between_seeks]") {
    struct FailsAtSecond {
        bool is_first = true;

        Result<std::size_t> read(std::span<std::byte> target) {
            std::ranges::fill(target, std::byte{0});
            return target.size();
        }
        Result<std::uint64_t> seek(SeekFrom, std::int64_t) {
            if (is_first) {
                is_first = false;
                return std::uint64_t{0};
            }
            return std::unexpected(Error("seek", weld::sys::Errno::Io));
        }
    };
    io::BufReader reader(FailsAtSecond(), 5);
    CHECK(must(reader.fill()).size() == 5);
    CHECK(kind_of(reader.seek(SeekFrom::Current, farthest_back)) == Kind::Other);
    CHECK(reader.buffer().empty());
    io::BufReader unmoved(FailsAtSecond{.is_first = false}, 5);
    CHECK(must(unmoved.fill()).size() == 5);
    CHECK(kind_of(unmoved.seek(SeekFrom::Current, farthest_back)) == Kind::Other);
    CHECK(unmoved.buffer().size() == 5);
}

TEST_CASE("seeks count from the bytes that were read, and the buffer serves those inside it",
          "[rust:test_buffered_reader_seek]") {
    std::string pairs;
    for (int i = 0; i < 100; ++i) {
        pairs += static_cast<char>('0' + i % 10);
        pairs += static_cast<char>('a' + i / 10);
    }
    io::BufReader reader{io::Cursor{std::string_view(pairs)}, 16};
    const auto next = [&] { return ::next(reader, 4); };
    CHECK(next() == pairs.substr(0, 4));
    CHECK(must(io::stream_position(reader)) == 4);
    CHECK(next() == pairs.substr(4, 4));
    must(reader.seek_relative(-8));
    CHECK(next() == pairs.substr(0, 4));
    must(reader.seek_relative(12));
    CHECK(reader.buffer().empty());
    CHECK(next() == pairs.substr(16, 4));
    must(reader.seek_relative(100));
    CHECK(next() == pairs.substr(120, 4));
    must(reader.seek_relative(-124));
    CHECK(next() == pairs.substr(0, 4));
    CHECK(kind_of(reader.seek_relative(-5)) == Kind::InvalidInput);
    CHECK(kind_of(reader.seek_relative(std::numeric_limits<std::int64_t>::min())) == Kind::InvalidInput);
    CHECK(next() == pairs.substr(4, 4));
    CHECK(must(reader.seek(io::SeekFrom::End, -2)) == pairs.size() - 2);
    CHECK(next() == pairs.substr(pairs.size() - 2));
    CHECK(must(io::rewind(reader)) == 0);
    std::array<std::byte, 16> large;
    CHECK(must(reader.read(large)) == 16);  // bypasses the buffer
    must(reader.seek_relative(-16));
    CHECK(next() == pairs.substr(0, 4));
}
