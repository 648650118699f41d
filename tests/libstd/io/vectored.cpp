// SPDX-License-Identifier: MIT
//
// write_all_vectored: several buffers whole, to writers that accept a part of them at a time.
#include <support/interruptions.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/buf_writer.hpp>
#include <weld/io/cursor.hpp>
#include <weld/io/pipe.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace io = weld::io;
namespace fs = weld::fs;
using test::bytes;
using test::must;
using test::text;
using weld::Error;
using weld::Fault;
using weld::Kind;
using weld::Result;
using weld::sys::IoSlice;

namespace {

/// Accepts at most `step` bytes of at most `most` slices; fails or accepts nothing at the given call.
struct Odd {
    std::size_t most = 100;
    std::size_t step = 100;
    int fails_at = 0;
    Error error{"odd", weld::sys::Errno::Nospc};
    int takes_nothing_at = 0;
    std::string out{};
    int calls = 0;

    Result<std::size_t> write_vectored(std::span<const IoSlice> sources) {
        if (++calls == fails_at) {
            return std::unexpected(error);
        }
        std::size_t left = calls == takes_nothing_at ? 0 : step;
        std::size_t count = 0;
        for (const IoSlice& source : sources.first(std::min(most, sources.size()))) {
            const std::size_t part = std::min(left, source.size());
            out += text(source, part);
            left -= part;
            count += part;
        }
        return count;
    }

    Result<std::size_t> write(std::span<const std::byte> source) {
        const IoSlice slice(source);
        return write_vectored({&slice, 1});
    }
};

std::vector<IoSlice> slices_of(const std::vector<std::string>& parts) {
    std::vector<IoSlice> slices;
    for (const std::string& part : parts) {
        slices.emplace_back(bytes(part));
    }
    return slices;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string all;
    for (const std::string& part : parts) {
        all += part;
    }
    return all;
}

/// `count` parts of 0 to 6 bytes.
std::vector<std::string> many(std::size_t count) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < count; ++i) {
        parts.push_back(std::to_string(i * 7919).substr(0, i % 7));
    }
    return parts;
}

}  // namespace

TEST_CASE("write_all_vectored writes everything, however little is accepted at a time, and keeps the slices",
          "[rust:write_all_vectored]") {
    const std::vector<std::vector<std::string>> cases = {
        {},
        {"", ""},
        {"a"},
        {"a", "b"},
        {"aa", "bb", "cc"},
        {"", "a", "", "", "bbb", ""},
        {"abc", "d", "efghi", "", "jk", "lmnopqrst"},
    };
    for (const std::vector<std::string>& parts : cases) {
        const std::vector<IoSlice> slices = slices_of(parts);
        for (std::size_t most = 1; most <= 4; ++most) {
            for (std::size_t step = 1; step <= 7; ++step) {
                INFO(joined(parts) << " " << most << " " << step);
                Odd writer{.most = most, .step = step};
                must(weld::write_all_vectored(writer, slices));
                CHECK(writer.out == joined(parts));
                REQUIRE(slices.size() == parts.size());
                for (std::size_t i = 0; i < parts.size(); ++i) {
                    CHECK(text(slices[i]) == parts[i]);
                }
            }
        }
    }
    Odd writer;
    must(weld::write_all_vectored(writer, std::array<IoSlice, 2>()));
    CHECK(writer.calls == 0);  // there was nothing to write
}

TEST_CASE("write_all_vectored counts the bytes before a failure, and retries after an interruption",
          "[rust:write_all_vectored]") {
    const std::vector<std::string> parts = {"", "abc", "def", "ghi"};
    const std::vector<IoSlice> slices = slices_of(parts);
    const std::array<std::size_t, 5> taken = {0, 2, 3, 5, 6};  // two bytes, then the rest of the slice
    for (int call = 1; call <= 5; ++call) {
        INFO(call);
        Odd writer{.step = 2, .fails_at = call};
        const auto failed = weld::write_all_vectored(writer, slices);
        REQUIRE_FALSE(failed);
        CHECK(failed.error().count == taken[static_cast<std::size_t>(call) - 1]);
        CHECK(failed.error().kind() == Kind::StorageFull);
        CHECK(writer.out == joined(parts).substr(0, failed.error().count));

        Odd nothing{.step = 2, .takes_nothing_at = call};
        const auto zero = weld::write_all_vectored(nothing, slices);
        REQUIRE_FALSE(zero);
        CHECK(zero.error().count == failed.error().count);
        CHECK(zero.error().error == Error("", Fault::WriteZero));

        Odd interrupted{.step = 2, .fails_at = call, .error = Error("odd", weld::sys::Errno::Intr)};
        must(weld::write_all_vectored(interrupted, slices));
        CHECK(interrupted.out == joined(parts));
    }
}

TEST_CASE("a writer without write_vectored gets the slices one by one", "[rust:write_all_vectored]") {
    std::string out;
    const std::array<IoSlice, 3> sources = {bytes("abc"), bytes(""), bytes("def")};
    must(weld::write_all_vectored(io::Cursor<std::string&>(out), sources));
    CHECK(out == "abcdef");
    std::array<std::byte, 5> room;
    const auto full = weld::write_all_vectored(io::Cursor{std::span<std::byte>(room)}, sources);
    REQUIRE_FALSE(full);
    CHECK(full.error().count == 5);
    CHECK(full.error().kind() == Kind::WriteZero);
    CHECK(text(room) == "abcde");
}

TEST_CASE("write_all_vectored writes more slices to a file than one system call takes", "[rust:write_all_vectored]") {
    const test::TempDir dir;
    const std::vector<std::string> parts = many(5000);
    const fs::File file = must(fs::File::create(dir / "file"));
    must(weld::write_all_vectored(file, slices_of(parts)));
    CHECK(must(fs::read_to_string(dir / "file")) == joined(parts));
    const std::vector<std::string> one = {"x"};
    CHECK(weld::write_all_vectored(must(fs::File::open("/dev/full", {.write = true})), slices_of(one)).error().kind() ==
          Kind::StorageFull);
}

TEST_CASE("a megabyte of slices goes through a pipe whole, despite signals", "[rust:write_all_vectored]") {
    const test::Interruptions interruptions;
    io::Pipe pipe = must(io::pipe());
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < 3000; ++i) {
        parts.emplace_back(i % 701, static_cast<char>('a' + i % 26));
    }
    auto writer = test::spawn_undisturbed(
        [&parts, end = std::move(pipe.writer)] { return weld::write_all_vectored(end, slices_of(parts)).has_value(); });
    std::string received;
    std::vector<std::byte> buffer(1000);
    while (const std::size_t count = must(pipe.reader.read(buffer))) {
        received += text(buffer, count);
    }
    CHECK(std::move(writer).join());
    CHECK(received == joined(parts));

    io::Pipe unread = must(io::pipe());
    must(std::move(unread.reader).close());
    const auto broken = weld::write_all_vectored(unread.writer, slices_of(parts));
    REQUIRE_FALSE(broken);
    CHECK(broken.error().count == 0);
    CHECK(broken.error().kind() == Kind::BrokenPipe);
}

TEST_CASE("a vectored write to a pipe that is interrupted continues where it was", "[rust:write_all_vectored]") {
    io::Pipe pipe = must(io::pipe());
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < 1000; ++i) {
        parts.emplace_back(i % 997, static_cast<char>('a' + i % 26));
    }
    auto reader = test::spawn_undisturbed([end = std::move(pipe.reader)] {
        std::string received;
        (void)weld::read_to_string(end, received);
        return received;
    });
    {
        const test::Interruptions interruptions;
        const auto written = weld::write_all_vectored(pipe.writer, slices_of(parts));
        must(std::move(pipe.writer).close());
        CHECK(written.has_value());
    }
    CHECK(std::move(reader).join() == joined(parts));
}

TEST_CASE("a LineWriter writes slices line by line, and buffers the rest",
          "[rust:line_vectored][rust:line_vectored_ignored]") {
    std::string out;
    io::LineWriter<io::Cursor<std::string&>> writer{io::Cursor<std::string&>(out)};
    const auto write = [&](const std::vector<std::string>& parts) {
        must(weld::write_all_vectored(writer, slices_of(parts)));
    };
    write({"", "\n", "", "a"});
    CHECK(out == "\n");
    write({"", "b", "", "a", "", "c"});
    CHECK(out == "\n");
    must(writer.flush());
    CHECK(out == "\nabac");
    write({});
    write({"", "", "", ""});
    CHECK(out == "\nabac");
    write({"", "a\nb"});
    CHECK(out == "\nabaca\n");
    must(writer.flush());
    out.clear();
    writer.writer().set_position(0);
    write({"", "line 1\nline", "", " 2\neven", "", " more\n\nand", " the", " last"});
    CHECK(out == "line 1\nline 2\neven more\n\n");
    CHECK(text(writer.buffer()) == "and the last");
    write({"\n"});
    CHECK(out.ends_with("\nand the last\n"));
}

TEST_CASE("lines accepted in part are completed, and an error counts the accepted bytes",
          "[rust:line_vectored_partial_and_errors]") {
    Odd below{.step = 3, .fails_at = 3};
    io::LineWriter<Odd&> writer{below};
    const std::vector<std::string> parts = {"abcd\n", "ef\n", "tail"};
    const auto failed = weld::write_all_vectored(writer, slices_of(parts));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().count == 5);
    CHECK(failed.error().kind() == Kind::StorageFull);
    CHECK(below.out == "abcd\n");
    CHECK(writer.buffer().empty());
    const std::vector<std::string> left = {"ef\n", "tail"};
    must(weld::write_all_vectored(writer, slices_of(left)));
    CHECK(below.out == "abcd\nef\n");
    CHECK(text(writer.buffer()) == "tail");
    below.fails_at = below.calls + 1;
    const std::vector<std::string> end = {"", "\n", "x"};
    const auto kept = weld::write_all_vectored(writer, slices_of(end));
    REQUIRE_FALSE(kept);
    CHECK(kept.error().count == 0);
    CHECK(text(writer.buffer()) == "tail");
    must(weld::write_all_vectored(writer, slices_of(end)));
    CHECK(below.out == "abcd\nef\ntail\n");
    must(writer.flush());
    CHECK(below.out == "abcd\nef\ntail\nx");
}
