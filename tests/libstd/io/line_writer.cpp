// SPDX-License-Identifier: MIT
//
// LineWriter: whole lines at once, the rest kept, nothing twice.
#include <support/words.hpp>

#include <weld/io/buf_writer.hpp>

#include <algorithm>
#include <string>

namespace io = weld::io;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;
using weld::Error;
using weld::Kind;
using weld::Result;

namespace {

/// Takes at most `step` bytes at a time; fails at the call that it is told.
struct Script {
    std::string& out;
    std::size_t step = 100;
    int fails_at = 0;
    int calls = 0;

    Result<std::size_t> write(std::span<const std::byte> source) {
        if (++calls == fails_at) {
            return std::unexpected(Error("write", weld::sys::Errno::Nospc));
        }
        const std::size_t count = std::min(step, source.size());
        out += text(source.first(count));
        return count;
    }
};

}  // namespace

TEST_CASE("line_buffer: all up to the last newline goes out, and the rest is kept") {
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

TEST_CASE("line_long_tail_not_flushed, line_long_line: a rest or a line that no buffer holds") {
    std::string out;
    io::LineWriter writer{Script{.out = out}, 5};
    CHECK(must(writer.write(bytes("ab\n0123"))) == 7);
    CHECK(out == "ab\n");
    CHECK(must(writer.write(bytes("45"))) == 2);
    must(weld::write_all(writer, bytes("line\n0123456789")));
    CHECK(out == "ab\n012345line\n0123456789");
}

TEST_CASE("lines that are taken in part are counted in part") {
    std::string out;
    io::LineWriter writer{Script{.out = out, .step = 3}, 100};
    CHECK(must(writer.write(bytes("abcdef\nrest"))) == 3);
    CHECK(writer.buffer().empty());
    must(weld::write_all(writer, bytes("def\nrest")));
    CHECK(out == "abcdef\n");
    CHECK(text(writer.buffer()) == "rest");
}

TEST_CASE("erroneous_flush_retried: an error of what was kept leaves it, and takes nothing") {
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
