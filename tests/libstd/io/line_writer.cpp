// SPDX-License-Identifier: MIT
//
// LineWriter: complete lines at once, the rest buffered, nothing twice.
#include <support/words.hpp>

#include <weld/io/buf_writer.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace io = weld::io;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;
using weld::Error;
using weld::Kind;
using weld::Result;

namespace {

/// Accepts at most `step` bytes at a time; fails at the given call.
struct Script {
    std::string& out;
    std::size_t step = 100;
    int fails_at = 0;
    int most = 1000;  // calls that accept something
    int calls = 0;

    Result<std::size_t> write(std::span<const std::byte> source) {
        if (++calls == fails_at) {
            return std::unexpected(Error("write", weld::sys::Errno::Nospc));
        }
        const std::size_t count = calls > most ? 0 : std::min(step, source.size());
        out += text(source.first(count));
        return count;
    }
};

}  // namespace

TEST_CASE("a LineWriter writes complete lines at once, and the rest on flush", "[rust:test_line_buffer]") {
    std::string out;
    io::LineWriter writer{Script{.out = out}};
    const auto after = [&](std::string_view more) {
        CHECK(must(writer.write(bytes(more))) == more.size());
        return out;
    };
    CHECK(after("0").empty());
    CHECK(after("1").empty());
    must(writer.flush());
    CHECK(out == "01");
    CHECK(after("0\n1\n2") == "010\n1\n");
    must(writer.flush());
    CHECK(out == "010\n1\n2");
    CHECK(after("3\n") == "010\n1\n23\n");
    CHECK(writer.buffer().empty());
}

TEST_CASE("a write that fails has accepted nothing, and may be retried", "[rust:test_line_buffer_fail_flush]") {
    std::string out;
    io::LineWriter writer{Script{.out = out, .fails_at = 1}};
    CHECK(kind_of(writer.write(bytes("abc\ndef"))) == Kind::StorageFull);
    CHECK(out.empty());
    CHECK(writer.buffer().empty());
    CHECK(must(writer.write(bytes("abc\ndef"))) == 7);
    CHECK(out == "abc\n");
    CHECK(text(writer.buffer()) == "def");
}

TEST_CASE("a writer that accepts none of the buffered bytes is WriteZero", "[rust:line_buffer_write0_error]") {
    std::string out;
    io::LineWriter writer{Script{.out = out, .most = 1}};
    CHECK(must(writer.write(bytes("Line 1\nPartial"))) == 14);
    CHECK(out == "Line 1\n");
    CHECK(kind_of(writer.write(bytes(" Line End\n"))) == Kind::WriteZero);
    CHECK(out == "Line 1\n");
    CHECK(text(writer.buffer()) == "Partial");
}

TEST_CASE("a writer that accepts the buffered bytes and nothing of the line is no error",
          "[rust:line_buffer_write0_normal]") {
    std::string out;
    io::LineWriter writer{Script{.out = out, .most = 2}};
    CHECK(must(writer.write(bytes("Line 1\nPartial"))) == 14);
    CHECK(out == "Line 1\n");
    CHECK(must(writer.write(bytes(" Line End\n"))) == 0);
    CHECK(out == "Line 1\nPartial");
    CHECK(writer.buffer().empty());
}

TEST_CASE("a LineWriter writes everything up to the last newline, and buffers the rest", "[rust:line_buffer]") {
    std::string out;
    {
        io::LineWriter writer{Script{.out = out}};
        CHECK(must(writer.write(bytes("begin"))) == 5);
        CHECK(out.empty());
        CHECK(must(writer.write(bytes(" one\ntwo\nand"))) == 12);
        CHECK(out == "begin one\ntwo\n");
        CHECK(text(writer.buffer()) == "and");
        must(writer.flush());
        CHECK(out == "begin one\ntwo\nand");
        CHECK(must(writer.write(bytes("\n"))) == 1);
        CHECK(out.ends_with("and\n"));
        CHECK(must(writer.write({})) == 0);
        CHECK(must(writer.write(bytes("last"))) == 4);
    }
    CHECK(out.ends_with("\nlast"));
}

TEST_CASE("a LineWriter passes on a rest or a line that no buffer holds",
          "[rust:line_long_tail_not_flushed][rust:line_long_line]") {
    std::string out;
    io::LineWriter writer{Script{.out = out}, 5};
    CHECK(must(writer.write(bytes("ab\n0123"))) == 7);
    CHECK(out == "ab\n");
    CHECK(must(writer.write(bytes("45"))) == 2);
    must(weld::write_all(writer, bytes("line\n0123456789")));
    CHECK(out == "ab\n012345line\n0123456789");
}

TEST_CASE("lines that are accepted in part are counted in part") {
    std::string out;
    io::LineWriter writer{Script{.out = out, .step = 3}, 100};
    CHECK(must(writer.write(bytes("abcdef\nrest"))) == 3);
    CHECK(writer.buffer().empty());
    must(weld::write_all(writer, bytes("def\nrest")));
    CHECK(out == "abcdef\n");
    CHECK(text(writer.buffer()) == "rest");
}

TEST_CASE("an error while flushing keeps the buffered bytes, and accepts nothing new",
          "[rust:erroneous_flush_retried]") {
    std::string out;
    io::LineWriter writer{Script{.out = out, .fails_at = 1}};
    must(writer.write(bytes("kept")));
    CHECK(kind_of(writer.write(bytes(" line\n"))) == Kind::StorageFull);
    CHECK(text(writer.buffer()) == "kept");
    CHECK(must(writer.write(bytes(" line\n"))) == 6);
    CHECK(out == "kept line\n");
    must(std::move(writer).close());
    CHECK(out == "kept line\n");
}
