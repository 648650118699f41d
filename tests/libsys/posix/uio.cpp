// SPDX-License-Identifier: MIT
//
// readv, writev, preadv, pwritev, and their slices.
#include <support/words.hpp>

#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/uio.hpp>

#include <array>
#include <csignal>
#include <limits>
#include <vector>

namespace sys = weld::sys;
using sys::Errno;
using sys::IoSlice;
using sys::IoSliceMut;
using test::bytes;
using test::errno_of;
using test::must;
using test::text;

namespace {

struct Scratch {
    test::TempDir dir;
    sys::OwnedFd file = must(sys::openat(sys::cwd, sys::CStr((dir / "file").c_str()),
                                         sys::OpenFlags::ReadWrite | sys::OpenFlags::Create, 0600));
    sys::BorrowedFd fd = file.borrow();
};

constexpr sys::BorrowedFd bad{1 << 20};

}  // namespace

TEST_CASE("slices convert from and to spans, and advance drops the front") {
    constexpr std::string_view words = "abcdef";
    std::array<IoSlice, 4> all = {bytes(words.substr(0, 2)), bytes(""), bytes(words.substr(2, 3)),
                                  bytes(words.substr(5))};
    std::span<IoSlice> left(all);
    sys::advance_slices(left, 0);
    CHECK(left.size() == 4);
    sys::advance_slices(left, 1);
    CHECK(text(left.front()) == "b");
    sys::advance_slices(left, 3);
    REQUIRE(left.size() == 2);
    CHECK(text(left.front()) == "e");
    sys::advance_slices(left, 2);
    CHECK(left.empty());
    IoSlice slice = bytes("xyz");
    slice.advance(3);
    CHECK(slice.size() == 0);
    CHECK(IoSliceMut().size() == 0);
}

TEST_CASE("advance_slices drops whole slices, and the front of the next",
          "[rust:io_slice_advance_slices][rust:io_slice_mut_advance_slices]") {
    std::array<std::byte, 32> memory{};
    const auto check = [&](auto... slices) {
        std::array all = {slices...};
        std::span<typename decltype(all)::value_type> left(all);
        sys::advance_slices(left, 10);
        REQUIRE(left.size() == 2);
        CHECK(left[0].data() == memory.data() + 10);
        CHECK(left[0].size() == 14);
        CHECK(left[1].data() == memory.data() + 24);
        CHECK(left[1].size() == 8);
        sys::advance_slices(left, 14);
        REQUIRE(left.size() == 1);
        CHECK(left[0].size() == 8);
        sys::advance_slices(left, 8);
        CHECK(left.empty());
    };
    const std::span<std::byte> all(memory);
    check(IoSlice(all.first(8)), IoSlice(all.subspan(8, 16)), IoSlice(all.subspan(24)));
    check(IoSliceMut(all.first(8)), IoSliceMut(all.subspan(8, 16)), IoSliceMut(all.subspan(24)));
}

TEST_CASE("advance_slices beyond the total length fails an assertion, and leaves nothing without assertions",
          "[rust:io_slice_advance_slices_empty_slice][rust:io_slice_mut_advance_slices_empty_slice]"
          "[rust:io_slice_advance_slices_beyond_total_length][rust:io_slice_mut_advance_slices_beyond_total_length]") {
    std::array<std::byte, 8> memory{};
    const auto check = [](auto slices, std::size_t count) {
        const auto end = test::in_child([&] {
            std::span left(slices);
            sys::advance_slices(left, count);
            return left.empty() ? 0 : 1;
        });
        CHECK((test::has_asserts ? end.died_of(SIGABRT) : end.exited_with(0)));
    };
    const std::span<std::byte> all(memory);
    check(std::vector<IoSlice>(), 1);
    check(std::vector<IoSliceMut>(), 1);
    check(std::vector{IoSlice(all)}, 9);
    check(std::vector{IoSliceMut(all)}, 9);
}

TEST_CASE("several buffers are written and read in order, at the position and at offsets") {
    const Scratch scratch;
    const std::array<IoSlice, 3> sources = {bytes("ab"), bytes(""), bytes("cde")};
    CHECK(must(sys::writev(scratch.fd, sources)) == 5);
    CHECK(must(sys::pwritev(scratch.fd, sources, 3)) == 5);
    std::array<std::byte, 4> front;
    std::array<std::byte, 16> back;
    const std::array<IoSliceMut, 2> targets = {std::span(front), std::span(back)};
    CHECK(must(sys::preadv(scratch.fd, targets, 0)) == 8);
    CHECK(text(front) == "abca");
    CHECK(text(back, 4) == "bcde");
    CHECK(must(sys::readv(scratch.fd, targets)) == 3);  // the position is after the bytes that writev wrote
    CHECK(text(front, 3) == "cde");
}

TEST_CASE("too many slices and invalid offsets give Inval, and a bad descriptor Badf") {
    const Scratch scratch;
    const std::vector<IoSlice> many(sys::iov_max + 1, bytes("x"));
    CHECK(errno_of(sys::writev(scratch.fd, many)) == Errno::Inval);
    CHECK(must(sys::writev(scratch.fd, std::span(many).first(sys::iov_max))) == sys::iov_max);
    constexpr auto beyond = std::numeric_limits<std::uint64_t>::max();
    CHECK(errno_of(sys::pwritev(scratch.fd, std::span(many).first(1), beyond)) == Errno::Inval);
    CHECK(errno_of(sys::preadv(scratch.fd, {}, beyond)) == Errno::Inval);
    CHECK(errno_of(sys::readv(bad, {})) == Errno::Badf);
    CHECK(errno_of(sys::writev(bad, {})) == Errno::Badf);
    CHECK(errno_of(sys::preadv(bad, {}, 0)) == Errno::Badf);
    CHECK(errno_of(sys::pwritev(bad, {}, 0)) == Errno::Badf);
}
