// SPDX-License-Identifier: MIT
//
// Local: a value for each task. The cases of Boost.Fiber's fiber_specific_ptr are among them.
#include <support/green.hpp>

#include <green/thread.hpp>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using test::must;
namespace thread = green::thread;

namespace {

thread::Local<int> number([] { return 42; });
thread::Local<std::string> text;
thread::InheritedLocal<std::string> inherited;

std::atomic<int> alive{0};
std::vector<int> ends;  // one task at a time

struct Counted {
    Counted() { ++alive; }
    Counted(Counted&& /*other*/) noexcept { ++alive; }
    ~Counted() { --alive; }
};
thread::Local<Counted> counted;

/// Says when it ends, and makes another value then, if it is told to.
template <int Which>
struct Ends {
    bool again = false;
    Ends() = default;
    Ends(Ends&& other) noexcept : live(std::exchange(other.live, false)) {}
    ~Ends();
    bool live = true;
};
thread::Local<Ends<1>> first;
thread::Local<Ends<2>> second;

template <int Which>
Ends<Which>::~Ends() {
    if (live) {
        ends.push_back(Which);
        if (again) {
            (void)first.get();
        }
    }
}

}  // namespace

GREEN_TEST("each task has a value of its own, wherever it goes on") {
    number.get() = 1;
    std::vector<thread::JoinHandle<bool>> handles;
    for (int i = 0; i < 100; ++i) {
        handles.push_back(must(thread::spawn([i] {
            bool right = !number.has_value() && number.get() == 42 && text.get().empty();
            number.get() = i;
            text.get() = std::to_string(i);
            for (int j = 0; j < 10; ++j) {
                thread::yield_now();
                right = right && number.get() == i && text.get() == std::to_string(i);
            }
            number.reset();
            return right && !number.has_value() && number.get() == 42;
        })));
    }
    bool all = true;
    for (auto& handle : handles) {
        all = std::move(handle).join() && all;
    }
    CHECK(all);
    CHECK(number.get() == 1);
}

GREEN_TEST("a value ends with its task, also when it throws") {
    must(thread::spawn([] { (void)counted.get(); })).join();
    const int after_return = alive;
    auto throws = must(thread::spawn([] {
        (void)counted.get();
        throw std::runtime_error("thrown");
    }));
    bool caught = false;
    try {
        std::move(throws).join();
    } catch (const std::runtime_error&) {
        caught = true;
    }
    CHECK(caught);
    CHECK(after_return == 0);
    CHECK(alive == 0);
}

TEST_CASE("values end in the reverse order of their making, and what an end makes anew ends too") {
    ends.clear();
    must(green::run({.workers = 1}, [] {
        must(thread::spawn([] {
            (void)first.get();
            second.get().again = true;
        })).join();
    }));
    CHECK(ends == std::vector<int>{2, 1});
    ends.clear();
    must(green::run({.workers = 1}, [] { must(thread::spawn([] { second.get().again = true; })).join(); }));
    CHECK(ends == std::vector<int>{2, 1});
}

GREEN_TEST("a task inherits copies of its spawner's values") {
    inherited.get() = "parent";
    text.get() = "not inherited";
    auto child = must(thread::spawn([] {
        const bool right = inherited.get() == "parent" && text.get().empty();
        inherited.get() = "child";
        return right && must(thread::spawn([] { return inherited.get(); })).join() == "child";
    }));
    CHECK(std::move(child).join());
    CHECK(inherited.get() == "parent");
}

TEST_CASE("a task-local has no value outside a task, and says so") {
    const auto end = test::in_child([] {
        number.get() = 1;
        return 0;
    });
    CHECK(end.said.find("green::thread::Local was called outside a task") != std::string::npos);
}
