// SPDX-License-Identifier: MIT
//
// File: more slices, more bytes and higher offsets than a system call takes.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>

#include <sys/mman.h>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace fs = weld::fs;
using fs::File;
using fs::IoSlice;
using fs::IoSliceMut;
using test::bytes;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

constexpr std::size_t count = 5000;

/// 5000 numbers of five digits.
std::string numbers() {
    std::string text;
    for (std::size_t number = 0; number < count; ++number) {
        text += std::to_string(10'000 + number);
    }
    return text;
}

/// `whole` in slices of five bytes.
template <class Slice, class Byte>
std::vector<Slice> sliced(std::span<Byte> whole) {
    std::vector<Slice> slices;
    for (; !whole.empty(); whole = whole.subspan(5)) {
        slices.emplace_back(whole.first(5));
    }
    return slices;
}

/// Calls `move` with the remaining slices and the number of bytes moved so far, until all are moved; returns the number
/// of calls.
template <class Slice, class Move>
int move_all(std::span<const Slice> slices, Move move) {
    int calls = 0;
    std::size_t moved = 0;
    for (; moved < slices.size() * 5; ++calls) {
        const std::size_t bytes_moved = must(move(slices.subspan(moved / 5), moved));
        REQUIRE(bytes_moved > 0);
        REQUIRE(bytes_moved % 5 == 0);  // a file accepts everything that is written
        moved += bytes_moved;
    }
    CHECK(moved == slices.size() * 5);
    return calls;
}

/// Three gigabytes of zeros to read, which take no memory; empty where the address space has no room.
class ThreeGigabytes {
public:
    static constexpr std::size_t size = std::size_t{3} << 30;

    ThreeGigabytes()
        : at_(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
    ThreeGigabytes(const ThreeGigabytes&) = delete;
    ThreeGigabytes& operator=(const ThreeGigabytes&) = delete;
    ~ThreeGigabytes() {
        if (at_ != MAP_FAILED) {
            ::munmap(at_, size);
        }
    }

    [[nodiscard]] std::span<std::byte> bytes() const {
        return at_ == MAP_FAILED ? std::span<std::byte>() : std::span(static_cast<std::byte*>(at_), size);
    }

private:
    void* at_;
};

}  // namespace

TEST_CASE("five thousand slices take as few calls as the system allows, in order", "[promise:2.10]") {
    const test::TempDir dir;
    const std::string text = numbers();
    const std::vector<IoSlice> sources = sliced<IoSlice>(bytes(text));
    const File file = must(File::create_new(dir / "file"));
    CHECK(move_all<IoSlice>(sources, [&](auto rest, std::size_t) { return file.write_vectored(rest); }) == 5);
    CHECK(must(fs::read_to_string(dir / "file")) == text);
    CHECK(move_all<IoSlice>(sources, [&](auto rest, std::size_t moved) {
              return file.write_vectored_at(rest, text.size() + moved);
          }) == 5);
    CHECK(must(fs::read_to_string(dir / "file")) == text + text);

    std::string read(text.size(), '\0');
    const std::vector<IoSliceMut> targets = sliced<IoSliceMut>(std::as_writable_bytes(std::span(read)));
    must(file.seek(fs::SeekFrom::Start, 0));
    CHECK(move_all<IoSliceMut>(targets, [&](auto rest, std::size_t) { return file.read_vectored(rest); }) == 5);
    CHECK(read == text);
    read.assign(text.size(), '\0');
    CHECK(move_all<IoSliceMut>(targets, [&](auto rest, std::size_t moved) {
              return file.read_vectored_at(rest, text.size() + moved);
          }) == 5);
    CHECK(read == text);
}

TEST_CASE("an offset above INT64_MAX is InvalidInput in every call, and the file is unchanged", "[promise:2.10]") {
    const test::TempDir dir;
    const File file = must(File::create_new(dir / "file"));
    must(file.write(bytes("text")));
    std::array<std::byte, 4> buffer{};
    constexpr auto furthest = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    for (const std::uint64_t offset : {furthest + 1, furthest + 2, std::numeric_limits<std::uint64_t>::max()}) {
        INFO(offset);
        CHECK(kind_of(file.read_at(buffer, offset)) == Kind::InvalidInput);
        CHECK(kind_of(file.write_at(buffer, offset)) == Kind::InvalidInput);
        CHECK(kind_of(file.read_vectored_at(std::array{IoSliceMut(buffer)}, offset)) == Kind::InvalidInput);
        CHECK(kind_of(file.write_vectored_at(std::array{IoSlice(buffer)}, offset)) == Kind::InvalidInput);
        CHECK(kind_of(file.seek_data(offset)) == Kind::InvalidInput);
        CHECK(kind_of(file.seek_hole(offset)) == Kind::InvalidInput);
        CHECK(kind_of(file.set_len(offset)) == Kind::InvalidInput);
        CHECK(kind_of(file.allocate(offset, 1)) == Kind::InvalidInput);
        CHECK(kind_of(file.allocate(0, offset)) == Kind::InvalidInput);
    }
    CHECK(kind_of(file.seek(fs::SeekFrom::Start, -1)) == Kind::InvalidInput);
    CHECK(kind_of(file.seek(fs::SeekFrom::Start, std::numeric_limits<std::int64_t>::min())) == Kind::InvalidInput);
    CHECK(must(file.read_at(buffer, furthest - buffer.size())) == 0);
    CHECK_FALSE(file.write_at(buffer, furthest - 1).has_value());
    CHECK(must(file.seek(fs::SeekFrom::Current, 0)) == 4);
    CHECK(must(fs::read_to_string(dir / "file")) == "text");
}

TEST_CASE("more bytes than one call can move are moved in part", "[promise:2.10]") {
    const ThreeGigabytes memory;
    if (memory.bytes().empty()) {
        WARN("no room for three gigabytes: skipped");
        return;
    }
    const std::span<std::byte> whole = memory.bytes();
    constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
    const File nowhere = must(File::open("/dev/null", {.write = true}));
    const auto is_part = [](std::size_t moved) { return moved > 0 && moved <= most; };
    CHECK(is_part(must(nowhere.write(whole))));
    CHECK(is_part(must(nowhere.write_at(whole, 0))));
    CHECK(is_part(must(nowhere.write_vectored(std::array{IoSlice(whole), IoSlice(whole)}))));
    CHECK(weld::write_all(nowhere, whole).has_value());

    const test::TempDir dir;
    must(fs::write(dir / "file", "text"));
    const File file = must(File::open(dir / "file"));
    CHECK(must(file.read(whole)) == 4);
    CHECK(must(file.read_at(whole, 1)) == 3);
    CHECK(must(file.read_vectored_at(std::array{IoSliceMut(whole), IoSliceMut(whole)}, 2)) == 2);
}
