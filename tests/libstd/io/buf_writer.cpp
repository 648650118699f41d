// SPDX-License-Identifier: MIT
//
// BufWriter: nothing lost, nothing twice, whatever the writer below does.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io/buf_writer.hpp>

#include <algorithm>
#include <stdexcept>
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

/// Takes at most `step` bytes at a time into `text`; fails, throws or takes nothing at the calls that it is told.
struct Script {
    std::string& text;
    std::size_t step = 100;
    int fails_at = 0;
    int throws_at = 0;
    int takes_nothing_at = 0;
    bool interrupts = false;  // every second call
    int calls = 0;

    Result<std::size_t> write(std::span<const std::byte> source) {
        ++calls;
        if (calls == throws_at) {
            text.append("!");
            throw std::runtime_error("as told");
        }
        if (calls == fails_at) {
            return std::unexpected(Error("write", weld::sys::Errno::Nospc));
        }
        if (interrupts && calls % 2 == 1) {
            return std::unexpected(Error("write", weld::sys::Errno::Intr));
        }
        const std::size_t count = calls == takes_nothing_at ? 0 : std::min(step, source.size());
        text.append(test::text(source.first(count)));
        return count;
    }
};

}  // namespace

TEST_CASE("little is gathered, much goes straight through, and all in order") {
    std::string out;
    {
        io::BufWriter writer(Script{.text = out}, 4);
        CHECK(must(writer.write(bytes("ab"))) == 2);
        CHECK(must(writer.write(bytes("c"))) == 1);
        CHECK(out.empty());
        CHECK(text(writer.buffer()) == "abc");
        CHECK(must(writer.write(bytes("de"))) == 2);
        CHECK(out == "abc");
        CHECK(must(writer.write(bytes("fghijk"))) == 6);
        CHECK(out == "abcdefghijk");
        CHECK(must(writer.write(bytes("l"))) == 1);
        CHECK(must(writer.write({})) == 0);
    }
    CHECK(out == "abcdefghijkl");
}

TEST_CASE("short and interrupted writes lose nothing") {
    std::string out;
    io::BufWriter writer(Script{.text = out, .step = 1, .interrupts = true}, 8);
    must(writer.write(bytes("abcdef")));
    must(writer.flush());
    CHECK(out == "abcdef");
    must(std::move(writer).close());
}

TEST_CASE("what was not written before an error stays, in order, and is written later") {
    std::string out;
    io::BufWriter writer(Script{.text = out, .step = 2, .fails_at = 2}, 8);
    must(writer.write(bytes("abcdef")));
    CHECK(kind_of(writer.flush()) == Kind::StorageFull);
    CHECK(out == "ab");
    CHECK(text(writer.buffer()) == "cdef");
    must(writer.write(bytes("gh")));
    must(writer.flush());
    CHECK(out == "abcdefgh");
}

TEST_CASE("a writer that takes nothing is WriteZero, and close says what failed") {
    std::string out;
    io::BufWriter writer(Script{.text = out, .takes_nothing_at = 1}, 8);
    must(writer.write(bytes("ab")));
    CHECK(kind_of(writer.flush()) == Kind::WriteZero);
    must(writer.flush());
    io::BufWriter failing(Script{.text = out, .fails_at = 1}, 8);
    must(failing.write(bytes("cd")));
    CHECK(kind_of(std::move(failing).close()) == Kind::StorageFull);
    CHECK(out == "ab");
}

TEST_CASE("after a writer threw, the destructor does not write again what may be half written") {
    std::string out;
    {
        io::BufWriter writer(Script{.text = out, .throws_at = 1}, 8);
        must(writer.write(bytes("abc")));
        CHECK_THROWS_AS(writer.flush(), std::runtime_error);
        CHECK(text(writer.buffer()) == "abc");
    }
    CHECK(out == "!");
}

TEST_CASE("the writer below comes back, and a moved one writes nothing") {
    std::string out;
    {
        io::BufWriter writer(Script{.text = out}, 8);
        must(writer.write(bytes("ab")));
        const io::BufWriter moved(std::move(writer));
    }
    CHECK(out == "ab");
    io::BufWriter writer(Script{.text = out}, 8);
    must(writer.write(bytes("cd")));
    CHECK(std::move(writer).into_writer().calls == 0);
    CHECK(out == "ab");
}

TEST_CASE("a full device is an error of close") {
    io::BufWriter writer(must(weld::fs::File::open("/dev/full", {.write = true})));
    must(writer.write(bytes("lost")));
    CHECK(kind_of(std::move(writer).close()) == Kind::StorageFull);
}

TEST_CASE("test_buffered_writer_seek: what was gathered goes to where it belongs first") {
    const test::TempDir dir;
    io::BufWriter writer{must(weld::fs::File::create(dir / "file"))};
    must(weld::write_all(writer, bytes("0123456789")));
    CHECK(must(io::stream_position(writer)) == 10);
    CHECK(must(writer.seek(io::SeekFrom::Start, 2)) == 2);
    must(weld::write_all(writer, bytes("ab")));
    must(std::move(writer).close());
    CHECK(must(weld::fs::read_to_string(dir / "file")) == "01ab456789");
}
