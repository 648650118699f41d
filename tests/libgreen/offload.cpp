// SPDX-License-Identifier: MIT
//
// green::offload: its results, and that the worker runs other tasks meanwhile.
#include <support/green.hpp>

#include <green/offload.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

using green::offload;
using test::kind_of;
using test::must;
using weld::Error;
using weld::Fault;
using weld::Kind;
using weld::Result;
namespace thread = green::thread;

namespace {

/// A result without a default constructor that can only be moved.
class OnlyMoved {
public:
    explicit OnlyMoved(int value) : value_(std::make_unique<int>(value)) {}
    [[nodiscard]] int value() const { return *value_; }

private:
    std::unique_ptr<int> value_;
};

int answer() { return 42; }

}  // namespace

static_assert(std::is_same_v<decltype(offload(answer)), Result<int>>);
static_assert(std::is_same_v<decltype(offload([] {})), Result<void>>);
static_assert(std::is_same_v<decltype(offload([]() -> Result<int> { return 1; })), Result<int>>);

GREEN_TEST("offload returns the value of its function, or void") {
    CHECK(must(offload(answer)) == 42);
    int variable = 0;
    must(offload([&] { variable = 7; }));
    CHECK(variable == 7);
    CHECK(must(offload([] { return std::string(1000, 'x'); })) == std::string(1000, 'x'));
}

GREEN_TEST("offload returns values that can only be moved and have no default") {
    CHECK(*must(offload([] { return std::make_unique<int>(5); })) == 5);
    CHECK(must(offload([] { return OnlyMoved(8); })).value() == 8);
    CHECK(must(offload([]() -> Result<OnlyMoved> { return OnlyMoved(9); })).value() == 9);
}

GREEN_TEST("offload accepts a closure that is an lvalue, only movable, or callable only as a temporary") {
    int calls = 0;
    auto counting = [&] { return ++calls; };
    CHECK(must(offload(counting)) == 1);
    CHECK(must(offload(counting)) == 2);
    CHECK(must(offload([owner = std::make_unique<int>(3)] { return *owner; })) == 3);
    struct OnlyOnce {
        int operator()() && { return 9; }
    };
    CHECK(must(offload(OnlyOnce())) == 9);
}

GREEN_TEST("offload does not wrap a Result in another: its error is the error") {
    CHECK(must(offload([]() -> Result<int> { return 6; })) == 6);
    const auto failed = offload([]() -> Result<int> { return std::unexpected(Error("test", Fault::InvalidData)); });
    CHECK(kind_of(failed) == Kind::InvalidData);
    CHECK(std::string_view(failed.error().operation()) == "test");
    CHECK(kind_of(offload([]() -> Result<void> { return std::unexpected(Error("test", Fault::TimedOut)); })) ==
          Kind::TimedOut);
}

GREEN_TEST("offload rethrows in the task what its function throws") {
    std::string said;
    try {
        (void)offload([]() -> int { throw std::out_of_range("too far"); }).has_value();
    } catch (const std::out_of_range& error) {
        said = error.what();
    }
    CHECK(said == "too far");
    CHECK_THROWS_AS((void)offload([] { throw 5; }).has_value(), int);
    CHECK(must(offload(answer)) == 42);
}

GREEN_TEST("offload runs its function on another thread while other tasks run") {
    std::atomic<bool> inside{false};
    std::atomic<bool> go{false};
    const auto own = std::this_thread::get_id();
    auto other = must(thread::spawn([&] {
        while (!inside.load()) {
            thread::yield_now();
        }
        go = true;
    }));
    // If the worker waited here, the other task would never run and release it.
    const auto where = must(offload([&] {
        inside = true;
        while (!go.load()) {
            std::this_thread::yield();
        }
        return std::this_thread::get_id();
    }));
    CHECK((where != own));
    std::move(other).join();
}

GREEN_TEST("more offloaded calls than the pool has threads all return to their tasks") {
    std::vector<thread::JoinHandle<int>> handles;
    for (int number = 0; number < 200; ++number) {
        handles.push_back(must(thread::spawn([number] { return offload([number] { return number; }).value_or(-1); })));
    }
    int right = 0;
    for (int number = 0; number < 200; ++number) {
        right += std::move(handles[static_cast<std::size_t>(number)]).join() == number ? 1 : 0;
    }
    CHECK(right == 200);
}
