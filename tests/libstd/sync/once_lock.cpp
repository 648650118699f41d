// SPDX-License-Identifier: MIT
//
// OnceLock: a value that is set once, made once, and destroyed once if there is one.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/error.hpp>
#include <weld/sync/once_lock.hpp>

#include <atomic>
#include <cstddef>
#include <expected>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using namespace weld;  // where sync is: sync(2) has the name that an alias would have
using test::must;
using test::Sleeper;

static_assert(sizeof(sync::OnceLock<int>) == 8 && std::is_trivially_destructible_v<sync::OnceLock<int>>);
static_assert(!std::is_trivially_destructible_v<sync::OnceLock<std::string>>);
static_assert(!std::is_copy_constructible_v<sync::OnceLock<int>> && !std::is_move_constructible_v<sync::OnceLock<int>>);

namespace {

/// Counts how many of its kind there are.
struct Counted {
    static inline std::atomic<int> alive{0};
    Counted() { ++alive; }
    Counted(const Counted&) = delete;
    Counted(Counted&&) noexcept { ++alive; }
    Counted& operator=(const Counted&) = delete;
    Counted& operator=(Counted&&) = delete;
    ~Counted() { --alive; }
};

}  // namespace

TEST_CASE("a value made by one thread is read by another and not made again", "[rust:sync_once_cell]") {
    static constinit sync::OnceLock<int> cell;
    CHECK(cell.get() == nullptr);
    CHECK(must(thread::spawn([] {
              (void)cell.get_or_init([] { return 92; });
              return *cell.get();
          })).join() == 92);
    CHECK(cell.get_or_init([]() -> int { throw 7; }) == 92);
    CHECK(*std::as_const(cell).get() == 92);
}

TEST_CASE("get_mut changes the value of a OnceLock that no other thread uses", "[rust:sync_once_cell_get_mut]") {
    sync::OnceLock<int> cell;
    CHECK(cell.get() == nullptr);
    REQUIRE(cell.set(90));
    *cell.get() += 2;
    CHECK(*cell.get() == 92);
}

TEST_CASE("the value is destroyed once, with its lock", "[rust:sync_once_cell_drop]") {
    auto cell = std::make_unique<sync::OnceLock<Counted>>();
    must(thread::spawn([&cell] { (void)cell->get_or_init([] { return Counted(); }); })).join();
    CHECK(Counted::alive == 1);
    must(thread::spawn([moved = std::move(cell)] {})).join();
    CHECK(Counted::alive == 0);
}

TEST_CASE("a OnceLock without a value destroys nothing", "[rust:sync_once_cell_drop_empty]") {
    {
        const sync::OnceLock<Counted> cell;
    }
    {
        const sync::OnceLock<std::string> cell;
    }
    CHECK(Counted::alive == 0);
}

TEST_CASE("a second set gives its value back") {
    sync::OnceLock<std::unique_ptr<int>> cell;
    CHECK(cell.set(std::make_unique<int>(1)));
    const auto refused = cell.set(std::make_unique<int>(2));
    REQUIRE_FALSE(refused);
    CHECK(*refused.error() == 2);
    CHECK(**cell.get() == 1);
}

TEST_CASE("get_or_try_init keeps no value on failure or exception, and keeps it on success",
          "[rust:once_lock.get_or_try_init]") {
    sync::OnceLock<std::string> cell;
    CHECK_THROWS_AS(cell.get_or_try_init([]() -> Result<std::string> { throw 7; }), int);
    CHECK(cell.get() == nullptr);
    const auto failed = cell.get_or_try_init(
        []() -> Result<std::string> { return std::unexpected(Error("make", Fault::OutOfMemory)); });
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind() == Kind::OutOfMemory);
    CHECK(cell.get() == nullptr);
    CHECK(must(cell.get_or_try_init([]() -> Result<std::string> { return "hello"; })).get() == "hello");
    CHECK(must(cell.get_or_try_init([]() -> Result<std::string> { throw 7; })).get() == "hello");
    CHECK(*cell.get() == "hello");
}

TEST_CASE("one thread makes the value by get_or_try_init; the others wait, or try when it fails") {
    sync::OnceLock<int> cell;
    std::atomic<int> makers{0};
    std::atomic<bool> may_fail{false};
    Sleeper first([&] {
        return cell
            .get_or_try_init([&]() -> std::expected<int, char> {
                ++makers;
                (void)test::eventually([&] { return may_fail.load(); });
                return std::unexpected('f');
            })
            .has_value();
    });
    CHECK(test::eventually([&] { return makers == 1; }));
    const auto make = [&] {
        return cell.get_or_try_init([&]() -> std::expected<int, char> { return ++makers; }).value().get();
    };
    Sleeper second(make);
    Sleeper third(make);
    CHECK(second.is_asleep());
    CHECK(third.is_asleep());
    CHECK(makers == 1);
    may_fail = true;
    CHECK_FALSE(first.join());
    CHECK(second.join() == 2);
    CHECK(third.join() == 2);
}

TEST_CASE("into_inner returns the value, or nullopt without one", "[rust:once_lock.into_inner]") {
    sync::OnceLock<std::unique_ptr<int>> empty;
    CHECK_FALSE(std::move(empty).into_inner());
    sync::OnceLock<std::unique_ptr<int>> cell;
    REQUIRE(cell.set(std::make_unique<int>(7)));
    CHECK(**std::move(cell).into_inner() == 7);
}

TEST_CASE("a value may be set again after take") {
    sync::OnceLock<Counted> cell;
    CHECK_FALSE(cell.take());
    (void)cell.get_or_init([] { return Counted(); });
    CHECK(cell.take());
    CHECK(Counted::alive == 0);
    CHECK(cell.get() == nullptr);
    (void)cell.get_or_init([] { return Counted(); });
    CHECK(Counted::alive == 1);
}

TEST_CASE("a static OnceLock in a function is initialised by its first call", "[rust:eval_once_macro]") {
    const auto fibonacci = []() -> const std::vector<int>& {
        static constinit sync::OnceLock<std::vector<int>> cell;
        return cell.get_or_init([] {
            std::vector<int> numbers = {1, 1};
            for (std::size_t index = 0; index < 10; ++index) {
                numbers.push_back(numbers[index] + numbers[index + 1]);
            }
            return numbers;
        });
    };
    CHECK(fibonacci()[5] == 8);
    CHECK(&fibonacci() == &fibonacci());
}

TEST_CASE("readers see no value or the whole value",
          "[rust:sync_once_cell_does_not_leak_partially_constructed_boxes]") {
    constexpr int rounds = test::is_slow ? 20 : 200;
    int wrong = 0;
    for (int round = 0; round < rounds; ++round) {
        sync::OnceLock<std::string> cell;
        std::vector<thread::JoinHandle<bool>> readers;
        for (int index = 0; index < 4; ++index) {
            readers.push_back(must(thread::spawn([&] {
                const std::string* text = nullptr;
                while ((text = cell.get()) == nullptr) {
                    thread::yield_now();
                }
                return *text == "Hello, World, who does not fit into a string itself";
            })));
        }
        std::vector<thread::JoinHandle<void>> writers;
        for (int index = 0; index < 3; ++index) {
            writers.push_back(
                must(thread::spawn([&] { (void)cell.set("Hello, World, who does not fit into a string itself"); })));
        }
        for (auto& writer : writers) {
            std::move(writer).join();
        }
        for (auto& reader : readers) {
            wrong += std::move(reader).join() ? 0 : 1;
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("wait returns the value that another thread sets", "[rust:once_lock.wait]") {
    sync::OnceLock<std::string> cell;
    Sleeper waiter([&] { return cell.wait() + "!"; });
    CHECK(waiter.is_asleep());
    REQUIRE(cell.set("hello"));
    CHECK(waiter.join() == "hello!");
}

TEST_CASE("a lock of a reference's target may outlive it, unused", "[rust:dropck]") {
    sync::OnceLock<std::string*> cell;
    {
        std::string text;
        REQUIRE(cell.set(&text));
    }
    CHECK(cell.get() != nullptr);
}
