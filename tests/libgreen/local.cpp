// SPDX-License-Identifier: MIT
//
// Local: a value for each task. The cases of Boost.Fiber's fiber_specific_ptr are among them.
#include <support/green.hpp>

#include <green/thread.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
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

/// Records when it is destroyed, and makes another value then, if it is told to.
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

GREEN_TEST("each task has its own value, on whichever thread it resumes") {
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

GREEN_TEST("a value is destroyed with its task, also when the task throws") {
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

TEST_CASE("values are destroyed in reverse order, and values that destructors make are destroyed too") {
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

TEST_CASE("a Local outside a task ends the process with a message") {
    const auto end = test::in_child([] {
        number.get() = 1;
        return 0;
    });
    CHECK(end.said.find("green::thread::Local was called outside a task") != std::string::npos);
}

namespace {

/// A result whose destructor asks for a task-local.
struct AsksAtItsEnd {
    bool live = true;
    AsksAtItsEnd() = default;
    AsksAtItsEnd(AsksAtItsEnd&& other) noexcept : live(std::exchange(other.live, false)) {}
    ~AsksAtItsEnd() {
        if (live) {
            (void)counted.get();
        }
    }
};

/// Values whose destructors ask for values: Other's for One, One's for Other, and Alone's for its own.
template <int Which>
struct Asks {
    Asks() = default;
    Asks(Asks&& other) noexcept : live(std::exchange(other.live, false)) {}
    ~Asks();
    bool live = true;
};
thread::Local<Asks<0>> one;
thread::Local<Asks<1>> another;
thread::Local<Asks<2>> alone;

template <int Which>
Asks<Which>::~Asks() {
    if (live) {
        if constexpr (Which == 0) {
            (void)another.get();
        } else if constexpr (Which == 1) {
            (void)one.get();
        } else {
            (void)alone.get();
        }
    }
}

/// Its destructor writes to a log, which is a task-local too.
struct Logs {
    Logs() = default;
    Logs(Logs&& other) noexcept : live(std::exchange(other.live, false)) {}
    ~Logs() {
        if (live) {
            (void)counted.get();
            ++logged;
        }
    }
    bool live = true;
    static inline int logged = 0;
};
std::array<thread::Local<Logs>, 300> loggers;

}  // namespace

TEST_CASE("values that on_uncaught or destructors of results and exceptions make are destroyed with the task") {
    for (const std::size_t workers : {1U, 4U}) {
        must(green::run({.workers = workers,
                         .on_uncaught = [](std::string_view, std::exception_ptr) noexcept { (void)counted.get(); }},
                        [] {
                            for (int i = 0; i < 100; ++i) {
                                (void)must(thread::spawn([] { return AsksAtItsEnd(); }));
                                (void)must(thread::spawn([]() -> int { throw AsksAtItsEnd(); }));
                                (void)must(thread::spawn([] { throw std::runtime_error("thrown"); }));
                                thread::yield_now();
                            }
                        }));
        CHECK(alive == 0);
    }
}

TEST_CASE("destructors that make each other's values for ever end the process with the task's name") {
    const auto says_so = [](auto make) {
        const auto end = test::in_child([&] {
            (void)green::run({.workers = 1}, [&] { must(thread::spawn(make, {.name = "ring"})).join(); });
            return 0;
        });
        INFO(end.said);
        CHECK(end.died_of(SIGABRT));
        CHECK(end.said.find("green: task 'ring' cannot end: the destructors of its thread::Local values make each "
                            "other's values anew without end\n") != std::string::npos);
    };
    says_so([] { (void)one.get(); });
    says_so([] { (void)another.get(); });
    says_so([] { (void)alone.get(); });
}

GREEN_TEST("any number of destructors may make the same value anew") {
    Logs::logged = 0;
    must(thread::spawn([] {
        for (const auto& logger : loggers) {
            (void)logger.get();
        }
    })).join();
    CHECK(Logs::logged == 300);
    CHECK(alive == 0);
}
