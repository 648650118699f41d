// SPDX-License-Identifier: MIT
//
// Cursor: reads, writes, and positions up to the limit.
#include <support/words.hpp>

#include <weld/io.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/lines.hpp>
#include <weld/io/seek.hpp>

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace io = weld::io;
using io::SeekFrom;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;
using weld::Kind;
using weld::sys::IoSlice;

static_assert(weld::BufferedReader<io::Cursor<std::string>> && weld::Writer<io::Cursor<std::vector<std::byte>>>);
static_assert(weld::Writer<io::Cursor<std::span<std::byte>>> && !weld::Writer<io::Cursor<std::string_view>>);
static_assert(weld::Seek<io::Cursor<std::string_view>> && weld::BufferedReader<io::Cursor<std::string_view>>);

namespace {

constexpr std::string_view digits = "01234567";

/// `bytes` as a vector.
std::vector<std::byte> vector_of(std::string_view text) {
    const auto all = bytes(text);
    return {all.begin(), all.end()};
}

/// Reads eight digits in parts of zero, one, four and more, and then the end.
template <class T>
void reads_in_parts(io::Cursor<T> cursor) {
    std::array<std::byte, 4> buffer;
    CHECK(must(cursor.read({})) == 0);
    CHECK(cursor.position() == 0);
    CHECK(text(buffer, must(cursor.read(std::span(buffer).first(1)))) == "0");
    CHECK(cursor.position() == 1);
    CHECK(text(cursor.rest()) == "1234567");
    CHECK(text(buffer, must(cursor.read(buffer))) == "1234");
    CHECK(cursor.position() == 5);
    CHECK(text(cursor.rest()) == "567");
    CHECK(text(buffer, must(cursor.read(buffer))) == "567");
    CHECK(cursor.position() == 8);
    CHECK(must(cursor.read(buffer)) == 0);
    CHECK(must(cursor.fill()).empty());
}

/// Writes eight digits in consecutive parts.
template <class T>
void writes_in_parts(T& target) {
    io::Cursor<T&> cursor(target);
    CHECK(must(cursor.write(bytes("0"))) == 1);
    CHECK(must(cursor.write(bytes("123"))) == 3);
    CHECK(must(cursor.write(bytes("4567"))) == 4);
    CHECK(cursor.position() == 8);
    const std::array<IoSlice, 4> more = {bytes("8"), bytes(""), bytes("9a"), bytes("b")};
    must(weld::write_all_vectored(cursor, more));
    CHECK(cursor.position() == 12);
}

}  // namespace

TEST_CASE("a Cursor reads its bytes in parts, then ends",
          "[rust:test_mem_reader][rust:test_slice_reader][rust:test_buf_reader]") {
    reads_in_parts(io::Cursor(std::string(digits)));
    reads_in_parts(io::Cursor(vector_of(digits)));
    reads_in_parts(io::Cursor(bytes(digits)));
    reads_in_parts(io::Cursor(digits));
}

TEST_CASE("read_exact fills the buffer, or is an error that has consumed the rest", "[rust:test_read_exact]") {
    io::Cursor cursor(digits);
    std::array<std::byte, 4> buffer;
    must(weld::read_exact(cursor, {}));
    must(weld::read_exact(cursor, buffer));
    CHECK(text(buffer) == "0123");
    must(weld::read_exact(cursor, std::span(buffer).first(3)));
    CHECK(text(buffer, 3) == "456");
    const auto failed = weld::read_exact(cursor, buffer);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().count == 1);
    CHECK(failed.error().kind() == Kind::UnexpectedEof);
    CHECK(cursor.position() == 8);
    CHECK(weld::read_exact(cursor, std::span(buffer).first(1)).error().kind() == Kind::UnexpectedEof);
}

TEST_CASE("fill of a Cursor returns the rest, and consume removes from it") {
    io::Cursor cursor(std::string("abcdef"));
    std::array<std::byte, 4> buffer;
    CHECK(text(buffer, must(cursor.read(buffer))) == "abcd");
    CHECK(text(must(cursor.fill())) == "ef");
    cursor.consume(1);
    CHECK(cursor.position() == 5);
    CHECK(text(must(cursor.fill())) == "f");
}

TEST_CASE("writes overwrite the bytes of a growable Cursor, then extend them",
          "[rust:test_vec_writer][rust:test_mem_writer][rust:test_mem_writer_preallocated]") {
    std::string grown;
    writes_in_parts(grown);
    CHECK(grown == "0123456789ab");
    std::vector<std::byte> vector;
    writes_in_parts(vector);
    CHECK(text(vector) == "0123456789ab");
    std::string there = "--------89ab more";
    writes_in_parts(there);
    CHECK(there == "0123456789ab more");
    io::Cursor owned{std::vector<std::byte>()};
    must(weld::write_all(owned, bytes("abc")));
    CHECK(text(std::move(owned).into_bytes()) == "abc");
}

TEST_CASE("writes fill a span, and no byte goes past its end",
          "[rust:test_buf_writer][rust:test_buf_writer_vectored]") {
    std::array<std::byte, 10> memory{};
    memory[9] = std::byte{'|'};
    io::Cursor cursor{std::span(memory).first(9)};
    CHECK(cursor.position() == 0);
    CHECK(must(cursor.write(bytes("0"))) == 1);
    CHECK(cursor.position() == 1);
    CHECK(must(cursor.write(bytes("123"))) == 3);
    CHECK(must(cursor.write(bytes("4567"))) == 4);
    CHECK(cursor.position() == 8);
    CHECK(must(cursor.write({})) == 0);
    CHECK(cursor.position() == 8);
    CHECK(must(cursor.write(bytes("89"))) == 1);
    CHECK(must(cursor.write(bytes("a"))) == 0);
    CHECK(text(memory) == "012345678|");

    cursor.set_position(0);
    const std::array<IoSlice, 3> front = {bytes("a"), bytes("bcd"), bytes("efgh")};
    must(weld::write_all_vectored(cursor, front));
    CHECK(cursor.position() == 8);
    must(weld::write_all_vectored(cursor, {}));
    const std::array<IoSlice, 2> back = {bytes("ij"), bytes("k")};
    const auto full = weld::write_all_vectored(cursor, back);
    REQUIRE_FALSE(full);
    CHECK(full.error().count == 1);
    CHECK(full.error().kind() == Kind::WriteZero);
    CHECK(text(memory) == "abcdefghi|");
}

TEST_CASE("a write past the end of a span is accepted in part, then not at all", "[rust:test_buf_writer_error]") {
    std::array<std::byte, 2> room;
    io::Cursor cursor{std::span<std::byte>(room)};
    CHECK(must(cursor.write(bytes("a"))) == 1);
    CHECK(must(cursor.write(bytes("bc"))) == 1);
    CHECK(must(cursor.write(bytes("de"))) == 0);
    CHECK(text(room) == "ab");
}

TEST_CASE("a Cursor over a span writes at its position", "[rust:test_buf_writer_seek]") {
    std::array<std::byte, 8> memory;
    memory.fill(std::byte{'-'});
    io::Cursor cursor{std::span<std::byte>(memory)};
    CHECK(must(cursor.write(bytes("1"))) == 1);
    CHECK(cursor.position() == 1);
    CHECK(must(cursor.seek(SeekFrom::Start, 2)) == 2);
    CHECK(cursor.position() == 2);
    CHECK(must(cursor.write(bytes("2"))) == 1);
    CHECK(cursor.position() == 3);
    CHECK(must(cursor.seek(SeekFrom::Current, -2)) == 1);
    CHECK(cursor.position() == 1);
    CHECK(must(cursor.write(bytes("3"))) == 1);
    CHECK(cursor.position() == 2);
    CHECK(must(cursor.seek(SeekFrom::End, -1)) == 7);
    CHECK(must(cursor.write(bytes("4"))) == 1);
    CHECK(cursor.position() == 8);
    CHECK(text(memory) == "132----4");
}

TEST_CASE("a Cursor over a string writes at its position, and grows at its end", "[rust:test_seekable_mem_writer]") {
    std::string grown;
    io::Cursor<std::string&> cursor(grown);
    CHECK(cursor.position() == 0);
    must(weld::write_all(cursor, bytes("01234567")));
    CHECK(grown == "01234567");
    CHECK(must(cursor.seek(SeekFrom::Start, 0)) == 0);
    must(weld::write_all(cursor, bytes("ab")));
    CHECK(grown == "ab234567");
    CHECK(must(cursor.seek(SeekFrom::Current, 3)) == 5);
    must(weld::write_all(cursor, bytes("cd")));
    CHECK(grown == "ab234cd7");
    CHECK(must(cursor.seek(SeekFrom::End, -1)) == 7);
    must(weld::write_all(cursor, bytes("ef")));
    CHECK(grown == "ab234cdef");
    CHECK(must(cursor.seek(SeekFrom::End, 1)) == 10);
    must(weld::write_all(cursor, bytes("g")));
    CHECK(grown == std::string("ab234cdef\0g", 11));
}

TEST_CASE("a read past the end returns nothing, and a write there grows the bytes",
          "[rust:test_seek_past_end][rust:vec_seek_past_end]") {
    std::array<std::byte, 8> buffer;
    io::Cursor slice(std::string_view("x"));
    CHECK(must(slice.seek(SeekFrom::Start, 10)) == 10);
    CHECK(must(slice.read(buffer)) == 0);
    CHECK(must(slice.fill()).empty());
    CHECK(slice.rest().empty());
    io::Cursor owned(std::string("x"));
    CHECK(must(owned.seek(SeekFrom::Start, 10)) == 10);
    CHECK(must(owned.read(buffer)) == 0);
    std::array<std::byte, 1> room{};
    io::Cursor fixed{std::span<std::byte>(room)};
    CHECK(must(fixed.seek(SeekFrom::Start, 10)) == 10);
    CHECK(must(fixed.write(bytes("abc"))) == 0);

    io::Cursor grown{std::string()};
    CHECK(must(grown.seek(SeekFrom::Start, 10)) == 10);
    CHECK(must(grown.write({})) == 0);
    CHECK(grown.bytes().empty());
    must(weld::write_all(grown, bytes("abc")));
    CHECK(grown.bytes() == std::string(10, '\0') + "abc");
    grown.set_position(std::numeric_limits<std::uint64_t>::max());
    CHECK(kind_of(grown.write(bytes("x"))) == Kind::OutOfMemory);
    CHECK(grown.bytes().size() == 13);
}

TEST_CASE("seek before the start is InvalidInput", "[rust:test_seek_before_0][rust:vec_seek_before_0]") {
    const auto check = [](auto cursor) {
        CHECK(kind_of(cursor.seek(SeekFrom::End, -2)) == Kind::InvalidInput);
        CHECK(must(cursor.seek(SeekFrom::Start, 1)) == 1);
        CHECK(kind_of(cursor.seek(SeekFrom::Current, -2)) == Kind::InvalidInput);
        CHECK(kind_of(cursor.seek(SeekFrom::Start, -1)) == Kind::InvalidInput);
        CHECK(kind_of(cursor.seek(SeekFrom::Current, std::numeric_limits<std::int64_t>::min())) == Kind::InvalidInput);
        CHECK(cursor.position() == 1);
    };
    std::array<std::byte, 1> room{};
    check(io::Cursor{std::span<std::byte>(room)});
    check(io::Cursor(std::string_view("x")));
    check(io::Cursor(vector_of("x")));
    check(io::Cursor{vector_of("")});
}

TEST_CASE("positions reach the limit of 64 bits, and no further", "[rust:test_seek_past_i64]") {
    const auto check = [](auto cursor) {
        CHECK(must(cursor.seek(SeekFrom::Start, 6)) == 6);
        CHECK(must(cursor.seek(SeekFrom::Current, 0x7fff'ffff'ffff'fff0)) == 0x7fff'ffff'ffff'fff6);
        CHECK(must(cursor.seek(SeekFrom::Current, 0x10)) == 0x8000'0000'0000'0006);
        CHECK(must(cursor.seek(SeekFrom::Current, 0)) == 0x8000'0000'0000'0006);
        CHECK(kind_of(cursor.seek(SeekFrom::Current, 0x7fff'ffff'ffff'fffd)) == Kind::InvalidInput);
        CHECK(must(cursor.seek(SeekFrom::Current, std::numeric_limits<std::int64_t>::min())) == 6);
    };
    std::array<std::byte, 1> room{};
    check(io::Cursor{std::span<std::byte>(room)});
    check(io::Cursor(std::string_view("x")));
    check(io::Cursor(vector_of("x")));
}

TEST_CASE("the position counts reads, writes and seeks, and rewind returns to the start", "[rust:seek_position]") {
    io::Cursor cursor(std::string("0123456789"));
    CHECK(must(io::stream_position(cursor)) == 0);
    std::array<std::byte, 3> buffer;
    must(weld::read_exact(cursor, buffer));
    CHECK(must(io::stream_position(cursor)) == 3);
    CHECK(must(cursor.seek(SeekFrom::Current, -1)) == 2);
    CHECK(must(io::stream_position(cursor)) == 2);
    must(weld::write_all(cursor, bytes("x")));
    CHECK(must(io::stream_position(cursor)) == 3);
    CHECK(must(cursor.seek(SeekFrom::End, 0)) == 10);
    CHECK(must(io::stream_position(cursor)) == 10);
    CHECK(must(io::rewind(cursor)) == 0);
    CHECK(must(io::stream_position(cursor)) == 0);
}
