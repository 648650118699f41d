// SPDX-License-Identifier: MIT
//
// Record: the memory of a thread, counted by the operators of this program, and that all of it is freed.
#include <support/words.hpp>

#include <weld/sync/latch.hpp>
#include <weld/thread.hpp>

#include <pthread.h>
#include <array>
#include <atomic>
#include <cstdlib>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace thread = weld::thread;
using test::must;
using weld::Kind;

namespace {

constinit std::atomic<long> live{0};       // blocks of the whole program
constinit thread_local long mine = 0;      // allocations of the calling thread
constinit thread_local bool fail = false;  // whether the calling thread's nothrow allocations fail

// A sanitizer brings operators of its own, which find leaks by themselves.
constexpr bool counting = !test::under_sanitizer;

}  // namespace

#if !TEST_ADDRESS_SANITIZER && !TEST_THREAD_SANITIZER
namespace {

void* allocate(std::size_t size, std::size_t alignment) noexcept {
    void* block = nullptr;
    if (::posix_memalign(&block, std::max(alignment, sizeof(void*)), size) != 0) {
        return nullptr;
    }
    live.fetch_add(1, std::memory_order_relaxed);
    ++mine;
    return block;
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
    if (void* block = allocate(size, alignment)) {
        return block;
    }
    throw std::bad_alloc();
}

void give_back(void* block) noexcept {
    if (block != nullptr) {
        live.fetch_sub(1, std::memory_order_relaxed);
        std::free(block);
    }
}

constexpr std::size_t usual = alignof(std::max_align_t);

}  // namespace

// The others of the library call these.
void* operator new(std::size_t size) { return allocate_or_throw(size, usual); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return fail ? nullptr : allocate(size, usual); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return fail ? nullptr : allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }

#endif

namespace {

constexpr std::size_t blocks = 32;  // that are always there, for threads

/// Threads that are alive until their end, and have them.
class Sleepers {
public:
    explicit Sleepers(std::size_t count = blocks) {
        for (threads_.reserve(count); threads_.size() < count;) {
            threads_.push_back(must(thread::spawn([this] { awake_.wait(); })));
        }
    }

    ~Sleepers() {
        awake_.count_down();
        for (auto& sleeper : threads_) {
            std::move(sleeper).join();
        }
    }

    Sleepers(const Sleepers&) = delete;
    Sleepers& operator=(const Sleepers&) = delete;

private:
    weld::sync::Latch awake_{1};
    std::vector<thread::JoinHandle<void>> threads_;
};

/// Blocks of the heap that `body` leaves behind once every thread it made is gone, where there are no others.
template <class Body>
long left_by(Body body) {
    const Sleepers sleepers;
    const long before = live.load();
    body();
    (void)test::eventually([&] { return live.load() <= before; });
    return live.load() - before;
}

struct Large {
    std::array<char, 1000> bytes{};
};

struct alignas(128) Aligned {
    int value = 7;
};

template <class Body>
void in_foreign_thread(Body body) {
    pthread_t foreign;
    ::pthread_create(
        &foreign, nullptr,
        [](void* argument) -> void* {
            (*static_cast<Body*>(argument))();
            return nullptr;
        },
        &body);
    ::pthread_join(foreign, nullptr);
}

}  // namespace

TEST_CASE("the test counts allocations") {
    if (!counting) {
        return;
    }
    const long before = mine;
    std::make_unique<int>(3).reset();
    CHECK(mine == before + 1);
    CHECK(left_by([] { std::make_unique<Aligned>().reset(); }) == 0);
}

TEST_CASE("a spawn allocates one block for closure, result and name") {
    if (!counting) {
        return;
    }
    const Sleepers sleepers;
    const std::string name(1000, 'n');
    long spawned = 0;
    const auto count = [&](auto closure, const thread::Options& options) {
        const long before = mine;
        auto handle = thread::spawn(std::move(closure), options);
        spawned = mine - before;
        REQUIRE(handle.has_value());
        std::move(*handle).join();
        return spawned;
    };
    CHECK(count([] {}, {}) == 1);
    CHECK(count([] { return 5; }, {}) == 1);
    CHECK(count([large = Large()] { return large.bytes[0]; }, {.name = "short"}) == 1);
    CHECK(count([] { return Large(); }, {.name = name}) == 1);
    CHECK(count([] { return Aligned(); }, {.stack_size = 1 << 20}) == 1);
    CHECK(count([owner = std::make_unique<int>(3)] { return *owner; }, {}) == 1);
}

TEST_CASE("a spawn allocates nothing for a small closure while few threads live, and frees its block") {
    if (!counting) {
        return;
    }
    const auto allocated = [](auto spawn) {
        const long before = mine;
        spawn();
        return mine - before;
    };
    const auto all_are_free = [&] {
        std::optional<Sleepers> sleepers;
        return allocated([&] { sleepers.emplace(); }) == 1;  // for the list of them
    };
    REQUIRE(all_are_free());
    {
        const Sleepers sleepers(blocks - 1);
        CHECK(allocated([] { must(thread::spawn([large = Large()] { (void)large; })).join(); }) == 1);
        CHECK(allocated([] { must(thread::spawn([] {}, {.name = "short"})).join(); }) == 0);
        CHECK(allocated([] { must(thread::spawn([] {})).join(); }) == 0);
        const Sleepers last(1);
        CHECK(allocated([] { must(thread::spawn([] {})).join(); }) == 1);
    }
    CHECK(all_are_free());
    std::vector<thread::Thread> kept;
    for (std::size_t time = 0; time < blocks; ++time) {
        (void)must(thread::spawn([] { return std::string(100, 'x'); }));
        CHECK_THROWS_AS(must(thread::spawn([] { throw std::runtime_error("thrown"); })).join(), std::runtime_error);
        CHECK_FALSE(thread::spawn([] {}, {.stack_size = std::size_t{1} << 60}).has_value());
        kept.push_back(must(thread::spawn([] {})).thread());
        thread::scope([](thread::Scope& scope) { (void)must(scope.spawn([] { return thread::current(); })); });
    }
    kept.clear();
    CHECK(test::eventually(all_are_free));
}

TEST_CASE("a stoppable spawn allocates two blocks, and both are freed") {
    CHECK(left_by([] {
              const long before = mine;
              auto handle =
                  must(thread::spawn_stoppable([text = std::string(100, 'x')](std::stop_token) { return text; }));
              const long spawned = mine - before;
              CHECK((!counting || spawned == 3));  // the text is one
              (void)std::move(handle).join();
          }) == 0);
    CHECK(left_by([] {
              (void)must(thread::spawn_stoppable([](std::stop_token stop) { (void)thread::park(stop); }));
          }) == 0);
    const std::array<std::uint32_t, 1> nowhere{8191};
    CHECK(left_by([&] {
              CHECK_FALSE(thread::spawn([text = std::string(100, 'x')] {}, {.cpus = nowhere}).has_value());
          }) == 0);
}

TEST_CASE("a join, a copy of a Thread and the end of a thread allocate nothing") {
    auto handle = must(thread::spawn([] { return 5; }, {.name = "name"}));
    const long before = mine;
    const thread::Thread outside = handle.thread();
    const thread::Thread copy = outside;
    CHECK((copy.id() == outside.id() && std::move(handle).join() == 5));
    CHECK(mine == before);
}

TEST_CASE("the block is freed, however the thread and its handle end", "[promise:2.44]") {
    CHECK(left_by([] { must(thread::spawn([] {})).join(); }) == 0);
    CHECK(left_by([] { (void)must(thread::spawn([] { return std::string(100, 'x'); })).join(); }) == 0);
    CHECK(left_by([] { (void)must(thread::spawn([] { return std::string(100, 'x'); })); }) == 0);
    CHECK(left_by([] { (void)must(thread::spawn([text = std::string(100, 'x')] {})); }) == 0);
    CHECK(left_by([] {
              std::optional<thread::Thread> kept;
              auto handle = must(thread::spawn([] {}, {.name = "kept"}));
              kept = handle.thread();
              std::move(handle).join();
          }) == 0);
    CHECK(left_by([] {
              try {
                  must(thread::spawn([] { throw std::runtime_error(std::string(100, 'x')); })).join();
              } catch (const std::runtime_error&) {
              }
          }) == 0);
    CHECK(left_by([] {
              for (int number = 0; number < 100; ++number) {
                  (void)must(thread::spawn([] { return std::make_unique<int>(5); }));
              }
          }) == 0);
}

TEST_CASE("a thread that returns its own Thread leaks nothing") {
    CHECK(left_by([] { (void)must(thread::spawn([] { return thread::current(); })).join().id(); }) == 0);
    CHECK(left_by([] { (void)must(thread::spawn([] { return thread::current(); })); }) == 0);
    CHECK(left_by([] {
              thread::scope([](thread::Scope& scope) {
                  (void)must(scope.spawn([] { return thread::current(); })).join().id();
                  (void)must(scope.spawn([] { return thread::current(); }));
              });
          }) == 0);
}

TEST_CASE("a scope leaks nothing") {
    CHECK(left_by([] {
              thread::scope([](thread::Scope& scope) {
                  for (int number = 0; number < 10; ++number) {
                      (void)must(scope.spawn([number] { return std::to_string(number); }));
                  }
                  (void)must(scope.spawn([] { return std::string(100, 'x'); })).join();
              });
          }) == 0);
    CHECK(left_by([] {
              try {
                  thread::scope([](thread::Scope& scope) {
                      for (int number = 0; number < 3; ++number) {
                          (void)must(scope.spawn([] { throw std::runtime_error(std::string(100, 'x')); }));
                      }
                  });
              } catch (const std::runtime_error&) {
              }
          }) == 0);
    const long before = mine;
    thread::scope([](thread::Scope&) {});
    CHECK(mine == before);
}

TEST_CASE("the record of a foreign thread is destroyed with the thread") {
    CHECK(left_by([] { in_foreign_thread([] { (void)thread::current().id(); }); }) == 0);
    CHECK(left_by([] { in_foreign_thread([] { (void)thread::park_for(std::chrono::nanoseconds(1)); }); }) == 0);
    CHECK(left_by([] {
              std::optional<thread::Thread> kept;
              in_foreign_thread([&] { kept = thread::current(); });
              kept->unpark();
          }) == 0);
}

TEST_CASE("a record made by a destructor of a thread-local is destroyed, too") {
    struct Late {
        bool used = false;
        ~Late() {
            (void)thread::current().id();
            (void)thread::park_for(std::chrono::nanoseconds(1));
        }
    };
    const auto body = [] {
        static thread_local Late before;  // destroyed after the record
        before.used = true;
        (void)thread::current().id();
        static thread_local Late after;
        after.used = true;
    };
    CHECK(left_by([&] { in_foreign_thread(body); }) == 0);
    CHECK(left_by([&] { must(thread::spawn(body)).join(); }) == 0);
}

TEST_CASE("a spawn without memory returns an error value") {
    if (!counting) {
        return;
    }
    bool ran = false;
    const Sleepers sleepers;
    CHECK(left_by([&] {
              fail = true;
              const auto handle = thread::spawn([&ran] { ran = true; });
              fail = false;
              CHECK(test::kind_of(handle) == Kind::OutOfMemory);
          }) == 0);
    thread::scope([&](thread::Scope& scope) {
        fail = true;
        const auto handle = scope.spawn([&ran] { ran = true; });
        fail = false;
        CHECK(test::kind_of(handle) == Kind::OutOfMemory);
    });
    CHECK_FALSE(ran);
}

TEST_CASE("a failed spawn leaks nothing") {
    const std::size_t descriptors = test::open_descriptors();
    CHECK(left_by([] {
              const auto handle =
                  thread::spawn([text = std::string(100, 'x')] {}, {.stack_size = std::size_t{1} << 60});
              CHECK_FALSE(handle.has_value());
          }) == 0);
    CHECK(left_by([] {
              const auto handle = thread::spawn([text = std::string(100, 'x')] {},
                                                {.stack_size = std::numeric_limits<std::size_t>::max()});
              CHECK_FALSE(handle.has_value());
          }) == 0);
    CHECK(left_by([] {
              const auto handle =
                  thread::spawn([text = std::string(100, 'x')] {}, {.name = std::string_view("a\0b", 3)});
              CHECK(test::kind_of(handle) == Kind::InvalidInput);
          }) == 0);
    CHECK(left_by([] {
              thread::scope([](thread::Scope& scope) {
                  CHECK_FALSE(
                      scope.spawn([text = std::string(100, 'x')] {}, {.stack_size = std::size_t{1} << 60}).has_value());
              });
          }) == 0);
    CHECK(test::open_descriptors() == descriptors);
}

TEST_CASE("a closure whose copy throws passes its exception on, and leaks nothing") {
    struct Throwing {
        Throwing() = default;
        Throwing(const Throwing&) { throw std::runtime_error("copy"); }
        void operator()() const {}
    };
    const Throwing closure;
    bool thrown = false;
    CHECK(left_by([&] {
              try {
                  (void)thread::spawn(closure);
              } catch (const std::runtime_error& error) {
                  thrown = std::string_view(error.what()) == "copy";
              }
          }) == 0);
    CHECK(thrown);
}

TEST_CASE("an over-aligned result is aligned") {
    const auto result = must(thread::spawn([] { return Aligned(); })).join();
    CHECK(result.value == 7);
    CHECK(must(thread::spawn([aligned = Aligned()] {
              return reinterpret_cast<std::uintptr_t>(&aligned) % alignof(Aligned);
          })).join() == 0);
}
