// SPDX-License-Identifier: MIT
//
// Broken promises: each ends the process by SIGABRT with a line that says which promise was broken.
#include <support/words.hpp>

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <csignal>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;
using test::ChildEnd;
namespace thread = green::thread;

namespace {

/// The end of a process that calls `call`; it exits with zero if that returns.
template <class Call>
ChildEnd end_of(Call call) {
    return test::in_child([&] {
        call();
        return 0;
    });
}

/// The end of a process that calls `call` from a task on one worker.
template <class Call>
ChildEnd end_in_task(Call call) {
    return end_of([&] { (void)green::run({.workers = 1}, call); });
}

/// The end of a process in which a task called `name` throws `thrown`, its handle dropped.
template <class Thrown>
ChildEnd end_of_detached(std::string_view name, const Thrown& thrown) {
    return end_in_task([&] { (void)thread::spawn([&] { throw thrown; }, {.name = name}); });
}

void check_death(const ChildEnd& end, const std::string& line) {
    INFO(end.said);
    CHECK(end.died_of(SIGABRT));
    // Others add lines of their own: the C++ runtime reports that it terminates.
    CHECK(("\n" + end.said).find("\n" + line + "\n") != std::string::npos);
}

std::string outside(const char* call) {
    return "green: green::thread::" + std::string(call) + " was called outside a task: call it inside green::run";
}

}  // namespace

TEST_CASE("a call that parks or spawns ends the process outside a task, and the message names it") {
    check_death(end_of([] { thread::park(); }), outside("park"));
    check_death(end_of([] { (void)thread::park_for(1s); }), outside("park_until"));
    check_death(end_of([] { thread::sleep(1ms); }), outside("sleep"));
    check_death(end_of([] { thread::yield_now(); }), outside("yield_now"));
    check_death(end_of([] { (void)thread::current(); }), outside("current"));
    check_death(end_of([] { (void)thread::spawn([] {}); }), outside("spawn"));
}

TEST_CASE("run ends the process inside a task") {
    check_death(end_in_task([] { (void)green::run([] {}); }),
                "green: green::run was called by a task: spawn a task instead");
}

TEST_CASE("a task that joins itself ends the process with its name") {
    check_death(end_in_task([] {
                    thread::JoinHandle<void>* own = nullptr;
                    auto handle = thread::spawn([&] { std::move(*own).join(); }, {.name = "ouroboros"});
                    own = &*handle;
                    thread::park();
                }),
                "green: task 'ouroboros' joins itself, and would wait for ever");
}

TEST_CASE("an exception that nobody can join ends the process with the task's name and its what()") {
    check_death(end_of_detached("reader", std::runtime_error("lost")),
                "green: task 'reader' ended with an exception that nobody can join: lost");
    check_death(end_of_detached("", std::runtime_error("lost")),
                "green: task '' ended with an exception that nobody can join: lost");
    check_death(end_of_detached("reader", 7), "green: task 'reader' ended with an exception that nobody can join");
    check_death(end_of_detached("", 7), "green: task '' ended with an exception that nobody can join");
}

TEST_CASE("dropping the handle of a task that has thrown ends the process") {
    check_death(end_in_task([] {
                    auto handle = thread::spawn([] { throw std::runtime_error("early"); }, {.name = "quick"});
                    while (!handle->is_finished()) {
                        thread::yield_now();
                    }
                }),
                "green: task 'quick' ended with an exception that nobody can join: early");
}

TEST_CASE("a call that parks in a NoSwitch scope ends the process, and the message says where the scope is") {
    const auto check = [](const ChildEnd& end) {
        INFO(end.said);
        CHECK(end.died_of(SIGABRT));
        CHECK(end.said.find("green: a call that parks was made in the NoSwitch scope of ") != std::string::npos);
        CHECK(end.said.find("promises.cpp:") != std::string::npos);
    };
    check(end_in_task([] {
        const thread::NoSwitch here;
        thread::yield_now();
    }));
    check(end_in_task([] {
        thread::current().unpark();
        const thread::NoSwitch here;
        thread::park();  // this call would not have waited
    }));
    check(end_in_task([] {
        const thread::NoSwitch here;
        thread::sleep(1ms);
    }));
    check(end_in_task([] {
        auto handle = thread::spawn([] {});
        thread::yield_now();
        const thread::NoSwitch here;
        std::move(*handle).join();
    }));
    check(end_in_task([] {
        const thread::NoSwitch here;
        (void)thread::spawn([] {}, {.run_now = true});
    }));
}

TEST_CASE("a NoSwitch scope allows all calls that do not park, nests, and ends") {
    const bool went_on = green::run({.workers = 1}, [] {
                             int ran = 0;
                             {
                                 const thread::NoSwitch outer;
                                 const thread::NoSwitch inner;
                                 (void)thread::spawn([&] { ++ran; });
                                 thread::current().unpark();
                             }
                             thread::yield_now();
                             return ran == 1;
                         }).value_or(false);
    CHECK(went_on);
    const thread::NoSwitch outside;  // where nothing is switched
}
