// SPDX-License-Identifier: MIT
//
// spawn, JoinHandle: results, exceptions, names, stacks.
#include <support/words.hpp>

#include <weld/thread.hpp>

#include <pthread.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <exception>
#include <fstream>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using test::kind_of;
using test::must;
using weld::Kind;

static_assert(!std::is_copy_constructible_v<thread::JoinHandle<int>>);
static_assert(std::is_nothrow_move_constructible_v<thread::JoinHandle<int>>);
static_assert(std::is_nothrow_move_assignable_v<thread::JoinHandle<void>>);

namespace {

/// A result that has no default and can only be moved.
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

std::string comm() {
    std::ifstream file("/proc/thread-self/comm");
    std::string name;
    std::getline(file, name);
    return name;
}

std::size_t own_stack_size() {
    pthread_attr_t own;
    std::size_t size = 0;
    ::pthread_getattr_np(::pthread_self(), &own);
    ::pthread_attr_getstacksize(&own, &size);
    ::pthread_attr_destroy(&own);
    return size;
}

}  // namespace

TEST_CASE("join gives what the closure returned") {
    CHECK(must(thread::spawn([] { return 42; })).join() == 42);
    CHECK(must(thread::spawn(answer)).join() == 42);
    CHECK(must(thread::spawn(&answer)).join() == 42);
    CHECK(must(thread::spawn([] { return std::string(1000, 'x'); })).join() == std::string(1000, 'x'));
    CHECK(must(thread::spawn([] { return std::vector<int>{1, 2, 3}; })).join() == std::vector<int>{1, 2, 3});
}

TEST_CASE("a result may be one that can only be moved and has no default") {
    CHECK(*must(thread::spawn([] { return std::make_unique<int>(7); })).join() == 7);
    CHECK(must(thread::spawn([] { return OnlyMoved(8); })).join().value() == 8);
}

TEST_CASE("a result may be a reference") {
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

TEST_CASE("a result may be nothing") {
    int variable = 0;
    auto handle = must(thread::spawn([&] { variable = 3; }));
    static_assert(std::is_void_v<decltype(std::move(handle).join())>);
    std::move(handle).join();
    CHECK(variable == 3);
}

TEST_CASE("a closure may be one that can only be moved, and is called as a temporary") {
    auto owner = std::make_unique<int>(5);
    CHECK(must(thread::spawn([owner = std::move(owner)] { return *owner + 1; })).join() == 6);
    struct OnlyOnce {
        int operator()() && { return 9; }
    };
    CHECK(must(thread::spawn(OnlyOnce())).join() == 9);
}

TEST_CASE("a closure that was an lvalue is copied, and stays") {
    const std::string text = "kept";
    const auto closure = [text] { return text; };
    CHECK(must(thread::spawn(closure)).join() == "kept");
    CHECK(closure() == "kept");
}

TEST_CASE("what a thread throws, join rethrows with type and text") {
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

TEST_CASE("an exception that was caught inside is nobody's business") {
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

TEST_CASE("a dropped handle detaches, and the thread goes on") {
    static std::atomic<bool> go{false};
    static std::atomic<bool> went{false};
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
    CHECK(test::eventually([] { return went.load(); }));
}

TEST_CASE("a handle that is overwritten detaches what it had") {
    static std::atomic<int> ended{0};
    auto handle = must(thread::spawn([] { ended.fetch_add(1); }));
    handle = must(thread::spawn([] { ended.fetch_add(1); }));
    auto moved = std::move(handle);
    std::move(moved).join();
    CHECK(test::eventually([] { return ended.load() == 2; }));
}

TEST_CASE("a handle that is moved to itself stays") {
    auto handle = must(thread::spawn([] { return 3; }));
    auto& same = handle;
    handle = std::move(same);
    CHECK(std::move(handle).join() == 3);
}

TEST_CASE("a thread is finished once its closure has ended") {
    std::atomic<bool> go{false};
    auto handle = must(thread::spawn([&] {
        while (!go.load()) {
            thread::yield_now();
        }
    }));
    CHECK_FALSE(handle.is_finished());
    go = true;
    CHECK(test::eventually([&] { return handle.is_finished(); }));
    std::move(handle).join();
    auto throwing = must(thread::spawn([] { throw 1; }));
    CHECK(test::eventually([&] { return throwing.is_finished(); }));
    CHECK_THROWS_AS(std::move(throwing).join(), int);
}

TEST_CASE("the closure is destroyed on the thread, before join returns") {
    struct Where {
        pid_t* at;
        explicit Where(pid_t* target) : at(target) {}
        Where(Where&& other) noexcept : at(std::exchange(other.at, nullptr)) {}
        ~Where() {
            if (at != nullptr) {
                *at = ::gettid();
            }
        }
    };
    pid_t destroyed = 0;
    const pid_t ran = must(thread::spawn([where = Where(&destroyed)] { return ::gettid(); })).join();
    CHECK(destroyed == ran);
    CHECK(ran != ::gettid());
    destroyed = 0;
    auto throwing = must(thread::spawn([where = Where(&destroyed)] { throw 1; }));
    CHECK_THROWS_AS(std::move(throwing).join(), int);
    CHECK(destroyed != 0);
    CHECK(destroyed != ::gettid());
}

TEST_CASE("join returns after the destructors of thread-locals") {
    struct Local {
        std::atomic<int>* target = nullptr;
        ~Local() {
            for (int turn = 0; turn < 100; ++turn) {
                thread::yield_now();
            }
            target->store(1);
        }
    };
    static std::atomic<int> destroyed{0};
    must(thread::spawn([] {
        static thread_local Local local;
        local.target = &destroyed;
    })).join();
    CHECK(destroyed.load() == 1);
}

TEST_CASE("a name is cut for the system and kept whole for the program") {
    struct Names {
        std::string system;
        std::string own;
    };
    const auto names = [](std::string_view name) {
        auto handle =
            must(thread::spawn([] { return Names{comm(), std::string(thread::current().name())}; }, {.name = name}));
        CHECK(handle.thread().name() == name);
        return std::move(handle).join();
    };
    CHECK(names("short").system == "short");
    CHECK(names("short").own == "short");
    CHECK(names("exactly-15-byte").system == "exactly-15-byte");
    const std::string_view longer = "a name of more than fifteen bytes";
    CHECK(names(longer).system == "a name of more ");
    CHECK(names(longer).own == longer);
    CHECK(names("").own.empty());
    CHECK(names("").system == comm());
}

TEST_CASE("the name is the thread's own copy") {
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

TEST_CASE("a name with a NUL inside is invalid") {
    bool ran = false;
    CHECK(kind_of(thread::spawn([&] { ran = true; }, {.name = std::string_view("a\0b", 3)})) == Kind::InvalidInput);
    CHECK(kind_of(thread::spawn([&] { ran = true; }, {.name = std::string_view("\0", 1)})) == Kind::InvalidInput);
    CHECK_FALSE(ran);
}

TEST_CASE("a stack has the size asked for, rounded up") {
    const auto with = [](std::size_t size) { return must(thread::spawn(own_stack_size, {.stack_size = size})).join(); };
    CHECK(with(1 << 20) >= (1 << 20));
    CHECK(with(1 << 20) < (2 << 20));
    CHECK(with((1 << 20) + 1) > (1 << 20));
    CHECK(with(1) >= 16384);
    CHECK(with(20'000) >= 20'000);
    CHECK(with(0) > 65536);
}

TEST_CASE("a stack as large as asked for can be used") {
    if (test::under_sanitizer) {
        return;  // frames are larger there
    }
    const int sum = must(thread::spawn(
                             [] {
                                 std::array<volatile char, 12 << 20> deep;
                                 for (std::size_t at = 0; at < deep.size(); at += 4096) {
                                     deep[at] = 1;
                                 }
                                 return deep[0] + deep[deep.size() - 4096];
                             },
                             {.stack_size = 16 << 20}))
                        .join();
    CHECK(sum == 2);
}

TEST_CASE("a stack that is not to be had is an error value") {
    bool ran = false;
    for (const std::size_t size :
         {std::size_t{1} << 60, std::numeric_limits<std::size_t>::max(), std::numeric_limits<std::size_t>::max() / 2}) {
        INFO(size);
        const auto handle = thread::spawn([&] { ran = true; }, {.stack_size = size});
        REQUIRE_FALSE(handle.has_value());
        const Kind kind = handle.error().kind();
        CHECK((kind == Kind::WouldBlock || kind == Kind::OutOfMemory || kind == Kind::InvalidInput));
        CHECK(std::string_view(handle.error().operation()) == "spawn");
    }
    CHECK_FALSE(ran);
}

TEST_CASE("threads start threads, four deep, and a handle is joined elsewhere") {
    CHECK(must(thread::spawn([] {
              return must(thread::spawn([] {
                         return must(thread::spawn([] {
                                    return must(thread::spawn([] { return 4; })).join() + 3;
                                })).join() +
                                2;
                     })).join() +
                     1;
          })).join() == 10);
    auto inner = must(thread::spawn([] { return std::string("carried"); }));
    auto outer = must(thread::spawn([inner = std::move(inner)]() mutable { return std::move(inner).join(); }));
    CHECK(std::move(outer).join() == "carried");
}

TEST_CASE("two hundred threads at once all give their results") {
    std::vector<thread::JoinHandle<int>> handles;
    for (int number = 0; number < 200; ++number) {
        handles.push_back(must(thread::spawn([number] { return number; }, {.stack_size = 65536})));
    }
    int sum = 0;
    for (auto& handle : handles) {
        sum += std::move(handle).join();
    }
    CHECK(sum == 199 * 200 / 2);
}
