// SPDX-License-Identifier: MIT
//
// Answer: a result that does not convert to bool, and otherwise a std::expected.
#include <support/words.hpp>

#include <weld/answer.hpp>
#include <weld/fs.hpp>
#include <weld/model.hpp>
#include <weld/native/file.hpp>
#include <weld/native/process.hpp>
#include <weld/native/socket.hpp>
#include <weld/net.hpp>
#include <weld/process.hpp>
#include <weld/run.hpp>
#include <weld/thread.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

using namespace std::chrono_literals;
using test::must;
using weld::Answer;
using weld::Error;
using weld::Fault;
using weld::Result;

namespace {

template <class T>
concept Condition = std::is_constructible_v<bool, T> || requires(T answer) { answer ? 1 : 0; } ||
                    requires(T answer) { !answer; } || requires(T answer) { answer && true; };

// With std::expected alone they would be conditions.
static_assert(Condition<Result<bool>> && Condition<weld::sys::Result<std::optional<int>>>);

static_assert(!Condition<Answer<bool>> && !Condition<const Answer<std::optional<int>>&>);
static_assert(!Condition<weld::sys::Answer<bool>> && !std::is_constructible_v<int, Answer<bool>>);

template <class... Calls>
constexpr bool answers = !(Condition<Calls> || ...);

extern const weld::fs::File& file;
extern const weld::fs::Dir& dir;
extern const weld::net::TcpStream& stream;
extern const weld::net::TcpListener& listener;
extern weld::process::Child& child;

static_assert(
    answers<decltype(weld::fs::exists("/")), decltype(dir.exists("/")), decltype(weld::fs::same_file("", ""))>);
static_assert(answers<decltype(file.seek_data(0)), decltype(file.seek_hole(0))>);
static_assert(answers<decltype(file.try_lock()), decltype(file.try_lock_shared())>);
static_assert(answers<decltype(file.lock_until({})), decltype(file.lock_shared_until({}))>);
static_assert(answers<decltype(stream.nodelay()), decltype(stream.keepalive())>);
static_assert(answers<decltype(stream.take_error()), decltype(listener.take_error())>);
static_assert(answers<decltype(child.try_wait()), decltype(child.wait_for(1ms)), decltype(child.wait_until({}))>);
static_assert(answers<decltype(weld::thread::park_for(1ms)), decltype(weld::thread::park_until({}))>);
static_assert(answers<decltype(weld::thread::park_for(1ms, std::stop_token())), decltype(weld::Model::park_for(1ms))>);
static_assert(answers<decltype(file.as_native().try_lock()), decltype(stream.as_native().nodelay())>);

/// False for 0, true for 1, else an error.
Answer<bool> asked(int number) {
    if (number > 1) {
        return std::unexpected(Error("asked", Fault::InvalidInput));
    }
    return number == 1;
}

using Found = Answer<std::optional<std::uint64_t>>;

/// Nothing for 0, seven for 1, else an error.
Found found(int number) {
    if (number == 0) {
        return std::nullopt;
    }
    if (number == 1) {
        return std::uint64_t{7};
    }
    return std::unexpected(Error("found", Fault::TimedOut));
}

static_assert(std::is_same_v<decltype(weld::run([] { return asked(1); })), Answer<bool>>);
static_assert(std::is_same_v<decltype(weld::run([] { return Result<int>(1); })), Result<int>>);
static_assert(std::is_same_v<decltype(weld::run([] { return 1; })), Result<int>>);
static_assert(std::is_same_v<decltype(weld::run([] {})), Result<void>>);
static_assert(
    std::is_same_v<decltype(weld::run([] { return weld::fs::read_dir("."); })), weld::Entries<weld::fs::ReadDir>>);

TEST_CASE("an Answer has a value or an error as std::expected has", "[answer]") {
    CHECK(must(asked(1)));
    CHECK_FALSE(must(asked(0)));
    CHECK(asked(0).has_value());
    CHECK_FALSE(asked(2).has_value());
    CHECK(asked(1).value_or(false));
    CHECK_FALSE(asked(0).value_or(true));
    CHECK_FALSE(asked(2).value_or(false));
    CHECK(asked(2).error() == Error("asked", Fault::InvalidInput));
    CHECK(test::kind_of(asked(2)) == weld::Kind::InvalidInput);

    CHECK_FALSE(must(found(0)).has_value());
    CHECK(must(found(1)) == 7U);
    CHECK(test::kind_of(found(2)) == weld::Kind::TimedOut);
}

TEST_CASE("an Answer converts to a Result and back, and keeps the value", "[answer]") {
    const auto as_result = [](int number) -> Result<bool> { return asked(number); };
    const auto as_answer = [&](int number) -> Answer<bool> { return as_result(number); };
    for (const int number : {0, 1}) {
        CHECK(must(as_result(number)) == (number == 1));
        CHECK(must(as_answer(number)) == (number == 1));
    }
    CHECK(as_result(2).error() == asked(2).error());
    CHECK(as_answer(2).error() == asked(2).error());

    const Result<std::optional<std::uint64_t>> kept = found(1);
    CHECK(must(kept) == 7U);
    CHECK(must(Found(kept)) == 7U);
    Found changed = found(1);
    changed = found(0);
    CHECK_FALSE(must(changed).has_value());
    changed = std::uint64_t{9};
    CHECK(must(changed) == 9U);
    changed = std::unexpected(Error("changed", Fault::TimedOut));
    CHECK_FALSE(changed.has_value());
}

TEST_CASE("an Answer of libnative gets its operation and stays an Answer", "[answer]") {
    const Answer<bool> yes = weld::during("ask", weld::sys::Answer<bool>(true));
    CHECK(must(yes));
    const Answer<bool> failed = weld::during("ask", weld::sys::Answer<bool>(std::unexpected(weld::sys::Errno::Badf)));
    CHECK(failed.error().message() == "ask: Bad file descriptor (EBADF)");
}

TEST_CASE("Answers compare with Answers, Results, values and errors", "[answer]") {
    CHECK((asked(1) == true));
    CHECK((false == asked(0)));
    CHECK((asked(1) != false));
    CHECK_FALSE((asked(2) == true));
    CHECK_FALSE((asked(2) == false));
    CHECK((asked(1) == asked(1)));
    CHECK((asked(0) != asked(1)));
    CHECK((asked(2) == asked(2)));
    CHECK((asked(2) != asked(0)));
    CHECK((asked(1) == Result<bool>(true)));
    CHECK((Result<bool>(true) != asked(0)));
    CHECK((asked(2) == std::unexpected(Error("another", Fault::InvalidInput))));
    CHECK((found(0) == std::nullopt));
    CHECK((found(1) == std::uint64_t{7}));
    CHECK((found(1) != found(0)));
}

}  // namespace
