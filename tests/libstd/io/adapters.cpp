// SPDX-License-Identifier: MIT
//
// Take, Chain, Empty, Repeat, Sink.
#include <support/words.hpp>

#include <weld/io/buf_reader.hpp>
#include <weld/io/chain.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/empty.hpp>
#include <weld/io/seek.hpp>
#include <weld/io/take.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace io = weld::io;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;
using weld::Kind;

static_assert(weld::BufferedReader<io::Take<io::Cursor<std::string>>> && !weld::BufferedReader<io::Take<io::Repeat>>);
static_assert(weld::BufferedReader<io::Empty> && weld::Writer<io::Sink> && weld::Reader<io::Repeat>);
static_assert(weld::Seek<io::Empty> && !weld::Seek<io::Repeat>);

TEST_CASE("a Take ends at its limit, or at the end of its reader before") {
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

TEST_CASE("an error loses no part of a line that is read through Take and Chain") {
    // Gives `step` bytes, then TimedOut, and so on.
    struct Slow {
        std::string text;
        std::size_t step;
        bool fails = false;

        weld::Result<std::size_t> read(std::span<std::byte> target) {
            if (std::exchange(fails, !fails)) {
                return std::unexpected(weld::Error("read", weld::sys::Errno::Timedout));
            }
            const std::size_t count = std::min({step, target.size(), text.size()});
            std::ranges::copy(bytes(text).first(count), target.begin());
            text.erase(0, count);
            return count;
        }
    };
    const std::string all = "a\n\nlonger than a buffer\nend";
    for (std::size_t cut = 0; cut <= all.size(); ++cut) {
        for (const std::size_t step : {1U, 3U, 64U}) {
            INFO(cut << ", " << step);
            io::BufReader first(Slow{.text = all.substr(0, cut), .step = step}, 4);
            io::BufReader second(Slow{.text = all.substr(cut) + "more", .step = step}, 4);
            io::Take reader(io::Chain(std::move(first), std::move(second)), all.size());
            std::vector<std::string> found;
            int errors = 0;
            for (bool ended = false; !ended;) {
                ended = true;
                for (const auto& line : io::lines(reader)) {
                    if (line) {
                        found.emplace_back(*line);
                    } else {
                        REQUIRE(line.error() == Kind::TimedOut);
                        REQUIRE(++errors < 1000);
                        ended = false;
                    }
                }
            }
            CHECK(found == std::vector<std::string>{"a", "", "longer than a buffer", "end"});
            CHECK(errors != 0);
            CHECK(reader.limit() == 0);
        }
    }
}

TEST_CASE("a Chain continues with the second reader at the end of the first, and lines span both") {
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

TEST_CASE("a Take at its limit does not call its reader, and before that returns its error", "[rust:take_eof]") {
    struct Failing {
        weld::Result<std::size_t> read(std::span<std::byte>) const { return std::unexpected(error()); }
        weld::Result<std::span<const std::byte>> fill() const { return std::unexpected(error()); }
        void consume(std::size_t) const {}
        static weld::Error error() { return weld::Error("read", weld::sys::Errno::Io); }
    };
    io::Take taken(Failing(), 0);
    std::array<std::byte, 1> buffer;
    CHECK(must(taken.read(buffer)) == 0);
    CHECK(must(taken.fill()).empty());
    taken.set_limit(1);
    CHECK(kind_of(taken.read(buffer)) == Kind::Other);
    CHECK(kind_of(taken.fill()) == Kind::Other);
    CHECK(taken.limit() == 1);
}

TEST_CASE("a Take asserts that its reader returns no more than was asked for", "[rust:test_take_wrong_length]") {
    struct Lying {
        bool lies = false;
        weld::Result<std::size_t> read(std::span<std::byte> target) const { return lies ? 10 : target.size(); }
    };
    std::array<std::byte, 8> buffer;
    io::Take honest(Lying(), 3);
    CHECK(must(honest.read(buffer)) == 3);
    const auto end = test::in_child([&] {
        io::Take taken(Lying{.lies = true}, 3);
        return taken.read(buffer) ? 0 : 1;
    });
    CHECK((test::has_asserts ? end.died_of(SIGABRT) : end.exited_with(0)));
}

TEST_CASE("fill and consume of a Chain do what one reader of all its bytes would", "[rust:chain_bufread]") {
    for (const std::string_view first : {"", "ABC", "ABCDEF", "A"}) {
        for (std::size_t step = 1; step <= 4; ++step) {
            const std::string_view second = std::string_view("ABCDEF").substr(first.size());
            io::Chain chain{io::Cursor(first), io::Cursor(second)};
            std::string seen;
            for (;;) {
                const auto filled = must(chain.fill());
                if (filled.empty()) {
                    break;
                }
                const auto part = filled.first(std::min(step, filled.size()));
                seen += text(part);
                chain.consume(part.size());
            }
            CHECK(seen == "ABCDEF");
            CHECK(must(chain.fill()).empty());
        }
    }
}

TEST_CASE("a character split between the readers of a Chain is whole, as text and as a line",
          "[rust:chain_splitted_char]") {
    const std::string_view word = "n\xc3\xa9\xf0\x9f\xa6\x80\n";
    for (std::size_t cut = 0; cut <= word.size(); ++cut) {
        std::string all;
        CHECK(must(weld::read_to_string(io::Chain{io::Cursor(word.substr(0, cut)), io::Cursor(word.substr(cut))},
                                        all)) == word.size());
        CHECK(all == word);
        io::Chain chain{io::Cursor(word.substr(0, cut)), io::Cursor(word.substr(cut))};
        std::string line;
        CHECK(must(io::read_line(chain, line)) == word.size());
        CHECK(line == word);
    }
}

TEST_CASE("an empty read does not end the first reader of a Chain", "[rust:chain_zero_length_read_is_not_eof]") {
    io::Chain chain{io::Cursor(std::string("A")), io::Cursor(std::string("B"))};
    CHECK(must(chain.read({})) == 0);
    std::string all;
    CHECK(must(weld::read_to_string(chain, all)) == 2);
    CHECK(all == "AB");
}

TEST_CASE("read_exact reads across a Chain and from one reader, and consumes the rest at the end",
          "[rust:read_exact][rust:read_exact_slice]") {
    std::array<std::byte, 4> buffer;
    const auto fails = [&](auto& reader, std::size_t count) {
        const auto read = weld::read_exact(reader, buffer);
        REQUIRE_FALSE(read);
        CHECK(read.error().kind() == Kind::UnexpectedEof);
        CHECK(read.error().count == count);
    };
    io::Cursor none{std::string_view()};
    fails(none, 0);
    io::Chain chain{io::Cursor(std::string_view("123")), io::Cursor(std::string_view("456789"))};
    must(weld::read_exact(chain, buffer));
    CHECK(text(buffer) == "1234");
    must(weld::read_exact(chain, buffer));
    CHECK(text(buffer) == "5678");
    fails(chain, 1);
    io::Cursor little(std::string_view("123"));
    fails(little, 3);
    CHECK(little.rest().empty());
    io::Cursor exact(std::string_view("1234"));
    must(weld::read_exact(exact, buffer));
    CHECK(text(buffer) == "1234");
    io::Cursor more(std::string_view("56789"));
    must(weld::read_exact(more, buffer));
    CHECK(text(buffer) == "5678");
    CHECK(text(more.rest()) == "9");
}

TEST_CASE("Empty reads nothing, accepts everything, and stays at its start",
          "[rust:empty_reads][rust:empty_sinks][rust:empty_seeks]") {
    std::vector<std::byte> buffer(1024);
    io::Empty empty;
    for (const std::size_t size : {0U, 1U, 1024U}) {
        CHECK(must(empty.read(std::span(buffer).first(size))) == 0);
        CHECK(must(empty.write(std::span(buffer).first(size))) == size);
    }
    CHECK(must(empty.fill()).empty());
    empty.consume(0);
    std::string all;
    CHECK(must(weld::read_to_string(empty, all)) == 0);
    for (const auto from : {io::SeekFrom::Start, io::SeekFrom::Current, io::SeekFrom::End}) {
        for (const std::int64_t offset : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
                                          std::int64_t{1}, std::numeric_limits<std::int64_t>::max()}) {
            CHECK(must(empty.seek(from, offset)) == 0);
        }
    }
    CHECK(must(io::stream_position(empty)) == 0);
}

TEST_CASE("Sink accepts everything, and Repeat fills every buffer", "[rust:sink_sinks][rust:repeat_repeats]") {
    std::vector<std::byte> buffer(1024);
    for (const std::size_t size : {0U, 1U, 1024U}) {
        CHECK(must(io::Sink().write(std::span(buffer).first(size))) == size);
    }
    CHECK(must(io::Repeat{std::byte{4}}.read({})) == 0);
    CHECK(must(io::Repeat{std::byte{4}}.read(buffer)) == 1024);
    CHECK(std::ranges::count(buffer, std::byte{4}) == 1024);
}

TEST_CASE("a Take limits a Repeat, and a Chain of two", "[rust:take_some_bytes]") {
    std::string some;
    CHECK(must(weld::read_to_string(io::Take(io::Repeat{std::byte{'4'}}, 100), some)) == 100);
    CHECK(some == std::string(100, '4'));
    some.clear();
    CHECK(must(weld::read_to_string(
              io::Chain{io::Take(io::Repeat{std::byte{'1'}}, 10), io::Take(io::Repeat{std::byte{'2'}}, 10)}, some)) ==
          20);
    CHECK(some == "11111111112222222222");
}
