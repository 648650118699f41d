// SPDX-License-Identifier: MIT
//
// spawn, JoinHandle: results, exceptions, names.
#include <support/model.hpp>
#include <support/words.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace thread = rt::thread;
using rt::Kind;
using test::kind_of;
using test::must;

static_assert(!std::is_copy_constructible_v<thread::JoinHandle<int>>);
static_assert(std::is_nothrow_move_constructible_v<thread::JoinHandle<int>>);
static_assert(std::is_nothrow_move_assignable_v<thread::JoinHandle<void>>);

namespace {

/// A result that is move-only and not default-constructible.
class OnlyMoved {
public:
    explicit OnlyMoved(int value) : value_(std::make_unique<int>(value)) {}
    [[nodiscard]] int value() const { return *value_; }

private:
    std::unique_ptr<int> value_;
};

int answer() { return 42; }

struct Custom {
    int code;
};

}  // namespace

CONFORMANCE_TEST("join gives what the closure returned", "[rust2014:smoke][rust2014:data]") {
    CHECK(must(thread::spawn([] { return 42; })).join() == 42);
    CHECK(must(thread::spawn(answer)).join() == 42);
    CHECK(must(thread::spawn(&answer)).join() == 42);
    CHECK(must(thread::spawn([] { return std::string(1000, 'x'); })).join() == std::string(1000, 'x'));
    CHECK(must(thread::spawn([] { return std::vector<int>{1, 2, 3}; })).join() == std::vector<int>{1, 2, 3});
}

CONFORMANCE_TEST("a result may be move-only and not default-constructible") {
    CHECK(*must(thread::spawn([] { return std::make_unique<int>(7); })).join() == 7);
    CHECK(must(thread::spawn([] { return OnlyMoved(8); })).join().value() == 8);
}

CONFORMANCE_TEST("a result may be a reference") {
    int variable = 1;
    auto handle = must(thread::spawn([&]() -> int& { return ++variable; }));
    static_assert(std::is_same_v<decltype(std::move(handle).join()), int&>);
    int& same = std::move(handle).join();
    CHECK(&same == &variable);
    CHECK(variable == 2);
    const std::string text = "text";
    auto borrower = must(thread::spawn([&]() -> const std::string& { return text; }));
    const std::string& borrowed = std::move(borrower).join();
    CHECK(&borrowed == &text);
}

CONFORMANCE_TEST("a result may be void") {
    int variable = 0;
    auto handle = must(thread::spawn([&] { variable = 3; }));
    static_assert(std::is_void_v<decltype(std::move(handle).join())>);
    std::move(handle).join();
    CHECK(variable == 3);
}

CONFORMANCE_TEST("a closure may be move-only, and is called as an rvalue") {
    auto owner = std::make_unique<int>(5);
    CHECK(must(thread::spawn([owner = std::move(owner)] { return *owner + 1; })).join() == 6);
    struct OnlyOnce {
        int operator()() && { return 9; }
    };
    CHECK(must(thread::spawn(OnlyOnce())).join() == 9);
}

CONFORMANCE_TEST("a closure that is passed as an lvalue is copied and stays valid") {
    const std::string text = "kept";
    const auto closure = [text] { return text; };
    CHECK(must(thread::spawn(closure)).join() == "kept");
    CHECK(closure() == "kept");
}

CONFORMANCE_TEST("join rethrows what the thread threw, with its type and text",
                 "[promise:2.44][rust:test_join_panic][rust2014:test_futurefail][rust2014:smoke_fail]") {
    const auto caught = [](auto handle) -> std::string {
        try {
            std::move(handle).join();
        } catch (const std::out_of_range& error) {
            return std::string("out_of_range ") + error.what();
        } catch (const Custom& custom) {
            return "Custom " + std::to_string(custom.code);
        } catch (int number) {
            return "int " + std::to_string(number);
        }
        return "nothing";
    };
    CHECK(caught(must(thread::spawn([] { throw std::out_of_range("too far"); }))) == "out_of_range too far");
    CHECK(caught(must(thread::spawn([]() -> int { throw Custom{5}; }))) == "Custom 5");
    CHECK(caught(must(thread::spawn([]() -> std::string { throw 6; }))) == "int 6");
    CHECK(caught(must(thread::spawn([] {}))) == "nothing");
}

CONFORMANCE_TEST("join rethrows exceptions of any type",
                 "[rust:test_try_panic_message_string_literal][rust:test_try_panic_any_message_owned_str]"
                 "[rust:test_try_panic_any_message_any][rust:test_try_panic_any_message_unit_struct]") {
    struct Unit {};
    CHECK_THROWS_AS(must(thread::spawn([] { throw "static string"; })).join(), const char*);
    CHECK_THROWS_AS(must(thread::spawn([] { throw std::string("owned string"); })).join(), std::string);
    CHECK_THROWS_AS(must(thread::spawn([] { throw std::make_shared<int>(413); })).join(), std::shared_ptr<int>);
    CHECK_THROWS_AS(must(thread::spawn([] { throw Unit(); })).join(), Unit);
}

CONFORMANCE_TEST("an exception that the closure catches does not reach join") {
    const auto handle_and_drop = [] {
        (void)must(thread::spawn([] {
            try {
                throw std::runtime_error("inside");
            } catch (const std::runtime_error&) {
            }
        }));
        return 0;
    };
    CHECK(handle_and_drop() == 0);
}

CONFORMANCE_TEST("dropping a handle detaches its thread, which runs on",
                 "[promise:2.44][rust2014:detached][rust2014:dropped_future_doesnt_fail]") {
    static std::atomic<bool> go;
    static std::atomic<bool> went;
    go = went = false;
    {
        const auto dropped = must(thread::spawn([] {
            while (!go.load()) {
                thread::yield_now();
            }
            went = true;
        }));
    }
    CHECK_FALSE(went.load());
    go = true;
    CHECK(model::eventually([] { return went.load(); }));
}

CONFORMANCE_TEST("assigning to a handle detaches the thread that it had") {
    static std::atomic<int> ended;
    ended = 0;
    auto handle = must(thread::spawn([] { ended.fetch_add(1); }));
    handle = must(thread::spawn([] { ended.fetch_add(1); }));
    auto moved = std::move(handle);
    std::move(moved).join();
    CHECK(model::eventually([] { return ended.load() == 2; }));
}

CONFORMANCE_TEST("a handle that is moved to itself still joins") {
    auto handle = must(thread::spawn([] { return 3; }));
    auto& same = handle;
    handle = std::move(same);
    CHECK(std::move(handle).join() == 3);
}

CONFORMANCE_TEST("a thread is finished once its closure has ended", "[rust:test_is_finished]") {
    std::atomic<bool> go{false};
    auto handle = must(thread::spawn([&] {
        while (!go.load()) {
            thread::yield_now();
        }
    }));
    CHECK_FALSE(handle.is_finished());
    go = true;
    CHECK(model::eventually([&] { return handle.is_finished(); }));
    std::move(handle).join();
    auto throwing = must(thread::spawn([] { throw 1; }));
    CHECK(model::eventually([&] { return throwing.is_finished(); }));
    CHECK_THROWS_AS(std::move(throwing).join(), int);
}

CONFORMANCE_TEST("the closure is destroyed on its thread before join returns") {
    struct Where {
        std::optional<thread::ThreadId>* at;
        explicit Where(std::optional<thread::ThreadId>* target) : at(target) {}
        Where(Where&& other) noexcept : at(std::exchange(other.at, nullptr)) {}
        ~Where() {
            if (at != nullptr) {
                *at = thread::current().id();
            }
        }
    };
    std::optional<thread::ThreadId> destroyed;
    const auto ran = must(thread::spawn([where = Where(&destroyed)] { return thread::current().id(); })).join();
    CHECK((destroyed == ran));
    CHECK((ran != thread::current().id()));
    destroyed.reset();
    auto throwing = must(thread::spawn([where = Where(&destroyed)] { throw 1; }));
    CHECK_THROWS_AS(std::move(throwing).join(), int);
    REQUIRE(destroyed.has_value());
    CHECK((*destroyed != thread::current().id()));
}

CONFORMANCE_TEST("a thread has its own copy of its name") {
    std::string name = "first";
    std::atomic<bool> go{false};
    auto handle = must(thread::spawn(
        [&] {
            while (!go.load()) {
                thread::yield_now();
            }
            return std::string(thread::current().name());
        },
        {.name = name}));
    name = "other";
    go = true;
    CHECK(std::move(handle).join() == "first");
}

CONFORMANCE_TEST("spawn with a NUL inside the name returns InvalidInput", "[rust:test_invalid_named_thread]") {
    bool ran = false;
    CHECK(kind_of(thread::spawn([&] { ran = true; }, {.name = std::string_view("a\0b", 3)})) == Kind::InvalidInput);
    CHECK(kind_of(thread::spawn([&] { ran = true; }, {.name = std::string_view("\0", 1)})) == Kind::InvalidInput);
    CHECK_FALSE(ran);
}

CONFORMANCE_TEST("threads start threads four deep, and another thread joins a handle") {
    CHECK(must(thread::spawn([] {
              return thread::spawn([] {
                         return thread::spawn([] { return thread::spawn([] { return 4; }).value().join() + 3; })
                                    .value()
                                    .join() +
                                2;
                     })
                         .value()
                         .join() +
                     1;
          })).join() == 10);
    auto inner = must(thread::spawn([] { return std::string("carried"); }));
    auto outer = must(thread::spawn([inner = std::move(inner)]() mutable { return std::move(inner).join(); }));
    CHECK(std::move(outer).join() == "carried");
}

CONFORMANCE_TEST("two hundred concurrent threads all return their results") {
    std::vector<thread::JoinHandle<int>> handles;
    for (int number = 0; number < 200; ++number) {
        handles.push_back(must(thread::spawn([number] { return number; })));
    }
    int sum = 0;
    for (auto& handle : handles) {
        sum += std::move(handle).join();
    }
    CHECK(sum == 199 * 200 / 2);
}
