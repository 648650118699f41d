// SPDX-License-Identifier: MIT
//
// WELD_TRY as a program uses it: the value of a result, or an early return of its error.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io/cursor.hpp>
#include <weld/process.hpp>
#include <weld/thread.hpp>
#include <weld/try.hpp>

#include <array>
#include <memory>
#include <string>

using test::bytes;
using test::must;
using weld::Error;
using weld::Fault;
using weld::Kind;
using weld::Result;

namespace {

Result<int> half(int number) {
    return number % 2 == 0 ? Result<int>(number / 2) : std::unexpected(Error("half", Fault::InvalidData));
}

// One WELD_TRY in the argument of another; -Wshadow does not warn.
Result<int> eighth(int number) { return half(WELD_TRY(half(WELD_TRY(half(number))))); }

Result<void> check_half(int number) {
    (void)WELD_TRY(half(number));
    return {};
}

Result<std::unique_ptr<int>> boxed_half(int number) { return std::make_unique<int>(WELD_TRY(half(number))); }

Result<std::string> first_word(weld::PathRef path) {
    const std::string text = WELD_TRY(weld::fs::read_to_string(path));
    return text.substr(0, 3);
}

Result<void> copy_word(weld::PathRef from, weld::PathRef to) {
    WELD_TRY(weld::fs::write(to, WELD_TRY(first_word(from))));
    return {};
}

}  // namespace

TEST_CASE("WELD_TRY gives the value of a result") {
    CHECK(must(eighth(16)) == 2);
    CHECK(*must(boxed_half(8)) == 4);
    CHECK(check_half(2).has_value());
}

TEST_CASE("WELD_TRY returns the error of a result, whatever the function's own value is") {
    CHECK(eighth(2).error() == Kind::InvalidData);
    CHECK(check_half(1).error() == Error("half", Fault::InvalidData));
    CHECK(boxed_half(1).error().operation() == std::string_view("half"));
}

TEST_CASE("WELD_TRY returns the error of a call of weld") {
    const test::TempDir dir;
    CHECK(copy_word(dir / "none", dir / "to").error() == Kind::NotFound);
    must(weld::fs::write(dir / "from", "one two"));
    must(copy_word(dir / "from", dir / "to"));
    CHECK(must(weld::fs::read_to_string(dir / "to")) == "one");
}

TEST_CASE("WELD_TRY converts a Transfer to an Error, and returns the error of any std::expected") {
    const auto read = [](std::string_view input) -> Result<std::array<std::byte, 2>> {
        std::array<std::byte, 2> pair{};
        WELD_TRY(weld::read_exact(weld::io::Cursor{input}, pair));
        return pair;
    };
    CHECK(read("a").error() == Kind::UnexpectedEof);
    CHECK(must(read("ab"))[1] == std::byte{'b'});
    const auto as_number = [](std::expected<int, int> value) -> std::expected<void, int> {
        (void)WELD_TRY(value);
        return {};
    };
    CHECK(as_number(std::unexpected(3)).error() == 3);
}

TEST_CASE("WELD_TRY takes a join handle out of its result") {
    const auto sum = []() -> Result<int> {
        auto first = WELD_TRY(weld::thread::spawn([] { return 1; }));
        auto second = WELD_TRY(weld::thread::spawn([] { return 2; }));
        return std::move(first).join() + std::move(second).join();
    };
    CHECK(must(sum()) == 3);
}
