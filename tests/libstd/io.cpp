// SPDX-License-Identifier: MIT
//
// Reader and Writer, read_exact and write_all: whole buffers over readers and writers that move little at a time.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <vector>

using test::bytes;
using test::must;
using test::text;
using weld::Error;
using weld::Fault;
using weld::Kind;
using weld::Transfer;
using weld::sys::Errno;

namespace {

/// The effect of one call: it moves that many bytes, or fails.
using Step = weld::Result<std::size_t>;

Step fails(Errno error) { return std::unexpected(Error("step", error)); }

/// Reads and writes as its script says; no call may follow the script's end.
struct Scripted {
    std::vector<Step> steps{};
    std::string data{};
    std::size_t calls = 0;

    Step next(std::size_t room) {
        REQUIRE(calls < steps.size());
        const Step& step = steps[calls++];
        return step ? Step(std::min(*step, room)) : step;
    }

    Step read(std::span<std::byte> target) {
        const Step step = next(std::min(target.size(), data.size()));
        if (step) {
            std::ranges::copy(bytes(data).first(*step), target.begin());
            data.erase(0, *step);
        }
        return step;
    }

    Step write(std::span<const std::byte> source) {
        const Step step = next(source.size());
        data += text(source, step.value_or(0));
        return step;
    }
};

struct Deaf {
    void write(std::span<const std::byte>) {}
    int read(std::span<std::byte>) { return 0; }
};

}  // namespace

static_assert(weld::Reader<weld::fs::File> && weld::Writer<weld::fs::File>);
static_assert(weld::Reader<const weld::fs::File> && weld::Writer<const weld::fs::File&>);
static_assert(weld::Reader<Scripted> && weld::Writer<Scripted&>);
static_assert(!weld::Writer<const Scripted> && !weld::Reader<int>);
static_assert(!weld::Reader<Deaf> && !weld::Writer<Deaf>);
template <class Source>
concept Text = requires(Scripted& writer, Source& source) { weld::write_all(writer, source); };
static_assert(Text<const char[3]> && Text<std::string_view> && !Text<char[3]>);
static_assert(std::is_convertible_v<Transfer, Error> && std::is_trivially_copyable_v<Transfer>);

TEST_CASE("write_all writes everything, however little is accepted at a time") {
    Scripted writer{.steps = {1, 2, 100, 100}};
    must(weld::write_all(writer, bytes("abcdef")));
    CHECK(writer.data == "abcdef");
    CHECK(writer.calls == 3);
    must(weld::write_all(writer, ""));
    must(weld::write_all(writer, bytes("")));
    CHECK(writer.calls == 3);
    must(weld::write_all(writer, std::string("text")));
    CHECK(writer.data == "abcdeftext");
}

TEST_CASE("write_all writes a literal whole, also what follows a NUL, and not the NUL that ends it") {
    Scripted writer{.steps = {100, 100, 100}};
    must(weld::write_all(writer, "a\0b"));
    CHECK(writer.data == std::string("a\0b", 3));
    must(weld::write_all(writer, "c"));
    must(weld::write_all(writer, ""));
    constexpr char all[2] = {'d', 'e'};  // without a NUL
    must(weld::write_all(writer, all));
    CHECK(writer.data == std::string("a\0bcde", 6));
}

TEST_CASE("read_exact reads everything, however little comes at a time, and no byte too many") {
    Scripted reader{.steps = {1, 2, 100, 100}, .data = "abcdefgh"};
    std::array<std::byte, 6> buffer{};
    must(weld::read_exact(reader, buffer));
    CHECK(text(buffer) == "abcdef");
    CHECK(reader.data == "gh");
    must(weld::read_exact(reader, std::span<std::byte>{}));
    CHECK(reader.calls == 3);
}

TEST_CASE("a failed transfer counts the bytes that were moved before") {
    Scripted writer{.steps = {2, 1, fails(Errno::Pipe)}};
    const auto written = weld::write_all(writer, bytes("abcdef"));
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().count == 3);
    CHECK(written.error().kind() == Kind::BrokenPipe);
    CHECK(std::string_view(written.error().error.operation()) == "step");

    Scripted reader{.steps = {2, fails(Errno::Connreset)}, .data = "abcdef"};
    std::array<std::byte, 6> buffer{};
    const auto read = weld::read_exact(reader, buffer);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().count == 2);
    CHECK(read.error().kind() == Kind::ConnectionReset);
    CHECK(text(buffer, read.error().count) == "ab");
}

TEST_CASE("an early end is UnexpectedEof, and a writer that accepts nothing is WriteZero") {
    Scripted reader{.steps = {4, 0}, .data = "abcd"};
    std::array<std::byte, 6> buffer{};
    const auto read = weld::read_exact(reader, buffer);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().count == 4);
    CHECK(read.error().error == Error("", Fault::UnexpectedEof));
    CHECK(read.error().error.message() == "read_exact: The input ended too early (UnexpectedEof)");

    Scripted writer{.steps = {1, 0}};
    const auto written = weld::write_all(writer, bytes("ab"));
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().count == 1);
    CHECK(written.error().error == Error("", Fault::WriteZero));
}

TEST_CASE("read_exact and write_all retry an interrupted call", "[promise:2.18]") {
    Scripted writer{.steps = {fails(Errno::Intr), 1, fails(Errno::Intr), 1}};
    must(weld::write_all(writer, bytes("ab")));
    Scripted reader{.steps = {fails(Errno::Intr), 1, fails(Errno::Intr), 1}, .data = "ab"};
    std::array<std::byte, 2> buffer{};
    must(weld::read_exact(reader, buffer));
    CHECK(text(buffer) == "ab");
}

TEST_CASE("a Transfer converts to the Error of a function that does not count") {
    const auto send = [](Scripted& writer) -> weld::Result<void> {
        if (const auto done = weld::write_all(writer, bytes("ab")); !done) {
            return std::unexpected(done.error());
        }
        return {};
    };
    Scripted writer{.steps = {fails(Errno::Nospc)}};
    CHECK(test::kind_of(send(writer)) == Kind::StorageFull);
}

TEST_CASE("files are written and read whole, also as temporary objects") {
    const test::TempDir dir;
    must(weld::write_all(must(weld::fs::File::create(dir / "file")), bytes("contents")));
    const auto file = must(weld::fs::File::open(dir / "file"));
    std::array<std::byte, 8> buffer{};
    must(weld::read_exact(file, buffer));
    CHECK(text(buffer) == "contents");
    CHECK(weld::read_exact(file, buffer).error().kind() == Kind::UnexpectedEof);
}

TEST_CASE("read_to_end appends everything, and keeps the bytes before an error",
          "[promise:2.25][rust:read_to_end][rust:read_to_string]") {
    const std::string all(100'000, 'x');
    const test::TempDir dir;
    must(weld::fs::write(dir / "file", all));
    const auto file = must(weld::fs::File::open(dir / "file"));
    std::string text = "before ";
    CHECK(must(weld::read_to_string(file, text)) == all.size());
    CHECK(text == "before " + all);
    CHECK(must(weld::read_to_string(file, text)) == 0);
    std::vector<std::byte> bytes_read;
    CHECK(must(weld::read_to_end(must(weld::fs::File::open(dir / "file")), bytes_read)) == all.size());
    CHECK(test::text(bytes_read) == all);
    struct Failing {
        int calls = 0;
        weld::Result<std::size_t> read(std::span<std::byte> target) {
            switch (++calls) {
                case 1: return std::unexpected(Error("read", weld::sys::Errno::Intr));
                case 2: std::ranges::copy(bytes("abc"), target.begin()); return std::size_t{3};
                default: return std::unexpected(Error("read", weld::sys::Errno::Io));
            }
        }
    };
    std::string some = "-";
    const auto failed = weld::read_to_string(Failing(), some);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().count == 3);
    CHECK(some == "-abc");
}

TEST_CASE("read_to_end does not grow an exactly reserved target, and makes large reads",
          "[promise:2.25][rust:read_to_end]") {
    struct Counting {
        std::size_t left;
        std::size_t least = 1'000'000;
        weld::Result<std::size_t> read(std::span<std::byte> target) {
            least = std::min(least, target.size());
            const std::size_t count = std::min(left, target.size());
            left -= count;
            return count;
        }
    };
    for (const std::size_t size : {32U, 100U, 8192U, 8193U, 1'000'000U}) {
        INFO(size);
        std::vector<std::byte> exact;
        exact.reserve(size);
        CHECK(must(weld::read_to_end(Counting{size}, exact)) == size);
        CHECK(exact.capacity() == size);
        CHECK(exact.size() == size);
        CHECK(must(weld::read_to_end(Counting{10}, exact)) == 10);
        CHECK(exact.size() == size + 10);
    }
    std::vector<std::byte> less;
    less.reserve(100);
    CHECK(must(weld::read_to_end(Counting{101}, less)) == 101);
    CHECK(less.size() == 101);
    std::string small;
    Counting first{0};
    CHECK(must(weld::read_to_string(first, small)) == 0);
    CHECK(first.least >= 8192);
}

TEST_CASE("many small appends by read_to_end cost in proportion to their bytes", "[promise:2.25][rust:read_to_end]") {
    struct Little {
        std::size_t left = 10;
        weld::Result<std::size_t> read(std::span<std::byte> target) {
            const std::size_t count = std::min(left, target.size());
            std::ranges::fill(target.first(count), std::byte{'x'});
            left -= count;
            return count;
        }
    };
    std::string all;
    for (int i = 0; i < 100'000; ++i) {
        must(weld::read_to_string(Little(), all));
    }
    CHECK(all == std::string(1'000'000, 'x'));
}

TEST_CASE("a reader that throws leaves the bytes read before in the target", "[promise:2.25][rust:read_to_end]") {
    struct Throwing {
        int calls = 0;
        weld::Result<std::size_t> read(std::span<std::byte> target) {
            if (++calls == 2) {
                throw std::runtime_error("as told");
            }
            target[0] = std::byte{'a'};
            return std::size_t{1};
        }
    };
    std::string text = "-";
    CHECK_THROWS_AS(weld::read_to_string(Throwing(), text), std::runtime_error);
    CHECK(text == "-a");
}

TEST_CASE("read_exact_at and write_all_at move everything, and the position stays") {
    const test::TempDir dir;
    const auto file = must(weld::fs::File::create_new(dir / "file"));
    must(weld::write_all_at(file, bytes("0123456789"), 5));
    std::array<std::byte, 6> buffer;
    must(weld::read_exact_at(file, buffer, 8));
    CHECK(test::text(buffer) == "345678");
    CHECK(must(file.seek(weld::fs::SeekFrom::Current, 0)) == 0);
    const auto failed = weld::read_exact_at(file, buffer, 12);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().count == 3);
    CHECK(failed.error().kind() == Kind::UnexpectedEof);
}
