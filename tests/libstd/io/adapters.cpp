// SPDX-License-Identifier: MIT
//
// Cursor, Take, Chain, Empty, Repeat, Sink.
#include <support/words.hpp>

#include <weld/io/buf_reader.hpp>
#include <weld/io/chain.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/empty.hpp>
#include <weld/io/take.hpp>

#include <array>
#include <limits>
#include <string>
#include <vector>

namespace io = weld::io;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;
using weld::Kind;

static_assert(weld::BufferedReader<io::Cursor<std::string>> && weld::Writer<io::Cursor<std::vector<std::byte>>>);
static_assert(weld::Writer<io::Cursor<std::span<std::byte>>> && !weld::Writer<io::Cursor<std::string_view>>);
static_assert(weld::BufferedReader<io::Take<io::Cursor<std::string>>> && !weld::BufferedReader<io::Take<io::Repeat>>);
static_assert(weld::BufferedReader<io::Empty> && weld::Writer<io::Sink> && weld::Reader<io::Repeat>);

TEST_CASE("a cursor reads, seeks behind the end and not before the start") {
    io::Cursor cursor(std::string("abcdef"));
    std::array<std::byte, 4> buffer;
    CHECK(text(buffer, must(cursor.read(buffer))) == "abcd");
    CHECK(text(must(cursor.fill())) == "ef");
    cursor.consume(1);
    CHECK(cursor.position() == 5);
    CHECK(must(cursor.seek(io::SeekFrom::End, -2)) == 4);
    CHECK(must(cursor.seek(io::SeekFrom::Current, 100)) == 104);
    CHECK(must(cursor.read(buffer)) == 0);
    CHECK(kind_of(cursor.seek(io::SeekFrom::Current, -105)) == Kind::InvalidInput);
    CHECK(kind_of(cursor.seek(io::SeekFrom::Current, std::numeric_limits<std::int64_t>::min())) == Kind::InvalidInput);
    CHECK(cursor.position() == 104);
    cursor.set_position(std::numeric_limits<std::uint64_t>::max());
    CHECK(kind_of(cursor.seek(io::SeekFrom::Current, 1)) == Kind::InvalidInput);
    CHECK(cursor.rest().empty());
}

TEST_CASE("a cursor writes over what is there, and grows what can grow") {
    std::array<std::byte, 4> room{};
    io::Cursor fixed{std::span<std::byte>(room)};
    CHECK(must(fixed.write(bytes("abc"))) == 3);
    CHECK(must(fixed.write(bytes("def"))) == 1);
    CHECK(must(fixed.write(bytes("x"))) == 0);
    CHECK(text(room) == "abcd");

    std::string grown = "abc";
    io::Cursor<std::string&> cursor(grown);
    cursor.set_position(1);
    CHECK(must(cursor.write(bytes("XYZ"))) == 3);
    CHECK(grown == "aXYZ");
    cursor.set_position(6);
    CHECK(must(cursor.write({})) == 0);
    CHECK(must(cursor.write(bytes("!"))) == 1);
    CHECK(grown == std::string("aXYZ\0\0!", 7));
    cursor.set_position(std::numeric_limits<std::uint64_t>::max());
    CHECK(kind_of(cursor.write(bytes("x"))) == Kind::OutOfMemory);
    CHECK(grown.size() == 7);
}

TEST_CASE("take ends at its limit, or before") {
    io::Take taken(io::Cursor(std::string("abcdef")), 4);
    std::array<std::byte, 3> buffer;
    CHECK(text(must(taken.fill())) == "abcd");
    CHECK(text(buffer, must(taken.read(buffer))) == "abc");
    taken.consume(1);
    CHECK(taken.limit() == 0);
    CHECK(must(taken.read(buffer)) == 0);
    CHECK(must(taken.fill()).empty());
    taken.set_limit(100);
    CHECK(text(buffer, must(taken.read(buffer))) == "ef");
    CHECK(must(taken.read(buffer)) == 0);
    CHECK(std::move(taken).into_reader().position() == 6);
}

TEST_CASE("a chain goes on where the first ends, and lines run across") {
    io::Chain chain(io::Cursor(std::string("ab\nc")), io::Cursor(std::string("d\n")));
    std::array<std::byte, 3> buffer;
    CHECK(must(chain.read({})) == 0);
    CHECK(text(must(chain.fill())) == "ab\nc");
    std::vector<std::string> found;
    for (const auto& line : io::lines(chain)) {
        found.emplace_back(must(line));
    }
    CHECK(found == std::vector<std::string>{"ab", "cd"});
    CHECK(must(chain.read(buffer)) == 0);
}

TEST_CASE("empty ends, repeat does not, and sink takes all") {
    std::array<std::byte, 3> buffer;
    CHECK(must(io::Empty().read(buffer)) == 0);
    CHECK(must(io::Empty().write(bytes("abc"))) == 3);
    CHECK(text(buffer, must(io::Repeat{std::byte{'x'}}.read(buffer))) == "xxx");
    CHECK(must(io::Sink().write(bytes("abc"))) == 3);
}
