// SPDX-License-Identifier: MIT
//
// BufWriter: nothing is lost or written twice, whatever the writer below does.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/fs/atomic_file.hpp>
#include <weld/io/buf_writer.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace io = weld::io;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;
using weld::Error;
using weld::Kind;
using weld::Result;

namespace {

/// Accepts at most `step` bytes at a time into `text`; fails, throws or accepts nothing at the given calls.
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

TEST_CASE("a BufWriter buffers small writes and passes large ones through, in order") {
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

TEST_CASE("short and interrupted writes lose nothing", "[promise:2.18]") {
    std::string out;
    io::BufWriter writer(Script{.text = out, .step = 1, .interrupts = true}, 8);
    must(writer.write(bytes("abcdef")));
    must(writer.flush());
    CHECK(out == "abcdef");
    must(std::move(writer).close());
}

TEST_CASE("bytes that were not written before an error stay in order, and are written later", "[promise:2.24]") {
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

TEST_CASE("a writer that accepts nothing is WriteZero, and close reports the error", "[promise:2.24]") {
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

TEST_CASE("the destructor does not write again what the writer threw on",
          "[promise:2.24][rust:panic_in_write_doesnt_flush_in_drop]") {
    std::string out;
    {
        io::BufWriter writer(Script{.text = out, .throws_at = 1}, 8);
        must(writer.write(bytes("abc")));
        CHECK_THROWS_AS(writer.flush(), std::runtime_error);
        CHECK(text(writer.buffer()) == "abc");
    }
    CHECK(out == "!");
}

TEST_CASE("bytes accepted after a writer threw are written, by the destructor alone or after those retried by a flush",
          "[promise:2.24]") {
    std::string out;
    {
        io::BufWriter writer(Script{.text = out, .throws_at = 1}, 8);
        must(writer.write(bytes("abc")));
        CHECK_THROWS_AS(writer.flush(), std::runtime_error);
        must(writer.write(bytes("de")));
        const io::BufWriter moved(std::move(writer));
        CHECK(text(moved.buffer()) == "abcde");
    }
    CHECK(out == "!de");
    out.clear();
    {
        io::BufWriter writer(Script{.text = out, .throws_at = 1}, 8);
        must(writer.write(bytes("abc")));
        CHECK_THROWS_AS(writer.flush(), std::runtime_error);
        const io::BufWriter moved(std::move(writer));
    }
    CHECK(out == "!");
    out.clear();
    {
        io::BufWriter writer(Script{.text = out, .throws_at = 1}, 8);
        must(writer.write(bytes("abc")));
        CHECK_THROWS_AS(writer.flush(), std::runtime_error);
        must(writer.flush());
        must(writer.write(bytes("de")));
    }
    CHECK(out == "!abcde");
    out.clear();
    {
        io::BufWriter writer(Script{.text = out, .throws_at = 1}, 2);
        CHECK_THROWS_AS(writer.write(bytes("abc")), std::runtime_error);
        must(writer.write(bytes("d")));
    }
    CHECK(out == "!d");
}

TEST_CASE("close leaves a borrowed writer open") {
    const test::TempDir dir;
    weld::fs::File file = must(weld::fs::File::create(dir / "file"));
    io::BufWriter<weld::fs::File&> writer(file);
    must(writer.write(bytes("one")));
    must(std::move(writer).close());
    io::LineWriter<weld::fs::File&> lines(file);
    must(lines.write(bytes("\ntwo")));
    must(std::move(lines).close());
    must(weld::write_all(file, bytes("\nthree")));
    CHECK(must(weld::fs::read_to_string(dir / "file")) == "one\ntwo\nthree");
    struct Closing {
        int closed = 0;
        Result<std::size_t> write(std::span<const std::byte> source) { return source.size(); }
        Result<void> close() {
            ++closed;
            return {};
        }
    } closing;
    must(io::BufWriter<Closing&>(closing).close());
    CHECK(closing.closed == 0);
}

TEST_CASE("close commits a writer that has a commit, if everything was flushed") {
    const test::TempDir dir;
    io::BufWriter writer(must(weld::fs::AtomicFile::create(dir / "file")));
    must(writer.write(bytes("all")));
    must(std::move(writer).close());
    CHECK(must(weld::fs::read_to_string(dir / "file")) == "all");
    struct Full {
        bool* committed;
        Result<std::size_t> write(std::span<const std::byte>) {
            return std::unexpected(Error("write", weld::sys::Errno::Nospc));
        }
        Result<void> commit() && {
            *committed = true;
            return {};
        }
    };
    bool committed = false;
    io::BufWriter full(Full{&committed});
    must(full.write(bytes("x")));
    CHECK(kind_of(std::move(full).close()) == Kind::StorageFull);
    CHECK_FALSE(committed);
}

TEST_CASE("a close that failed leaves the unwritten bytes in the buffer, and the destructor does not retry them",
          "[promise:2.24]") {
    std::string out;
    {
        io::BufWriter writer(Script{.text = out, .step = 1, .fails_at = 2}, 8);
        must(writer.write(bytes("abc")));
        CHECK(kind_of(std::move(writer).close()) == Kind::StorageFull);
        CHECK(text(writer.buffer()) == "bc");  // NOLINT(bugprone-use-after-move)
    }
    CHECK(out == "a");
}

TEST_CASE("a BufWriter that was moved from passes everything through") {
    std::string out;
    Script script{.text = out};
    io::BufWriter<Script&> writer(script, 8);
    must(writer.write(bytes("ab")));
    io::BufWriter<Script&> moved(std::move(writer));
    must(writer.write(bytes("c")));  // NOLINT(bugprone-use-after-move)
    CHECK(must(writer.write({})) == 0);
    CHECK(out == "c");
    must(moved.flush());
    CHECK(out == "cab");
}

TEST_CASE("a write no smaller than the buffer bypasses it, after the buffered bytes", "[rust:test_buffered_writer]") {
    std::string out;
    io::BufWriter writer(Script{.text = out}, 2);
    const auto after = [&](std::string_view more) {
        CHECK(must(writer.write(bytes(more))) == more.size());
        return out;
    };
    CHECK(after("ab") == "ab");
    CHECK(writer.buffer().empty());
    CHECK(after("c") == "ab");
    CHECK(after("d") == "ab");
    CHECK(text(writer.buffer()) == "cd");
    CHECK(after("") == "ab");
    must(writer.flush());
    CHECK(out == "abcd");
    CHECK(after("e") == "abcd");
    CHECK(after("f") == "abcd");
    CHECK(after("g") == "abcdef");
    CHECK(text(writer.buffer()) == "g");
    CHECK(after("hi") == "abcdefghi");
    CHECK(writer.buffer().empty());
    CHECK(after("jkl") == "abcdefghijkl");
    must(writer.flush());
    CHECK(out == "abcdefghijkl");
}

TEST_CASE("flush writes the buffered bytes before into_writer returns the writer",
          "[rust:test_buffered_writer_inner_flushes]") {
    std::string out;
    io::BufWriter writer(Script{.text = out}, 3);
    must(writer.write(bytes("ab")));
    CHECK(out.empty());
    must(writer.flush());
    const Script below = std::move(writer).into_writer();
    CHECK(below.calls == 1);
    CHECK(out == "ab");
}

TEST_CASE("into_writer returns the writer after an error, and buffer shows the unwritten bytes before",
          "[promise:2.24]") {
    std::string out;
    io::BufWriter writer(Script{.text = out, .step = 2, .fails_at = 2}, 8);
    must(writer.write(bytes("abcdef")));
    CHECK(kind_of(writer.flush()) == Kind::StorageFull);
    CHECK(text(writer.buffer()) == "cdef");
    const Script below = std::move(writer).into_writer();
    CHECK(below.calls == 2);
    CHECK(out == "ab");
}

TEST_CASE("a destructor that runs because of an exception lets no second one out",
          "[rust:dont_panic_in_drop_on_panicked_flush]") {
    std::string out;
    const auto unwind = [&](int fails_at, int throws_at) {
        io::BufWriter writer(Script{.text = out, .fails_at = fails_at, .throws_at = throws_at}, 8);
        must(writer.write(bytes("abc")));
        throw std::logic_error("on its way");
    };
    CHECK_THROWS_AS(unwind(1, 0), std::logic_error);
    CHECK(out.empty());
    CHECK_THROWS_AS(unwind(0, 1), std::logic_error);
    CHECK(out == "!");
    CHECK_THROWS_AS(unwind(0, 0), std::logic_error);
    CHECK(out == "!abc");
}

TEST_CASE("into_writer returns the writer, and a BufWriter that was moved from writes nothing") {
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

TEST_CASE("close reports a full device", "[promise:2.14]") {
    io::BufWriter writer(must(weld::fs::File::open("/dev/full", {.write = true})));
    must(writer.write(bytes("lost")));
    CHECK(kind_of(std::move(writer).close()) == Kind::StorageFull);
}

TEST_CASE("seek flushes the buffered bytes first", "[rust:test_buffered_writer_seek]") {
    const test::TempDir dir;
    io::BufWriter writer{must(weld::fs::File::create(dir / "file"))};
    must(weld::write_all(writer, bytes("0123456789")));
    CHECK(must(io::stream_position(writer)) == 10);
    CHECK(must(writer.seek(io::SeekFrom::Start, 2)) == 2);
    must(weld::write_all(writer, bytes("ab")));
    must(std::move(writer).close());
    CHECK(must(weld::fs::read_to_string(dir / "file")) == "01ab456789");
}
